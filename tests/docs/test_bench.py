"""The benchmarks run: what nobody runs for a while breaks unseen."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["costs", "queries"])
def test_a_benchmark_of_what_changes_most_prints_its_table(name: str) -> None:
    """Figures are for people to judge; here, that there are some."""
    command = [sys.executable, "-m", "bench", "--quick", name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    assert "s in all" in done.stdout
