"""Questions: every grouping and filter gives what the reference gives, from whichever aggregation answers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, strategies as st
from support.installations import ALWAYS, fresh_service, plugins_with, send, stored_values, totals
from support.reference import Credit, Piece, credits_of, pieces_of, report_of, value_of
from support.strategies import HOUR, MINUTE, SECOND, events, fewer
from timecode_core.aggregation import Aggregation
from timecode_core.answering.answers import FROM_EVENTS, iterate_events
from timecode_core.errors import QueryError
from timecode_core.event import Event
from timecode_core.query import Query
from timecode_core.selection import Before, Selection

_START = 1_700_000_000 * SECOND
_LABELS = ["project", "branch", "language", "editor", "machine_id", "category", "type", "entity"]
_CLOCKS = ["day", "week", "month", "year", "weekday", "hour"]
_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_VALUES: dict[str, list[Any]] = {
    "project": ["", "A", "B", "nowhere"],
    "branch": ["", "main"],
    "language": ["", "Python", "Go"],
    "editor": ["Vim", "VS Code"],
    "machine_id": ["", "m1"],
    "category": ["coding", "debugging"],
    "type": ["file", "app"],
    "entity": ["/p/a.py", "/p/c.go"],
    "hour": [0, 11, 12, 13, 23],
    "weekday": [0, 1, 2, 3, 6],
    "year": [1970, 2023],
    "day": [date(2023, 11, 14), date(2023, 11, 15), date(1970, 1, 1)],
    "month": [date(2023, 11, 1), date(2023, 11, 30), date(1970, 1, 1)],
    "week": [date(2023, 11, 13), date(2023, 11, 12), date(1969, 12, 29)],
}


@st.composite
def _filters(draw: st.DrawFn) -> dict[str, list[Any]]:
    columns = draw(st.lists(st.sampled_from(sorted(_VALUES)), unique=True, max_size=3))
    return {c: draw(st.lists(st.sampled_from(_VALUES[c]), min_size=1, max_size=3, unique=True)) for c in columns}


def _texts(filters: dict[str, list[Any]]) -> dict[str, tuple[str, ...]]:
    return {
        column: tuple(value.isoformat() if isinstance(value, date) else str(value) for value in values)
        for column, values in filters.items()
    }


def _whole(filters: dict[str, list[Any]], week_start: str) -> dict[str, list[Any]]:
    """Any day of a week or a month stands for all of it."""
    nothing = Event.of(time=0, entity="")
    return {
        column: [value_of(Piece(nothing, v, 0, 0), column, week_start) for v in values]
        if column in {"week", "month"}
        else values
        for column, values in filters.items()
    }


@given(known=events(), data=st.data(), week_start=st.sampled_from(_WEEKDAYS))
def test_every_grouping_and_filter_equals_the_reference(
    known: list[Event], data: st.DataObject, week_start: str
) -> None:
    """Filters select credited time, never events: what was credited beside them does not change."""
    pieces = pieces_of(credits_of(known))
    with fresh_service({"week_start": week_start}) as service:
        send(service, known)
        for _ in range(4):
            columns = data.draw(st.lists(st.sampled_from([*_LABELS, *_CLOCKS]), unique=True, max_size=3))
            filters = data.draw(_filters())
            expected = report_of(pieces, *ALWAYS, columns, _whole(filters, week_start), week_start)
            assert totals(service, columns, filters=_texts(filters)) == expected, (columns, filters)


@fewer(2)
@given(
    known=events(), columns=st.lists(st.sampled_from([*_LABELS, *_CLOCKS]), unique=True, max_size=3), filters=_filters()
)
def test_reports_are_in_order_and_hold_no_empty_group(
    known: list[Event], columns: list[str], filters: dict[str, list[Any]]
) -> None:
    """By time where the report groups by time, else the largest first; ties by name, so that it never flickers."""
    with fresh_service() as service:
        send(service, known)
        report = service.answers.report(Query(Selection(*ALWAYS, _texts(filters)), tuple(columns)))
        assert all(row.time > 0 for row in report.rows)
        assert report.total == sum(row.time for row in report.rows)
        clocks = [index for index, column in enumerate(columns) if column in _CLOCKS]
        ranks = [([row.values[i] for i in clocks], -row.time, [str(v) for v in row.values]) for row in report.rows]
        assert ranks == sorted(ranks)


def test_what_days_are_folded_into_is_put_in_order_anew() -> None:
    """Week days come in another order than days, and whoever has as much time as another may have had it earlier."""
    sunday = _START + 5 * 24 * HOUR
    known = [
        Event.of(time=sunday, entity="b.py", project="B", duration=5 * MINUTE),
        Event.of(time=sunday + 24 * HOUR, entity="a.py", project="A", duration=5 * MINUTE),
        Event.of(time=sunday + 24 * HOUR + 4 * HOUR, entity="b.py", project="B", duration=MINUTE),
        Event.of(time=sunday + 24 * HOUR + 5 * HOUR, entity="a.py", project="A", duration=MINUTE),
    ]
    with fresh_service() as service:
        send(service, known)
        for columns, filters, expected in (
            (("weekday",), {}, [(0,), (1,), (6,)]),
            (("project",), {"month": ("2023-11-01",)}, [("A",), ("B",)]),
            (("weekday", "project"), {}, [(0, "A"), (1, "A"), (1, "B"), (6, "B")]),
        ):
            report = service.answers.report(Query(Selection(*ALWAYS, filters), columns))
            assert [row.values for row in report.rows] == expected, columns


def test_who_had_less_time_on_an_earlier_day_of_a_week_comes_later() -> None:
    known = [
        Event.of(time=_START, entity="a.py", project="A", duration=MINUTE),
        Event.of(time=_START + 24 * HOUR, entity="b.py", project="B", duration=5 * MINUTE),
    ]
    with fresh_service() as service:
        send(service, known)
        report = service.answers.report(Query(Selection(*ALWAYS), ("month", "project")))
        assert [row.values[1] for row in report.rows] == ["B", "A"]


def test_a_report_says_when_its_days_begin() -> None:
    """By the setting that the totals were made with."""
    with fresh_service({"day_start": "04:30"}) as service:
        send(service, _beats())
        assert service.answers.report(Query(Selection(*ALWAYS))).day_start == 270 * MINUTE


def _beats() -> list[Event]:
    return [
        Event.of(time=_START, entity="a.py", project="A"),
        Event.of(time=_START + 5 * MINUTE, entity="b.py", project="B"),
        Event.of(time=_START + 9 * MINUTE, entity="c.py", project=""),
        Event.of(time=_START + 11 * MINUTE, entity="a.py", project="A"),
    ]


def test_a_filter_selects_time_that_was_credited_among_all_events() -> None:
    """Filtered events alone would join across the others: A would have eleven minutes."""
    with fresh_service() as service:
        send(service, _beats())
        assert totals(service, filters={"project": ("A",)}) == {(): 5 * MINUTE}
        assert totals(service, filters={"project": ("A", "B")}) == {(): 9 * MINUTE}
        assert totals(service, filters={"project": ("A",), "entity": ("b.py",)}) == {}


def test_an_empty_filter_value_means_none() -> None:
    with fresh_service() as service:
        send(service, _beats())
        assert totals(service, ["project"], filters={"project": ("",)}) == {("",): 2 * MINUTE}


@pytest.mark.parametrize(
    ("columns", "filters", "answered_by"),
    [
        ((), {}, "daily"),
        (("day",), {}, "daily"),
        (("month", "project"), {"language": ("Python",)}, "daily"),
        (("hour",), {}, "hourly"),
        (("project",), {"hour": ("9",)}, "hourly"),
        (("entity",), {}, "entities"),
        (("week",), {"entity": ("a.py",)}, "entities"),
        (("entity", "language"), {}, FROM_EVENTS),
        (("type",), {}, FROM_EVENTS),
        (("entity", "hour"), {}, FROM_EVENTS),
        (("project",), {"type": ("file",)}, FROM_EVENTS),
    ],
)
def test_the_smallest_aggregation_that_can_tell_answers_and_the_report_says_which(
    columns: tuple[str, ...], filters: dict[str, tuple[str, ...]], answered_by: str
) -> None:
    with fresh_service() as service:
        send(service, _beats())
        assert service.answers.report(Query(Selection(*ALWAYS, filters), columns)).answered_by == answered_by


@pytest.mark.parametrize(
    ("offered", "smallest"),
    [
        ({"a": ("day", "entity", "type"), "b": ("day", "hour", "editor", "type")}, "b"),
        ({"a": ("day", "hour", "type"), "b": ("day", "editor", "language", "type")}, "b"),
        ({"a": ("day", "editor", "type"), "b": ("day", "type")}, "b"),
        ({"b": ("day", "editor", "type"), "a": ("day", "language", "type")}, "a"),
    ],
    ids=["files multiply most", "then hours", "then each column", "of equals the first by name"],
)
def test_of_those_that_can_tell_the_one_with_the_fewest_cells_answers(
    offered: dict[str, tuple[str, ...]], smallest: str
) -> None:
    plugins = plugins_with(*(Aggregation(name, columns) for name, columns in offered.items()))
    with fresh_service(plugins=plugins) as service:
        assert service.answers.report(Query(Selection(*ALWAYS), ("type",))).answered_by == smallest


def test_the_selection_before_has_the_same_filters_and_nothing_before_it() -> None:
    """Unless there is something to compare with, there is none."""
    week = Selection(date(2026, 1, 8), date(2026, 1, 14), {"project": ("A",)})
    assert week.previous() is None
    found = Before(date(2026, 1, 1), date(2026, 1, 7), "the 7 days before")
    assert evolve(week, before=found).previous() == evolve(week, first=found.first, last=found.last)


def test_there_is_no_range_that_ends_before_it_begins() -> None:
    with pytest.raises(QueryError, match="before it begins"):
        Selection(date(2026, 1, 2), date(2026, 1, 1))


@pytest.mark.parametrize(
    ("columns", "filters", "fault"),
    [
        (("nothing",), {}, "no column 'nothing'"),
        (("source",), {}, "no column 'source'"),
        (("project; DROP TABLE events",), {}, "no column"),
        (("project", "project"), {}, "twice"),
        ((), {"nothing": ("a",)}, "no column 'nothing'"),
        ((), {"day": ("yesterday",)}, "a date"),
        ((), {"hour": ("nine",)}, "a whole number"),
        ((), {"weekday": ("1.5",)}, "a whole number"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_with_what_would(
    columns: tuple[str, ...], filters: dict[str, tuple[str, ...]], fault: str
) -> None:
    with fresh_service() as service, pytest.raises(QueryError, match=fault):
        service.answers.report(Query(Selection(*ALWAYS, filters), columns))


@pytest.mark.parametrize(
    ("column", "value"), [("hour", "9" * 30), ("year", "-" + "9" * 30), ("project", "'; --"), ("hour", "24")]
)
def test_a_filter_that_nothing_can_match_gives_nothing(column: str, value: str) -> None:
    with fresh_service() as service:
        send(service, _beats())
        assert totals(service, filters={column: (value,)}) == {}


@fewer(2)
@given(known=events(), limit=st.integers(1, 5), filters=_filters(), data=st.data())
def test_events_come_in_pages_each_once_in_order_on_the_days_where_they_happened(
    known: list[Event], limit: int, filters: dict[str, list[Any]], data: st.DataObject
) -> None:
    first = data.draw(st.sampled_from([date(1969, 12, 31), date(2023, 11, 14), date(2023, 11, 15)]))
    last = first + timedelta(days=data.draw(st.integers(0, 40)))
    with fresh_service() as service:
        send(service, known)
        selection = Selection(first, last, _texts(filters))
        found, after = service.answers.events(selection, limit)
        while after is not None:
            page, after = service.answers.events(selection, limit, after)
            assert 1 <= len(page) <= limit
            found += page
        assert list(iterate_events(service.answers, selection)) == found
    instants = {event.id: pieces_of([Credit(event, event.time, event.time + 1)])[0] for event in known}
    wanted = [
        event
        for event in sorted(known, key=lambda event: (event.time, event.id))
        if report_of([instants[event.id]], first, last, (), _whole(filters, "monday"))
    ]
    assert found == wanted


def test_a_cursor_that_is_none_is_refused() -> None:
    with fresh_service() as service:
        for cursor in ("x", "1-zz", "-", "1.5-00"):
            with pytest.raises(QueryError, match="is no cursor"):
                service.answers.events(Selection(*ALWAYS), 1, cursor)


def test_several_reports_are_of_one_moment_and_say_the_same_as_one() -> None:
    with fresh_service() as service:
        send(service, _beats())
        queries = {"all": Query(Selection(*ALWAYS)), "projects": Query(Selection(*ALWAYS), ("project",))}
        assert service.answers.reports(queries) == {
            name: service.answers.report(query) for name, query in queries.items()
        }


def test_the_values_of_a_label_are_those_of_the_stored_events() -> None:
    with fresh_service() as service:
        assert stored_values(service, "project") == []
        assert service.answers.span() is None
        send(service, _beats())
        assert stored_values(service, "project") == ["", "A", "B"]
        assert service.answers.span() == (date(2023, 11, 14), date(2023, 11, 14))
        last = service.answers.last_event()
        assert last is not None
        assert last.time == _START + 11 * MINUTE


def test_the_span_of_days_reaches_to_the_end_of_what_runs_longest() -> None:
    """A session of an hour before midnight, with a heartbeat in it, ends on the next day."""
    late = 1_700_000_000 * SECOND - 1_700_000_000 * SECOND % (24 * HOUR) + 24 * HOUR - 10 * MINUTE
    with fresh_service() as service:
        send(service, [Event.of(time=late, duration=HOUR, entity="a"), Event.of(time=late + MINUTE, entity="b")])
        credited_days = [day for (day,) in totals(service, ["day"])]
        span = service.answers.span()
        assert span is not None
        assert span[0] <= min(credited_days)
        assert max(credited_days) <= span[1]
