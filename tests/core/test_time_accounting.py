"""The laws of time accounting, on a real store, against a slow reference that shares no code with the product."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import combinations, pairwise
from typing import Any

import pytest
from hypothesis import given, strategies as st
from support.installations import ALWAYS, fresh_service, kept_cells, send, totals
from support.reference import credits_of, pieces_of, report_of, total_of
from support.strategies import HOUR, MINUTE, SECOND, batches, events, fewer
from timecode_core.accounting.crediting import credited
from timecode_core.accounting.rules.join_gaps import JoinGaps
from timecode_core.answering.answers import FROM_EVENTS
from timecode_core.calendar import day_number
from timecode_core.event import Event
from timecode_core.query import Query
from timecode_core.selection import Selection
from timecode_core.serving.service import Service
from timecode_core.stretch import Stretch

START = 1_700_000_000 * SECOND


def _worked_example() -> list[Event]:
    def event(second: int, entity: str, project: str, editor: str) -> Event:
        return Event.of(time=START + second * SECOND, utc_offset=3600, entity=entity, project=project, editor=editor)

    a = [event(second, "a.py", "A", "VS Code") for second in (0, 10, 25)]
    b = [event(second, "b.py", "A", "VS Code") for second in (145, 325, 1045, 2245)]
    return sorted([*a, *b, event(265, "x.go", "B", "Vim")], key=lambda e: e.time)


_EXAMPLE = {
    "one batch": [_worked_example()],
    "single events, reversed": [[event] for event in reversed(_worked_example())],
    "twice over": [_worked_example(), _worked_example()],
    "twice in one batch": [[*_worked_example(), *_worked_example()]],
}


@pytest.mark.parametrize("arrival", _EXAMPLE)
def test_the_worked_example_gives_1045_seconds_by_every_column_and_pair_of_columns(arrival: str) -> None:
    with fresh_service() as service:
        for batch in _EXAMPLE[arrival]:
            send(service, batch)
        assert totals(service) == {(): 1045 * SECOND}
        assert totals(service, ["project"]) == {("A",): 985 * SECOND, ("B",): 60 * SECOND}
        assert totals(service, ["editor"]) == {("VS Code",): 985 * SECOND, ("Vim",): 60 * SECOND}
        assert totals(service, ["entity"]) == {
            ("a.py",): 145 * SECOND,
            ("b.py",): 840 * SECOND,
            ("x.go",): 60 * SECOND,
        }
        columns = service.answers.columns
        pairs = [(a, b) for a, b in combinations(columns, 2)]
        pieces = pieces_of(credits_of(_worked_example()))
        for group_by in [*[(column,) for column in columns], *pairs, *[(b, a) for a, b in pairs]]:
            found = totals(service, group_by)
            assert sum(found.values()) == 1045 * SECOND, group_by
            assert found == report_of(pieces, *ALWAYS, group_by), group_by


def test_the_reference_itself_gives_the_worked_example() -> None:
    """What proves the product must be right about the one case that people have computed by hand."""
    pieces = pieces_of(credits_of(_worked_example()))
    day = pieces[0].day
    assert report_of(pieces, day, day, ["project"]) == {("A",): 985 * SECOND, ("B",): 60 * SECOND}


def _reference_cells(known: list[Event], service: Service, timeout: int = 900 * SECOND) -> dict[str, dict[Any, int]]:
    pieces = pieces_of(credits_of(known, timeout))
    cells = {}
    for aggregation in service.installation.aggregations():
        sums = report_of(pieces, *ALWAYS, aggregation.columns)
        cells[aggregation.name] = {(_day_number(group[0]), *group[1:]): us for group, us in sums.items()}
    return cells


def _day_number(day: Any) -> int:
    return int(day.toordinal()) - 719_163  # 1970-01-01


@given(st.data())
def test_every_aggregation_equals_the_reference_whatever_the_order_batches_and_replays(data: st.DataObject) -> None:
    """Totals are a function of the set of events: order, batching and duplicates change nothing, to the microsecond."""
    known = data.draw(events())
    with fresh_service() as service:
        stored: list[str] = []
        for batch in data.draw(batches(known)):
            stored += send(service, batch)
        assert stored.count("stored") == len(known), "each event is stored once, however often it came"
        assert stored.count("duplicate") == len(stored) - len(known)
        assert kept_cells(service) == _reference_cells(known, service)


@given(st.data())
def test_after_each_batch_the_kept_cells_equal_those_of_the_events_so_far(data: st.DataObject) -> None:
    """Not only in the end: every transaction leaves aggregates that equal a rebuild."""
    known = data.draw(events(max_size=8))
    with fresh_service() as service:
        so_far: list[Event] = []
        for batch in data.draw(batches(known)):
            send(service, batch)
            so_far += batch
            assert kept_cells(service) == _reference_cells(so_far, service)


@given(st.data(), st.sampled_from([1, 60, 119, 900, 3600, 4000, 86_400]))
def test_any_timeout_equals_the_reference(data: st.DataObject, timeout_s: int) -> None:
    """The keystroke timeout is a setting from a second to a day; none of them breaks exactness."""
    known = data.draw(events(max_size=8))
    with fresh_service({"keystroke_timeout": timeout_s}) as service:
        for batch in data.draw(batches(known)):
            send(service, batch)
        assert kept_cells(service) == _reference_cells(known, service, timeout_s * SECOND)


@given(events(max_size=10), st.data())
def test_one_event_more_never_lowers_the_total(known: list[Event], data: st.DataObject) -> None:
    more = data.draw(st.sampled_from(known))
    with fresh_service() as service:
        send(service, [event for event in known if event.id != more.id])
        before = totals(service).get((), 0)
        send(service, [more])
        assert totals(service).get((), 0) >= before


def _at(minute: float, duration: float = 0, entity: str = "/p/a.py", project: str = "") -> Event:
    return Event.of(
        time=START + round(minute * MINUTE), duration=round(duration * MINUTE), entity=entity, project=project
    )


def _joined(stretches: Iterable[tuple[Event, int, int]]) -> list[tuple[Event, int, int]]:
    """Stretches of one event that follow each other without a pause are one."""
    found: list[tuple[Event, int, int]] = []
    for event, start, end in stretches:
        if found and found[-1][0] == event and found[-1][2] == start:
            found[-1] = (event, found[-1][1], end)
        else:
            found.append((event, start, end))
    return found


@given(events(), st.lists(st.integers(0, 12), max_size=6), st.sampled_from([1, 900, 3600, 86_400]))
def test_stretches_are_disjoint_in_order_and_inside_their_gaps(
    known: list[Event], cuts: list[int], timeout_s: int
) -> None:
    """So the total of any stretch of instants can't exceed its length. However the events come in pieces."""
    ordered = sorted(known, key=lambda event: event.key)
    places = sorted({min(cut, len(ordered)) for cut in cuts})
    pieces = [ordered[a:b] for a, b in zip([0, *places], [*places, len(ordered)], strict=True)]
    stretches = list(credited(JoinGaps(timeout_s * SECOND), pieces))
    assert _joined(stretches) == _joined(credits_of(known, timeout_s * SECOND))
    for stretch, following in pairwise(stretches):
        assert stretch.end <= following.start
    assert all(stretch.start < stretch.end and stretch.event.time <= stretch.start for stretch in stretches)


