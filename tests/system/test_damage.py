"""A damaged database is served right or refused with a remedy, and nothing runs for ever. `make torture` tries more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.installations import fresh_home
from system.damage import build, damage, damage_log, judged, right

DAMAGED = 60
LOGS = 10
PARTS = 4
"""So that several workers share the work."""


@pytest.fixture
def base() -> Iterator[Path]:
    with fresh_home() as home:
        yield home


@pytest.mark.parametrize("part", range(PARTS))
def test_a_damaged_database_is_served_right_or_refused(base: Path, part: int) -> None:
    """Bits, bytes, pages, truncations, keys out of order, rows of SQLite's own: no wrong answer, no traceback."""
    build(base)
    good = right(base)
    came = [judged(base, good, seed, damage) for seed in range(part, DAMAGED, PARTS)]
    assert any(verdict.startswith("refused") for verdict in came)


def test_a_damaged_log_costs_the_last_work_at_most(base: Path) -> None:
    """What is left after it is whole transactions, and adds up."""
    build(base, unfolded=True)
    for seed in range(LOGS):
        judged(base, None, seed, damage_log)
