"""Benchmarks: `python -m bench`. What is compared is measured in turns within one run; read the ratios first."""