def test_a_rebuild_in_pieces_is_the_same_wherever_it_is_cut() -> None:
    """All 256 ways to cut nine events, over which an hour runs on from far before the cut."""
    rule = JoinGaps(60 * SECOND)
    ordered = [_at(0, 60), _at(5, 50), _at(10), _at(10, 0, "/p/b.py"), _at(31), _at(45, 1), _at(54), _at(59), _at(90)]
    ordered.sort(key=lambda event: event.key)
    whole = credits_of(ordered, 60 * SECOND)
    for cuts in range(2 ** (len(ordered) - 1)):
        pieces: list[list[Event]] = [[]]
        for place, event in enumerate(ordered):
            pieces[-1].append(event)
            if cuts >> place & 1:
                pieces.append([])
        assert _joined(credited(rule, pieces)) == _joined(whole), pieces


@fewer(2)
@given(events(), st.data())
def test_no_range_of_days_holds_more_time_than_its_length(known: list[Event], data: st.DataObject) -> None:
    """At one fixed offset, where no clock changes: a day has at most 24 hours, an hour at most sixty minutes."""
    offset = data.draw(st.sampled_from([0, 19_800, -39_600]))
    here = [
        Event.of(
            time=e.time, utc_offset=offset, duration=e.duration, entity=e.subject.entity, project=e.subject.project
        )
        for e in known
    ]
    with fresh_service({"keystroke_timeout": 86_400}) as service:
        send(service, here)
        assert all(us <= 24 * HOUR for us in totals(service, ["day"]).values())
        assert all(us <= HOUR for us in totals(service, ["day", "hour"]).values())


@fewer(2)
@given(events(), st.data())
def test_splitting_by_any_columns_never_changes_a_total(known: list[Event], data: st.DataObject) -> None:
    """From an aggregation or from the raw events: the groups add up to the total, and to each other."""
    with fresh_service() as service:
        send(service, known)
        total = total_of(known)
        for _ in range(3):
            columns = data.draw(st.lists(st.sampled_from(service.answers.columns), unique=True, max_size=4))
            assert sum(totals(service, columns).values()) == total


