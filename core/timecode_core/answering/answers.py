"""The answers: every question about the stored events, from the smallest aggregation that can tell."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import chain, groupby
from operator import itemgetter
from types import MappingProxyType
from typing import cast

from attrs import evolve

from timecode_core.accounting.cells import Cells
from timecode_core.accounting.crediting import check_order, chunks, credited
from timecode_core.accounting.terms import Terms
from timecode_core.aggregation import CLOCK, Aggregation
from timecode_core.answering.ahead import Ahead
from timecode_core.answering.columns import TIME, day_units, parse_value
from timecode_core.answering.periods import ALL, PERIODS, Range, before, days_of
from timecode_core.calendar import DAY_US, EPOCH, HOUR_US, SECOND_US, Calendar, day_date, day_number
from timecode_core.errors import QueryError
from timecode_core.event import Event
from timecode_core.protocols import Cell, Key, Reader, Store
from timecode_core.query import Groups, Query, Report, V, Value
from timecode_core.selection import Selection
from timecode_core.setup.zone import Zone, zone_in_force
from timecode_core.subject import LABELS

FROM_EVENTS = "events"
"""What `Report.answered_by` says where no aggregation could tell."""

_Group = tuple[tuple[V, ...], int]

_CURSOR = re.compile(r"(\d{1,18})-([0-9a-f]{32})", re.ASCII)
"""An event's key as text: its time in microseconds and its id."""


