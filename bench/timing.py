"""Timing, in turns: whatever else the machine does falls on all that is compared."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from statistics import median


def interleave(cases: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """Run every case once a round, in order; the median of each case's figures."""
    figures: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, case in cases.items():
            figures[name].append(case())
    return {name: median(values) for name, values in figures.items()}


def seconds(work: Callable[[], object]) -> float:
    """How long the work takes, by the wall clock."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def rate(count: int, work: Callable[[], object]) -> float:
    """How many a second."""
    return count / seconds(work)