@fewer(2)
@given(events())
def test_the_raw_fallback_agrees_with_the_aggregations(known: list[Event]) -> None:
    """A column that no aggregation keeps, such as `type`, is credited by the same rule from the raw events."""
    with fresh_service() as service:
        send(service, known)
        pieces = pieces_of(credits_of(known))
        raw = service.answers.report(Query(Selection(*ALWAYS), ("day", "project", "type")))
        kept = service.answers.report(Query(Selection(*ALWAYS), ("day", "project")))
        assert raw.answered_by == FROM_EVENTS
        assert kept.answered_by == "daily"
        folded: dict[Any, int] = {}
        for row in raw.rows:
            folded[row.values[:2]] = folded.get(row.values[:2], 0) + row.time
        assert folded == {row.values: row.time for row in kept.rows}
        assert {r.values: r.time for r in raw.rows} == report_of(pieces, *ALWAYS, ["day", "project", "type"])


@pytest.mark.parametrize(
    ("known", "minutes"),
    [
        pytest.param([_at(0), _at(15)], 15, id="a gap of exactly the timeout counts"),
        pytest.param(
            [_at(0), Event.of(time=START + 15 * MINUTE + 1, entity="/p/a.py")], 0, id="a microsecond more does not"
        ),
        pytest.param([_at(0)], 0, id="one heartbeat alone is no time"),
        pytest.param([_at(0, 30)], 30, id="a span alone is its own length"),
        pytest.param([_at(0, 30), _at(10)], 30, id="a heartbeat inside a span takes nothing away"),
        pytest.param([_at(0, 30), _at(10), _at(40)], 40, id="the pause after a span is joined to its end"),
        pytest.param([_at(0, 30), _at(1), _at(45)], 45, id="joined up to the timeout after the span's end"),
        pytest.param([_at(0, 30), _at(1), _at(46)], 30, id="and not beyond it"),
        pytest.param([_at(0, 60), _at(10, 10), _at(50, 20)], 70, id="overlapping spans count once"),
        pytest.param([_at(0, 60), _at(0, 60, "/p/b.py")], 60, id="two spans at once are one hour"),
        pytest.param([_at(0, 60), _at(5, 40), _at(30)], 60, id="a span within another ends where the next begins"),
        pytest.param([_at(0, 60), _at(0.5, 1), _at(200)], 60, id="a nested span ends, the outer one goes on"),
    ],
)
def test_the_rule_in_cases_that_a_person_can_check(known: list[Event], minutes: int) -> None:
    for arrival in (known, known[::-1]):
        with fresh_service() as service:
            for event in arrival:
                send(service, [event])
            assert totals(service) == ({(): minutes * MINUTE} if minutes else {})


def test_of_spans_that_end_together_the_last_to_begin_has_the_rest() -> None:
    """A from 0 to 60 and B from 30 to 60, then C at 70: what follows the first half hour is B's, the pause included."""
    with fresh_service() as service:
        send(service, [_at(0, 60, project="A"), _at(30, 30, project="B"), _at(70, project="C")])
        assert totals(service, ["project"]) == {("A",): 30 * MINUTE, ("B",): 40 * MINUTE}


@pytest.mark.parametrize(
    ("offset_h", "hours", "expected_h"),
    [(14, (-26, -3), 11), (-11, (34, 50), 1)],
    ids=["a gap that begins long before", "a gap that ends long after"],
)
def test_a_day_from_the_raw_events_has_its_part_of_gaps_that_reach_far_out_of_it(
    offset_h: int, hours: tuple[int, int], expected_h: int
) -> None:
    """The widest timeout, at the ends of the earth: what lies around the day is read as far as it matters."""
    day = date(2023, 11, 15)
    midnight = day_number(day) * 24 * HOUR
    known = [Event.of(time=midnight + hour * HOUR, utc_offset=offset_h * 3600, entity="/p/a.py") for hour in hours]
    with fresh_service({"keystroke_timeout": 86_400}) as service:
        send(service, known)
        report = service.answers.report(Query(Selection(day, day), ("type",)))
        assert report.answered_by == FROM_EVENTS
        assert [(row.values, row.time) for row in report.rows] == [(("file",), expected_h * HOUR)]


def test_what_an_event_gets_is_one_stretch() -> None:
    """Its own duration and the pause after it, by whichever clause that counts."""
    spent, later = _at(0, 5), _at(12)
    assert list(JoinGaps(15 * MINUTE).stretches([spent, later], 0, 1)) == [Stretch(spent, spent.time, later.time)]
    assert list(JoinGaps(5 * MINUTE).stretches([spent, _at(10)], 0, 1)) == [
        Stretch(spent, spent.time, spent.time + 10 * MINUTE)
    ]


def test_what_a_longer_span_still_covers_goes_to_it_and_not_to_the_heartbeat_inside() -> None:
    """A meeting of an hour with one heartbeat in it, far from the next: the heartbeat's pause is the meeting's time."""
    with fresh_service() as service:
        send(service, [_at(0, 60, "meeting", "M"), _at(20, 0, "/p/a.py", "A")])
        assert totals(service, ["project"]) == {("M",): 60 * MINUTE}
        send(service, [_at(34, 0, "/p/a.py", "A")])
        assert totals(service, ["project"]) == {("M",): 46 * MINUTE, ("A",): 14 * MINUTE}