class Answers:
    """Reads a store with the rule and the day start that its totals were made with. Any thread may ask."""

    def __init__(self, terms: Terms, store: Store) -> None:
        self._terms = terms
        self._store = store
        self._aggregations = terms.aggregations
        self._units = day_units(terms.core.week_start)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that can group and filter."""
        derived = {column for aggregation in self._aggregations for column in aggregation.derived}
        return (*self._units, "hour", *LABELS, *sorted(derived))

    def report(self, query: Query) -> Report:
        """The answer to one query. Raises QueryError, StoreError."""
        return self.reports({"": query})[""]

    def reports(self, queries: Mapping[str, Query]) -> dict[str, Report]:
        """The answers to several queries, all of one moment."""
        for query in queries.values():
            self._check(query)
        with self._store.reading() as reader:
            metadata = reader.metadata()
            return {name: self._report(reader, metadata, query) for name, query in queries.items()}

    def _check(self, query: Query) -> None:
        known = self.columns
        for column in (*query.group_by, *query.selection.filters):
            if column not in known:
                raise QueryError(f"there is no column {column!r:.60}.", remedy=f"Columns: {', '.join(known)}.")
        if len(set(query.group_by)) < len(query.group_by):
            raise QueryError("a column stands twice in group_by.")

    def _report(self, reader: Reader, metadata: Mapping[str, str], query: Query) -> Report:
        selection = query.selection
        days = day_number(selection.first), day_number(selection.last)
        wanted = {column: {self._wanted(column, text) for text in texts} for column, texts in selection.filters.items()}
        needed = {self._stored(column) for column in (*query.group_by, *wanted)}
        usable = [a for a in self._terms.filled(metadata) if needed <= set(a.columns)]
        if usable:
            aggregation = min(usable, key=_size)
            answered_by = aggregation.name
            left = {column: wanted.pop(column) for column in list(wanted) if column in self._units}
            columns = self._all_stored((*query.group_by, *left))
            cells = reader.totals(aggregation, days, columns, cast("dict[str, set[str | int]]", wanted))
        else:
            answered_by = FROM_EVENTS
            left = wanted
            columns = self._all_stored((*query.group_by, *left))
            cells = self._from_events(reader, metadata, columns, days)
        day_start = self._terms.recorded_calendar(metadata).day_start
        if left or any(column in self._units and column != "day" for column in query.group_by):
            groups = Groups.of(_ordered(self._folded(query.group_by, columns, cells, left), query.group_by))
        else:  # each cell is a group already
            groups = self._dated(query.group_by, cells)
        return Report(query, groups, answered_by, day_start)

    def _dated(self, group_by: Sequence[str], cells: Groups[int | str]) -> Groups[Value]:
        """The cells but for empty ones, with dates for days."""
        if not all(cells.times):
            cells = Groups.of([cell for cell in cells if cell[1]])
        columns: list[Sequence[Value]] = list(cells.columns)
        if "day" in group_by and columns:
            at, day = group_by.index("day"), self._units["day"]
            columns[at] = [day(number) for number in cast("Sequence[int]", columns[at])]
        return Groups(columns, cells.times)

    def _stored(self, column: str) -> str:
        """The column of an aggregation that tells of this one."""
        return "day" if column in self._units else column

    def _all_stored(self, columns: Sequence[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(self._stored, columns)))

    def _folded(
        self,
        group_by: Sequence[str],
        stored: Sequence[str],
        cells: Groups[int | str],
        wanted: Mapping[str, set[Value]],
    ) -> list[_Group[Value]]:
        """The groups of the cells that pass what is `wanted` still."""

        def value_of(column: str) -> Callable[[Cell], Value]:
            unit = self._units.get(column)
            pick = itemgetter(stored.index(self._stored(column)))
            return (lambda cell: unit(pick(cell))) if unit else pick

        grouped = [value_of(column) for column in group_by]
        filters = [(value_of(column), values) for column, values in wanted.items()]
        sums: defaultdict[tuple[Value, ...], int] = defaultdict(int)
        for cell, us in cells:
            if all(value(cell) in values for value, values in filters):
                sums[tuple([value(cell) for value in grouped])] += us
        return [(values, us) for values, us in sums.items() if us]

    def _from_events(
        self, reader: Reader, metadata: Mapping[str, str], columns: tuple[str, ...], days: tuple[int, int]
    ) -> Groups[int | str]:
        """Credit the raw events of the days by the same rule, as `Reader.totals` gives what is stored.

        Reads so far around them that their gaps are whole.
        """
        rule = self._terms.recorded_rule(metadata)
        calendar = self._terms.recorded_calendar(metadata)
        margin = rule.look_back + rule.reach + HOUR_US
        first, last = calendar.bounds(*days)
        derived = {c: a.derived[c] for a in self._aggregations for c in columns if c in a.derived}
        whole = Aggregation("adhoc", ("day", *(column for column in columns if column != "day")), derived=derived)
        cells = Cells(calendar, [whole])
        cells.add(credited(rule, chunks(reader, first - margin - rule.look_back, last + margin)))
        if cells.failures:
            raise QueryError(f"a column's function failed: {cells.failures['adhoc']}.")
        places = [whole.columns.index(column) for column in columns]
        sums: defaultdict[Cell, int] = defaultdict(int)
        for cell, us in cells.of(whole).items():
            if days[0] <= cast("int", cell[0]) <= days[1]:
                sums[tuple([cell[place] for place in places])] += us
        return Groups.of(_ordered(sums.items(), columns))

    def events(self, selection: Selection, limit: int, after: str | None = None) -> tuple[list[Event], str | None]:
        """At most `limit` events of the selection's days that pass its filters, in order, and a cursor for the next.

        The day is that of the event's own instant. `after` is a cursor given before, None to begin; None comes back at
        the end.
        """
        self._check(Query(selection))
        wanted = {column: {self._wanted(column, text) for text in texts} for column, texts in selection.filters.items()}
        found: list[Event] = []
        with self._store.reading() as reader:
            calendar = self._terms.recorded_calendar(reader.metadata())
            first, last = day_number(selection.first), day_number(selection.last)
            start, stop = calendar.bounds(first, last)
            key: Key = _parse_cursor(after) if after else (start, b"")
            while len(found) <= limit and (chunk := reader.scan(key, stop, max(limit + 1, 1000))):
                check_order(key, chunk)
                key = chunk[-1].key
                found.extend(
                    e
                    for e in chunk
                    if first <= calendar.day(e.time, e.utc_offset) <= last and self._passes(calendar, e, wanted)
                )
        more = len(found) > limit
        found = found[:limit]
        return found, f"{found[-1].time}-{found[-1].id.hex()}" if more and found else None

    def _passes(self, calendar: Calendar, event: Event, wanted: Mapping[str, set[Value]]) -> bool:
        day = calendar.day(event.time, event.utc_offset)
        for column, values in wanted.items():
            if column in self._units:
                value: Value = self._units[column](day)
            elif column == "hour":
                value = (event.time + event.utc_offset * SECOND_US) // HOUR_US % 24
            elif column in LABELS:
                value = getattr(event.subject, column)
            else:
                raise QueryError(f"events can't be filtered by {column!r}, which belongs to credited time.")
            if value not in values:
                return False
        return True

    def _wanted(self, column: str, text: str) -> Value:
        """A filter's value; any day of a week or a month stands for all of it."""
        value = parse_value(column, text)
        return self._units[column](day_number(value)) if isinstance(value, date) else value

    def values(self, column: str) -> Sequence[str]:
        """The distinct values of a label column among the stored events."""
        with self._store.reading() as reader:
            return reader.values(column)

    def last_event(self) -> Event | None:
        """The last event in order, but for those that are `ahead`."""
        with self._store.reading() as reader:
            return reader.last(self._horizon())

    def ahead(self) -> Ahead | None:
        """The events that lie more than a day ahead of our clock, or None."""
        with self._store.reading() as reader:
            return Ahead.of(reader, self._horizon())

    def revision(self) -> int:
        """A number that differs after every write that changed anything."""
        with self._store.reading() as reader:
            return reader.revision()

    @property
    def zone(self) -> Zone:
        """The zone in force, whose day is today."""
        return zone_in_force(self._terms.core.timezone)

    def now(self) -> datetime:
        """The present moment in the zone in force."""
        return self.zone.now()

    def _horizon(self) -> int:
        """The instant, microseconds, from which on a clock must be wrong: a day is room for one set to another zone."""
        return round(self.now().timestamp() * SECOND_US) + DAY_US

    def today(self) -> date:
        """The local day that it is now, by the zone in force and the day start of the stored totals."""
        with self._store.reading() as reader:
            return self._today(self._terms.recorded_calendar(reader.metadata()))

    def _today(self, calendar: Calendar, ahead: int = 0) -> date:
        now = round(self.now().timestamp() * SECOND_US) + ahead
        return day_date(calendar.day(now, self.zone.offset(now)))

    def _first_day(self, reader: Reader, calendar: Calendar) -> date | None:
        """The day of the first event in order."""
        first = next(iter(reader.scan((-DAY_US, b""), 2**63 - 1, 1)), None)
        return day_date(calendar.day(first.time, first.utc_offset)) if first else None

    def span(self) -> Range | None:
        """The first and the last day that has an event or credited time, or None where there is no event.

        Events that are `ahead` have no part in it.
        """
        with self._store.reading() as reader:
            calendar, last = self._terms.recorded_calendar(reader.metadata()), reader.last(self._horizon())
            first_day = self._first_day(reader, calendar)
            ahead = reader.last() != last
        if first_day is None or last is None:
            return None
        days = [first_day, day_date(calendar.day(last.time, last.utc_offset))]
        # Who travels west may be back on an earlier day; and a span that began before the last event may end after it.
        whole = Selection(EPOCH - timedelta(days=2), self._today(calendar, DAY_US) if ahead else date.max)
        days += [cast("date", row.values[0]) for row in self.report(Query(whole, ("day",))).rows]
        return min(days), max(days)

    def period(self, name: str) -> Range:
        """The first and the last day of a period, as of now. Raises QueryError, which names those there are."""
        if name not in PERIODS:
            raise QueryError(f"there is no period {name!r:.60}.", remedy=f"Periods: {', '.join(PERIODS)}.")
        span = self.span() if name == ALL else None
        return days_of(name, self.today(), self._terms.core.week_start, span)

    def select(
        self,
        days: str | Range,
        filters: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    ) -> Selection:
        """The selection of a period, as of now, or of a range of days, and what it is compared with.

        Days that begin before the first event, or that are not over, are no comparison. Raises QueryError as `period`,
        and for a range that ends before it begins.
        """
        named = days if isinstance(days, str) else None
        chosen = Selection(*(self.period(days) if isinstance(days, str) else days), filters)
        found = before(named, (chosen.first, chosen.last))
        with self._store.reading() as reader:
            calendar = self._terms.recorded_calendar(reader.metadata())
            first_day, today = self._first_day(reader, calendar), self._today(calendar)
        comparable = found is not None and first_day is not None and first_day <= found.first and found.last <= today
        return evolve(chosen, before=found if comparable else None)


