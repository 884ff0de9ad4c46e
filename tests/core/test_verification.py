"""Verification finds what no healthy store has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import apsw
import pytest
from hypothesis import given, strategies as st
from support.installations import fresh_home, installation, kept_cells, running, send
from support.strategies import SECOND, events, fewer
from timecode_core.accounting import crediting
from timecode_core.accounting.verification import Verification, verify
from timecode_core.aggregation import Aggregation
from timecode_core.event import Event
from timecode_core.query import Groups
from timecode_store_sqlite.reader import SqliteReader

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


def _verified(home: Path, part: int) -> Verification:
    """What is found where so many stretches are summed at a time."""
    wired = installation(home)
    store = wired.store()
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(crediting, "PART", part)
            return verify(wired.terms(), store)
    finally:
        store.close()


@st.composite
def _days(draw: st.DrawFn) -> list[Event]:
    """Events of a week."""
    known = draw(events())
    days = draw(st.lists(st.integers(0, 6), min_size=len(known), max_size=len(known)))
    return [event.evolve(time=event.time + day * 86_400 * SECOND) for event, day in zip(known, days, strict=True)]


@fewer(2)
@given(known=_days(), part=st.integers(1, 6), damaged=st.booleans())
def test_some_days_at_a_time_show_all_that_differs_and_nothing_else(
    known: list[Event], part: int, damaged: bool
) -> None:
    with fresh_home() as home:
        with running(home) as service:
            send(service, known)
            kept = kept_cells(service)["daily"]
        if damaged and kept:
            database = apsw.Connection(str(home / "timecode.db"))
            database.execute("UPDATE agg_daily SET time = time + 1")
            database.close()
        for size in (part, 10**6):
            found = _verified(home, size)
            told = {one.cell: (one.kept, one.computed) for one in found.differences["daily"]}
            assert told == ({cell: (us + 1, us) for cell, us in kept.items()} if damaged else {})
            assert found.clean == (not told)


def test_a_sum_of_all_that_is_not_that_of_the_cells_is_found() -> None:
    """It is asked for in another way."""
    honest = SqliteReader.totals

    def totals(reader: SqliteReader, aggregation: Aggregation, days: Any, group_by: Any, filters: Any) -> Any:
        found = honest(reader, aggregation, days, group_by, filters)
        return found if group_by else Groups((), [us + 1 for us in found.times])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SqliteReader, "totals", totals)
        found = _verified_after("")
    assert [(one.cell, one.kept, one.computed) for one in found.differences["daily"]] == [
        ((), 240_000_001, 240_000_000)
    ]


def test_a_count_altered_behind_our_back_is_found() -> None:
    found = _verified_after("UPDATE contexts SET events = events + 2 WHERE events > 0")
    assert found.miscounted == 2
    assert not found.clean


def test_a_day_that_is_late_everywhere_is_waited_for() -> None:
    """As far west as an offset can tell, and with days that begin as late as they can."""
    midnight = 20_000 * 86_400 * SECOND
    here = Event.of(time=midnight, entity="a")
    there = Event.of(time=midnight + 600 * SECOND, entity="a", utc_offset=-86_340, duration=60 * SECOND)
    with fresh_home() as home:
        with running(home, {"day_start": "23:59"}) as service:
            send(service, [here, there])
            assert sorted(day for day, *_ in kept_cells(service)["daily"]) == [19_998, 19_999]
        (home / "config.toml").write_text('[core]\nday_start = "23:59"\n', encoding="utf-8")
        assert _verified(home, 1).clean
