"""Whichever call to the disk fails once: nothing is lost, and it goes on. `make torture` lets each of 500 fail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from support.installations import fresh_home
from system.failing_calls import FAULTS, attempt
from system.mutants import Hasty
from system.power_cuts import Lost
from timecode_store_sqlite.store import SqliteStore

CALLS = range(1, 500, 29)
"""Some of the first 500 of an ingest run."""


@pytest.fixture
def home() -> Iterator[Path]:
    with fresh_home() as home:
        yield home


def _attempts(home: Path, fault: type[apsw.Error]) -> set[str]:
    return {attempt(number, fault, home.with_name(str(number))) for number in CALLS}


@pytest.mark.parametrize("fault", FAULTS)
def test_one_failing_call_loses_nothing(home: Path, fault: type[apsw.Error]) -> None:
    """What was acknowledged is there, what was not is there whole or not at all, and is stored once when sent again."""
    assert "refused, and stored when sent again" in _attempts(home, fault)


def test_a_service_that_acknowledges_whatever_comes_of_it_is_caught(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SqliteStore, "writing", Hasty.writing)
    with pytest.raises(Lost):
        _attempts(home, apsw.IOError)