def _ordered(groups: Iterable[_Group[V]], columns: Sequence[str]) -> list[_Group[V]]:
    """By the columns of time first, then largest first, then by name."""
    times = [at for at, column in enumerate(columns) if column in TIME]
    if not times:
        return sorted(groups, key=_largest_first)
    # A day's groups are few. To order those of each by themselves takes a third of the time of ordering all at once.
    pick = itemgetter(*times)
    moment = lambda group: pick(group[0])  # noqa: E731
    days = (sorted(same, key=_largest_first) for _, same in groupby(sorted(groups, key=moment), moment))
    return list(chain.from_iterable(days))


def _largest_first(group: _Group[V]) -> tuple[int, tuple[V, ...]]:
    values, us = group
    return -us, values


def _size(aggregation: Aggregation) -> tuple[bool, bool, int, str]:
    """An order from few cells to many, known without counting: entities multiply most, then hours, then each column."""
    return "entity" in aggregation.columns, CLOCK[1] in aggregation.columns, len(aggregation.columns), aggregation.name


def _parse_cursor(text: str) -> Key:
    match = _CURSOR.fullmatch(text)
    if not match:
        raise QueryError(f"{text!r:.60} is no cursor.", remedy="Pass on `next` as it came.")
    return int(match[1]), bytes.fromhex(match[2])


def iterate_events(answers: Answers, selection: Selection) -> Iterator[Event]:
    """All events of a selection, in order."""
    after: str | None = None
    while True:
        page, after = answers.events(selection, 5000, after)
        yield from page
        if after is None:
            return
