"""The database damaged, and its files meddled with, at full size."""

from __future__ import annotations

import signal
from collections import Counter
from pathlib import Path

import pytest
from support.installations import fresh_home
from system.damage import build, damage, damage_log, judged, right
from system.meddling import MEDDLING, lost

DAMAGED = 300
LOGS = 100


def test_damaged_databases() -> None:
    """Each is served right, or refused with a remedy."""
    with fresh_home() as base:
        build(base)
        good = right(base)
        _tell("damaged databases", Counter(judged(base, good, seed, damage) for seed in range(1000, 1000 + DAMAGED)))


def test_damaged_logs() -> None:
    """Each costs the last work at most."""
    with fresh_home() as base:
        build(base, unfolded=True)
        _tell("damaged logs", Counter(judged(base, None, seed, damage_log) for seed in range(1000, 1000 + LOGS)))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=lambda number: number.name)
@pytest.mark.parametrize("name", MEDDLING)
def test_meddling(name: str, number: signal.Signals, tmp_path: Path) -> None:
    """Nothing acknowledged is missing afterwards."""
    missing, told = lost(tmp_path, MEDDLING[name], number)
    print(f"\n{name}, {number.name}: {len(missing)} lost; {told or 'verified'}")
    assert missing == []


def _tell(what: str, counted: Counter[str]) -> None:
    for verdict, count in counted.most_common():
        print(f"\n{what}: {count} {verdict}")
