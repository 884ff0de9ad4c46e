"""A store in about 100 lines: what a custom one needs, and a quick one for tests.

Each write works on a copy of everything and puts it in place at the end: whoever reads keeps what they have.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from contextlib import contextmanager
from typing import TYPE_CHECKING

from attrs import define, evolve, field

from timecode_core.aggregation import CLOCK, Aggregation
from timecode_core.errors import QueryError, StoreError
from timecode_core.event import Event, flat
from timecode_core.protocols import Cell, Health, Key, Run
from timecode_core.query import Groups
from timecode_core.subject import LABELS, Subject

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path


def _key(event: Event) -> Key:
    return event.key


@define
class State:
    """Everything that is stored: events in order, cells by aggregation, metadata, and the revision."""

    events: list[Event] = field(factory=list)
    cells: dict[str, dict[Cell, int]] = field(factory=dict)
    metadata: dict[str, str] = field(factory=dict)
    revision: int = 0

    def copy(self) -> State:
        """Give a state that can be changed without changing this one."""
        cells = {name: dict(cells) for name, cells in self.cells.items()}
        return evolve(self, events=list(self.events), cells=cells, metadata=dict(self.metadata))

    def dump(self) -> str:
        """Write everything as JSON."""
        cells = {name: list(cells.items()) for name, cells in self.cells.items()}
        events = [{"id": event.id.hex(), **flat(event)} for event in self.events]
        return json.dumps([events, cells, self.metadata, self.revision])

    @classmethod
    def load(cls, text: str) -> State:
        """Read what `dump` wrote."""
        events, cells, metadata, revision = json.loads(text)
        by_name = {name: {tuple(cell): span for cell, span in pairs} for name, pairs in cells.items()}
        return cls([_event(**event) for event in events], by_name, metadata, revision)


def _event(id: str, time: int, utc_offset: int, duration: int, is_write: bool, **texts: str) -> Event:  # noqa: A002, FBT001
    return Event.stored(bytes.fromhex(id), Subject(**texts), time, utc_offset, duration, is_write)


class MemoryReader:
    """`Reader` on a state that nobody changes any more."""

    def __init__(self, state: State) -> None:
        self._state = state

    def scan(self, start: Key, stop: int, limit: int) -> Sequence[Event]:
        """At most `limit` events with key > `start` and time < `stop`."""
        first = bisect_right(self._state.events, start, key=_key)
        last = bisect_left(self._state.events, (stop, b""), key=_key)
        return self._state.events[first : min(last, first + limit)]

    def totals(
        self,
        aggregation: Aggregation,
        days: tuple[int, int],
        group_by: Sequence[str],
        filters: Mapping[str, Collection[str | int]],
    ) -> Groups[int | str]:
        """Sum the cells of the days that pass the filters, by the columns `group_by`, in the order of a report."""
        sums: dict[Cell, int] = {}
        for cell, span in self._state.cells.get(aggregation.name, {}).items():
            row = dict(zip(aggregation.columns, cell, strict=True))
            if days[0] <= cell[0] <= days[1] and all(row[column] in wanted for column, wanted in filters.items()):  # type: ignore[operator]
                group = tuple(row[column] for column in group_by)
                sums[group] = sums.get(group, 0) + span
        clocks = [at for at, column in enumerate(group_by) if column in CLOCK]
        return Groups.of(sorted(sums.items(), key=lambda group: ([group[0][at] for at in clocks], -group[1], group[0])))

    def values(self, column: str) -> Sequence[str]:
        """The distinct values of a label, sorted."""
        if column not in LABELS or column == "entity":
            raise QueryError(f"no values of column {column!r}.")
        return sorted({getattr(event.subject, column) for event in self._state.events})

    def count(self) -> int:
        """How many events."""
        return len(self._state.events)

    def last(self, before: int | None = None) -> Event | None:
        """The last event, or the last before an instant."""
        events = self._state.events
        end = len(events) if before is None else bisect_left(events, (before, b""), key=_key)
        return events[end - 1] if end else None

    def metadata(self) -> Mapping[str, str]:
        """The texts by key."""
        return dict(self._state.metadata)

    def revision(self) -> int:
        """How many writes have changed anything."""
        return self._state.revision


class MemoryTransaction(MemoryReader):
    """`Transaction` on a copy of the state."""

    def run(self, first: Key, reach: int, look_back: int) -> Run:
        """The run of stored events from the key `first` to the instant `reach`."""
        events = self._state.events
        begin = bisect_left(events, first, key=_key)
        end = bisect_left(events, (reach + 1, b""), key=_key)
        before = events[begin - 1] if begin else None
        still = [
            e
            for e in events[: max(begin - 1, 0)]
            if before and e.end > before.time >= e.time >= before.time - look_back
        ]
        return Run(still, before, events[begin:end], events[end] if end < len(events) else None)

    def insert(self, events: Sequence[Event]) -> None:
        """Store events, none of which is stored yet."""
        self._state.events = sorted((*self._state.events, *events), key=_key)

    def delete(self, events: Sequence[Event]) -> None:
        """Remove stored events."""
        gone = {event.key for event in events}
        self._state.events = [event for event in self._state.events if event.key not in gone]

    def apply(self, aggregation: Aggregation, cells: Mapping[Cell, int]) -> None:
        """Add the spans to the cells; those that come to zero are gone."""
        kept = self._state.cells.setdefault(aggregation.name, {})
        for cell, span in cells.items():
            kept[cell] = kept.get(cell, 0) + span
            if not kept[cell]:
                del kept[cell]
        if not kept:
            self.clear(aggregation.name)

    def clear(self, name: str) -> None:
        """Forget the aggregation."""
        self._state.cells.pop(name, None)

    def set_metadata(self, key: str, value: str | None) -> None:
        """Keep a text under a key; None forgets it."""
        if value is None:
            self._state.metadata.pop(key, None)
        else:
            self._state.metadata[key] = value


class MemoryStore:
    """`Store` in memory, or, given a path, in a JSON file that every write replaces."""

    def __init__(self, path: Path | None = None, *, writable: bool = True) -> None:
        self._path, self._writable = path, writable
        self._state: State | None = State()
        if path is not None and path.exists():
            self._state = State.load(path.read_text(encoding="utf-8"))
        elif not writable:
            raise StoreError(f"there is no store at {path}.")

    def _open(self) -> State:
        if self._state is None:
            raise StoreError("the store is closed.")
        return self._state

    @contextmanager
    def reading(self) -> Iterator[MemoryReader]:
        """One consistent view."""
        yield MemoryReader(self._open())

    @contextmanager
    def writing(self) -> Iterator[MemoryTransaction]:
        """The write transaction."""
        if not self._writable:
            raise StoreError("the store was opened for reading only.")
        old = self._open()
        new = old.copy()
        yield MemoryTransaction(new)
        if new != old:
            new.revision += 1
            if self._path is not None:
                self._path.write_text(new.dump(), encoding="utf-8")
            self._state = new

    def backup(self, path: Path) -> None:
        """Write a copy to a new file."""
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(self._open().dump())
        except OSError as error:
            raise StoreError(f"cannot write {path}: {error.strerror}.") from error

    def health(self) -> Health:
        """How the store is."""
        if self._state is None:
            return Health(ok=False, error="the store is closed.")
        return Health(ok=True, details={"events": len(self._state.events)})

    def close(self) -> None:
        """Forget everything that isn't in a file."""
        self._state = None
