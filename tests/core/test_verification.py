"""Verification finds what no healthy store has."""

from __future__ import annotations

from pathlib import Path

import apsw
from support.houses import fresh_home, installation, running
from timecode_core.accounting.verification import Verification, verify

_BEATS = [{"time": 1_700_000_000 + k * 60, "entity": "a.py", "project": "a"} for k in range(5)]


def _verified_after(damage: str) -> Verification:
    with fresh_home() as home:
        with running(home) as service:
            service.submit(_BEATS, "test")
        database = apsw.Connection(str(Path(home) / "timecode.db"))
        if damage:
            database.execute(damage)
            assert database.changes() > 0
        database.close()
        store = installation(home).store()
        try:
            return verify(installation(home).terms(), store)
        finally:
            store.close()


def test_an_untouched_store_is_clean() -> None:
    """Every event counted, nothing different."""
    found = _verified_after("")
    assert found.clean
    assert (found.events, found.total, found.altered, found.miscounted) == (5, 240_000_000, 0, 0)


def test_an_event_altered_behind_our_back_is_found() -> None:
    """Its content no longer gives the id that it is stored under."""
    found = _verified_after("UPDATE events SET entity = 'b.py' WHERE time = (SELECT min(time) FROM events)")
    assert found.altered == 1
    assert not found.clean


def test_a_total_altered_behind_our_back_is_found_to_the_microsecond() -> None:
    """And told with both figures."""
    found = _verified_after("UPDATE agg_daily SET time = time + 1")
    [difference] = found.differences["daily"]
    assert (difference.kept, difference.computed) == (240_000_001, 240_000_000)
    assert not found.differences["hourly"]
    assert not found.clean
