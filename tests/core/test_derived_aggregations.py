"""Aggregations of plugins: exact like our own; one that fails costs nobody else anything, and comes back by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st
from support.installations import ALWAYS, fresh_home, fresh_service, kept_cells, plugins_with, running, send, totals
from support.reference import credits_of, pieces_of
from support.strategies import MINUTE, SECOND, batches, events
from timecode_core.aggregation import Aggregation
from timecode_core.answering.answers import FROM_EVENTS
from timecode_core.errors import PluginError, QueryError, StoreError
from timecode_core.event import Event
from timecode_core.protocols import Transaction
from timecode_core.query import Query
from timecode_core.selection import Selection
from timecode_core.serving.service import Service
from timecode_core.stretch import Stretch

_START = 1_700_000_000 * SECOND


def _suffix(stretch: Stretch) -> str:
    return stretch.event.subject.entity.rpartition(".")[2]


def _fails_on_go(stretch: Stretch) -> str:
    if stretch.event.subject.language == "Go":
        raise LookupError("no Go here")
    return stretch.event.subject.language


def _aggregation(function: Callable[[Stretch], Any] = _suffix, version: int = 1) -> Aggregation:
    return Aggregation("by_suffix", ("day", "project", "suffix"), version, {"suffix": function})


@given(known=events(), data=st.data())
def test_a_derived_aggregation_equals_the_reference_whatever_the_order(known: list[Event], data: st.DataObject) -> None:
    with fresh_service(plugins=plugins_with(_aggregation())) as service:
        for batch in data.draw(batches(known)):
            send(service, batch)
        expected: dict[Any, int] = {}
        for piece in pieces_of(credits_of(known)):
            group = (piece.event.subject.project, piece.event.subject.entity.rpartition(".")[2])
            expected[group] = expected.get(group, 0) + piece.us
        assert totals(service, ["project", "suffix"]) == expected
        report = service.answers.report(Query(Selection(*ALWAYS), ("suffix",)))
        assert report.answered_by == "by_suffix"
        assert "suffix" in service.answers.columns


def _python_then_go() -> list[Event]:
    return [
        Event.of(time=_START + n * MINUTE, entity=f"{n}.{ending}", language=language)
        for n, (ending, language) in enumerate([("py", "Python"), ("py", "Python"), ("go", "Go"), ("py", "Python")])
    ]


@pytest.mark.parametrize(
    "function",
    [
        _fails_on_go,
        lambda s: None if s.event.subject.language == "Go" else "x",
        lambda s: "\0" * (s.event.subject.language == "Go") or "x",
    ],
    ids=["raises", "gives no text", "gives a NUL"],
)
def test_one_that_fails_is_dropped_and_reported_while_ingest_goes_on(function: Callable[[Stretch], Any]) -> None:
    known = _python_then_go()
    with fresh_service(plugins=plugins_with(_aggregation(function))) as service:
        assert send(service, known[:2]) == ["stored"] * 2
        assert service.answers.report(Query(Selection(*ALWAYS), ("suffix",))).answered_by == "by_suffix"
        assert send(service, known[2:]) == ["stored"] * 2
        assert totals(service) == {(): 3 * MINUTE}, "what others keep is right"
        failures = service.status()["failures"]
        assert isinstance(failures, list)
        assert any("by_suffix" in failure for failure in failures)
        assert kept_cells(service)["by_suffix"] == {}, "what it kept would be wrong from here on"
        with pytest.raises(QueryError, match="function failed"):
            totals(service, ["suffix"])


def test_one_that_fails_in_a_transaction_that_fails_too_is_dropped_by_the_next() -> None:
    """What the failed transaction undid was also the dropping."""
    known = _python_then_go()
    with fresh_service(plugins=plugins_with(_aggregation(_fails_on_go))) as service:
        send(service, known[:2])
        with _failing_at_its_end(service), pytest.raises(StoreError, match="pulled the plug"):
            send(service, known[2:])
        assert send(service, [Event.of(time=_START + 3 * MINUTE, entity="3.py")]) == ["stored"]
        assert kept_cells(service)["by_suffix"] == {}
        assert totals(service) == {(): 3 * MINUTE}


@contextmanager
def _failing_at_its_end(service: Service) -> Iterator[None]:
    """Meanwhile each transaction of the real store is undone when all is done."""
    store = service._store
    writing = store.writing

    @contextmanager
    def undone() -> Iterator[Transaction]:
        with writing() as transaction:
            yield transaction
            raise StoreError("somebody pulled the plug.")

    store.writing = undone  # type: ignore[method-assign]
    try:
        yield
    finally:
        store.writing = writing  # type: ignore[method-assign]


def test_one_that_was_dropped_is_filled_again_when_it_works_again() -> None:
    known = _python_then_go()
    with fresh_home() as home:
        with running(home, plugins=plugins_with(_aggregation(_fails_on_go))) as service:
            send(service, known)
        with running(home, plugins=plugins_with(_aggregation())) as service:
            assert service.answers.report(Query(Selection(*ALWAYS), ("suffix",))).answered_by == "by_suffix"
            assert totals(service, ["suffix"]) == {("py",): 2 * MINUTE, ("go",): 1 * MINUTE}
            assert not any("by_suffix" in str(failure) for failure in _failures(service))


def test_one_that_still_fails_at_the_next_start_keeps_nobody_from_starting() -> None:
    with fresh_home() as home:
        for _ in range(2):
            with running(home, plugins=plugins_with(_aggregation(_fails_on_go))) as service:
                send(service, _python_then_go())
                assert any("by_suffix" in str(failure) for failure in _failures(service))
                assert totals(service) == {(): 3 * MINUTE}


def _failures(service: Service) -> list[Any]:
    failures = service.status()["failures"]
    assert isinstance(failures, list)
    return failures


def _started(home: Path, *aggregations: Aggregation) -> dict[str, Any]:
    with running(home, plugins=plugins_with(*aggregations)) as service:
        return kept_cells(service)


def test_a_new_or_changed_aggregation_is_filled_from_all_events_at_the_next_start() -> None:
    with fresh_home() as home:
        with running(home) as service:
            send(service, _python_then_go())
        day = (_START // 86_400_000_000, "")
        assert _started(home, _aggregation())["by_suffix"] == {(*day, "py"): 2 * MINUTE, (*day, "go"): MINUTE}
        upper = _aggregation(lambda stretch: _suffix(stretch).upper(), version=2)
        assert _started(home, upper)["by_suffix"] == {(*day, "PY"): 2 * MINUTE, (*day, "GO"): MINUTE}
        wider = Aggregation("by_suffix", ("day", "language"))
        assert _started(home, wider)["by_suffix"] == {(day[0], "Python"): 2 * MINUTE, (day[0], "Go"): MINUTE}


def test_an_aggregation_that_is_gone_is_dropped_and_filled_again_when_it_is_back_after_more_events() -> None:
    """Whatever came in while its plugin was not there is in it."""
    known = _python_then_go()
    with fresh_home() as home:
        with running(home, plugins=plugins_with(_aggregation())) as service:
            send(service, known[:2])
        with running(home) as service:
            send(service, known[2:])
            assert "suffix" not in service.answers.columns
            with service._store.reading() as reader:
                assert not reader.totals(_aggregation(), (0, 10**6), (), {}).times, "nothing of it is kept"
        assert sum(_started(home, _aggregation())["by_suffix"].values()) == 3 * MINUTE


def test_while_an_aggregation_is_not_kept_its_columns_are_answered_from_the_raw_events() -> None:
    """A reader with a plugin that the service does not have yet: right, only slower."""
    from support.installations import installation
    from timecode_core.answering.answers import Answers

    with fresh_home() as home, running(home) as service:
        send(service, _python_then_go())
        reading = installation(home, plugins=plugins_with(_aggregation()))
        store = reading.store()
        try:
            report = Answers(reading.terms(), store).report(Query(Selection(*ALWAYS), ("suffix",)))
        finally:
            store.close()
        assert report.answered_by == FROM_EVENTS
        assert {row.values: row.time for row in report.rows} == {("py",): 2 * MINUTE, ("go",): MINUTE}


def test_two_aggregations_of_one_name_are_an_error() -> None:
    with (
        pytest.raises(PluginError, match="'daily' is offered twice"),
        fresh_service(plugins=plugins_with(Aggregation("daily", ("day",)))),
    ):
        pass


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("Bad", ("day",)),
        ("x; drop", ("day",)),
        ("ok", ()),
        ("ok", ("project", "day")),
        ("ok", ("day", "day")),
        ("ok", ("day", "source")),
        ("ok", ("day", "is_write")),
        ("ok", ("day", "nothing")),
    ],
)
def test_an_aggregation_that_could_not_be_kept_is_refused_when_it_is_made(name: str, columns: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="aggregation"):
        Aggregation(name, columns)


def _leave(_stretch: Stretch) -> str:
    raise SystemExit(3)


def test_a_function_that_would_end_the_process_ends_no_more_than_the_batch() -> None:
    """The submitter hears of it, and so does the next: the writer goes on."""
    leaving = Aggregation("leaving", ("day", "way"), derived={"way": _leave})
    with fresh_service(plugins=plugins_with(leaving)) as service:
        items = [{"time": 1_700_000_000 + second, "entity": "a.py"} for second in (0, 60)]
        for _ in range(2):
            with pytest.raises(StoreError, match="SystemExit"):
                service.submit(items, "test")
        assert service.answers.last_event() is None
