"""After a power cut at any moment there is what was acknowledged, whole; and the test would notice a store that loses.

`make torture` makes ten thousand cuts.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from system.mutants import TooHasty, TotalsApart, WithLateSync, WithoutSync
from system.power_cuts import Lost, Pipeline, attempt

CUTS = 100
CUTS_OF_MUTANTS = 40
PARTS = 2
"""So that several workers share the work."""


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_acknowledged_is_lost_and_nothing_is_there_by_half(folder: Path, part: int) -> None:
    """Events, totals, what is sent again, backups, a migration: whatever was under way is done whole, or not at all."""
    for seed in range(part, CUTS, PARTS):
        attempt(seed, folder)


def _caught(folder: Path, kind: type[Pipeline] = Pipeline, *, lies: int = 0) -> int:
    caught = 0
    for seed in range(CUTS_OF_MUTANTS):
        try:
            attempt(seed, folder, kind, lies=lies)
        except Lost:
            caught += 1
    return caught


@pytest.mark.parametrize("kind", [WithoutSync, WithLateSync, TooHasty, TotalsApart])
def test_a_service_that_loses_is_caught(folder: Path, kind: type[Pipeline]) -> None:
    """One that syncs late or never, acknowledges too soon, or keeps events and totals apart."""
    assert _caught(folder, kind) > 1


def test_a_disk_that_lies_is_caught(folder: Path) -> None:
    """One of three syncs does nothing: nobody could hold what was acknowledged then."""
    assert _caught(folder, lies=33) > CUTS_OF_MUTANTS // 10
