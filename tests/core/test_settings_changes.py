"""A change of the settings of time accounting: the service applies it, whoever only reads never does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st
from support.installations import ALWAYS, fresh_home, installation, kept_cells, running, send, totals
from support.reference import credits_of, pieces_of, report_of
from support.server import timecode
from support.strategies import HOUR, MINUTE, SECOND, events, fewer
from timecode_core.accounting.upkeep import Upkeep
from timecode_core.accounting.verification import verify
from timecode_core.answering.answers import Answers
from timecode_core.errors import StoreError
from timecode_core.event import Event
from timecode_core.query import Query
from timecode_core.selection import Selection

_START = 1_700_000_000 * SECOND
_SETTINGS = [(900, "00:00"), (120, "00:00"), (900, "04:30"), (3600, "12:00"), (1, "23:59"), (86_400, "00:00")]


def _core(timeout_s: int, day_start: str) -> dict[str, Any]:
    return {"keystroke_timeout": timeout_s, "day_start": day_start}


def _shift(day_start: str) -> timedelta:
    return timedelta(hours=int(day_start[:2]), minutes=int(day_start[3:]))


@fewer(4)
@given(known=events(), changes=st.lists(st.sampled_from(_SETTINGS), min_size=2, max_size=3), cut=st.integers(0, 12))
def test_after_every_change_the_totals_are_those_of_a_store_that_never_had_other_settings(
    known: list[Event], changes: list[tuple[int, str]], cut: int
) -> None:
    """Events that come before and after the change alike."""
    with fresh_home() as home:
        for number, (timeout_s, day_start) in enumerate(changes):
            with running(home, _core(timeout_s, day_start)) as service:
                send(service, known[cut:] if number else known[:cut])
                so_far = known if number else known[:cut]
                pieces = pieces_of(credits_of(so_far, timeout_s * SECOND), _shift(day_start))
                for columns in (["day", "hour", "project"], ["day", "entity"], ["day", "type"]):
                    assert totals(service, columns) == report_of(pieces, *ALWAYS, columns)


def _read(home: Any, core: dict[str, Any], columns: tuple[str, ...]) -> dict[Any, int]:
    """What somebody sees who only reads, with settings of their own."""
    reading = installation(home, core)
    store = reading.store()
    try:
        report = Answers(reading.terms(), store).report(Query(Selection(*ALWAYS), columns))
    finally:
        store.close()
    return {row.values: row.time for row in report.rows}


@pytest.mark.parametrize("columns", [("day",), ("day", "type")], ids=["kept", "from raw events"])
def test_who_only_reads_uses_the_settings_that_the_totals_were_made_with(columns: tuple[str, ...]) -> None:
    """Aggregations and raw events must tell the same; and no reading command starts a rebuild."""
    known = [Event.of(time=_START - _START % (24 * HOUR) + 2 * HOUR + n * 10 * MINUTE, entity="a") for n in range(4)]
    with fresh_home() as home:
        with running(home, _core(900, "00:00")) as service:
            send(service, known)
            before = totals(service, columns)
            revision = service.answers.revision()
        assert sum(before.values()) == 30 * MINUTE
        assert _read(home, _core(60, "04:30"), columns) == before
        with running(home, _core(900, "00:00")) as service:
            assert service.answers.revision() == revision, "nothing was written meanwhile"
        with running(home, _core(60, "04:30")) as service:
            assert totals(service, columns) == {}
        with running(home, _core(900, "04:30")) as service:
            (day,) = {group[0] for group in totals(service, columns)}
            assert day == next(iter(before))[0] - timedelta(days=1)


def test_starting_again_with_the_same_settings_writes_nothing() -> None:
    with fresh_home() as home:
        with running(home) as service:
            send(service, [Event.of(time=_START, duration=HOUR, entity="a")])
            cells, revision = kept_cells(service), service.answers.revision()
        with running(home) as service:
            assert (kept_cells(service), service.answers.revision()) == (cells, revision)


def test_settings_that_change_no_total_start_no_rebuild() -> None:
    """Week start, zone and path style are applied when a question is asked, or to what comes from now on."""
    with fresh_home() as home:
        with running(home, {"week_start": "monday"}) as service:
            send(service, [Event.of(time=_START, duration=HOUR, entity="a")])
            revision = service.answers.revision()
        with running(home, {"week_start": "sunday", "timezone": "Asia/Kolkata", "paths": "hidden"}) as service:
            assert service.answers.revision() == revision


_UNREADABLE = [
    *("", "{", "null", "7", "[]", '"x"', "{}", "[" * 100_000, '{"rule": "join_gaps"}', "\x00"),
    '{"rule": 7, "keystroke_timeout": 900, "day_start": "00:00", "fingerprint": "x"}',
    '{"rule": "join_gaps", "keystroke_timeout": true, "day_start": "00:00", "fingerprint": "x"}',
    '{"rule": "join_gaps", "keystroke_timeout": 1e9, "day_start": "00:00", "fingerprint": "x"}',
    '{"rule": "join_gaps", "keystroke_timeout": 0, "day_start": "00:00", "fingerprint": "x"}',
    '{"rule": "join_gaps", "keystroke_timeout": 900, "day_start": "25:99", "fingerprint": "x"}',
    f'{{"rule": "join_gaps", "keystroke_timeout": {"9" * 5000}, "day_start": "00:00", "fingerprint": "x"}}',
]


def _record(home: Path, text: str) -> None:
    store = installation(home).store(writable=True)
    try:
        with store.writing() as transaction:
            transaction.set_metadata("accounting", text)
    finally:
        store.close()


@pytest.mark.parametrize("text", _UNREADABLE, ids=range(len(_UNREADABLE)))
def test_a_record_that_cannot_be_read_is_told_by_who_only_reads_and_mended_by_the_service(text: str) -> None:
    """Damage, or another program's hand: never a traceback, and the totals are right again after the next start."""
    with fresh_home() as home:
        with running(home) as service:
            send(service, [Event.of(time=_START + n * 10 * MINUTE, entity="a") for n in range(4)])
            before = totals(service, ["day"])
        _record(home, text)
        store = installation(home).store()
        try:
            answers = Answers(installation(home).terms(), store)
            for asked in (answers.today, lambda: answers.report(Query(Selection(*ALWAYS)))):
                with pytest.raises(StoreError, match=r"can't be read: .* Run `timecode rebuild`") as told:
                    asked()
                assert len(str(told.value)) < 300
            with pytest.raises(StoreError, match="can't be read"):
                verify(installation(home).terms(), store)
        finally:
            store.close()
        with running(home) as service:
            assert totals(service, ["day"]) == before
            assert service.status()["store"]["ok"] is True  # type: ignore[index]


def test_rebuild_mends_a_record_that_cannot_be_read() -> None:
    with fresh_home() as home:
        with running(home) as service:
            send(service, [Event.of(time=_START, duration=HOUR, entity="a")])
        _record(home, "{")
        for command, code in (("report", 1), ("verify", 1), ("rebuild", 0), ("report", 0), ("verify", 0)):
            ended = timecode(home, command, core__timezone="UTC", core__paths="absolute")
            assert ended.returncode == code, (command, ended)
            assert len(ended.stderr.splitlines()) == code, ended.stderr


def test_a_first_start_speaks_of_no_changed_settings(caplog: pytest.LogCaptureFixture) -> None:
    """There are no totals yet that any settings could have made."""
    caplog.set_level("INFO")
    with fresh_home() as home:
        with running(home) as service:
            send(service, [Event.of(time=_START, duration=HOUR, entity="a")])
            store = service._store
            with store.reading() as reader:
                assert not Upkeep.due(reader.metadata(), service.installation.terms(), service._ledger).needed
        assert "changed" not in caplog.text
        with running(home, _core(60, "04:30")):
            assert "the settings of time accounting changed" in caplog.text
