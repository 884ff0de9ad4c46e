"""Verification: whether what the store keeps is what its events say, recomputed from nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import cast

from attrs import evolve, field, frozen

from timecode_core.accounting.cells import Cells
from timecode_core.accounting.crediting import chunks, credited, parts
from timecode_core.accounting.terms import Terms
from timecode_core.aggregation import Aggregation
from timecode_core.calendar import DAY_US
from timecode_core.errors import StoreError
from timecode_core.event import Event
from timecode_core.protocols import Cell, Guarded, Reader, Store

_FIRST_DAY, _LAST_DAY = -(2**62), 2**62


@frozen
class Difference:
    """A cell whose kept time is not what the events say; both in microseconds. An empty cell is the sum of all."""

    cell: Cell
    kept: int
    computed: int


@frozen
class Verification:
    """What was found. `differences` has an entry for each aggregation that the store keeps, all empty as it should be.

    `pending` names aggregations that the store does not keep in today's form: `serve` or `rebuild` will fill them.
    `miscounted` is by how many the store's own count of events is wrong, `altered` counts those whose id does not fit
    their content, `damage` is what the store finds wrong with itself: no healthy store has any.
    """

    events: int = 0
    total: int = 0
    differences: Mapping[str, Sequence[Difference]] = field(factory=dict)
    pending: Sequence[str] = ()
    miscounted: int = 0
    altered: int = 0
    damage: Sequence[str] = ()
    read: bool = True
    """Whether the events could be read at all; else nothing is told of them but the damage."""

    @property
    def faults(self) -> list[tuple[str, str]]:
        """What is wrong, a line each, with the name of the aggregation that it is about, if any."""
        return [
            *(("", line) for line in self.damage),
            *([("", f"events whose id does not fit their content: {self.altered}")] if self.altered else []),
            *([("", f"the count of events is wrong by {self.miscounted}")] if self.miscounted else []),
            *(
                (name, f"totals of {name} that are not what the events say: {len(found)}")
                for name, found in self.differences.items()
                if found
            ),
        ]

    @property
    def clean(self) -> bool:
        """Whether nothing at all differs."""
        return not self.faults


def verify(terms: Terms, store: Store, progress: Callable[[int, int], None] = lambda _done, _all: None) -> Verification:
    """Recompute every aggregation from the raw events, by the rule the store has recorded, and compare cell by cell.

    A store that can look at itself does so first. Raises BusyError where that rule can't be had any more, StoreError.
    """
    damage = store.check() if isinstance(store, Guarded) else ()
    try:
        return evolve(_recomputed(terms, store, progress), damage=damage)
    except StoreError:
        if damage:  # which says more than where it stopped
            return Verification(damage=damage, read=False)
        raise


def _recomputed(terms: Terms, store: Store, progress: Callable[[int, int], None]) -> Verification:
    with store.reading() as reader:
        metadata = reader.metadata()
        rule = terms.recorded_rule(metadata)
        calendar = terms.recorded_calendar(metadata)
        kept = terms.filled(metadata)
        scan = _Scan(reader, progress)
        comparisons = {aggregation: _Comparison(reader, aggregation) for aggregation in kept}
        total = 0
        for part in parts(credited(rule, scan.chunks())):
            cells = Cells(calendar, list(comparisons))
            cells.add(part)
            total += sum(stretch.end - stretch.start for stretch in part)
            # No day begins so late anywhere that what is still to come could be of one before that.
            complete = part[-1].start // DAY_US - 2
            for aggregation in list(comparisons):
                if aggregation.name in cells.failures:
                    del comparisons[aggregation]
                else:
                    comparisons[aggregation].add(cells.of(aggregation), complete)
        differences = {aggregation.name: one.differences(total) for aggregation, one in comparisons.items()}
    pending = sorted({aggregation.name for aggregation in terms.aggregations} - differences.keys())
    return Verification(scan.seen, total, differences, pending, scan.miscounted, scan.altered)


class _Scan:
    """Reads all events once, counts them, and checks their ids."""

    def __init__(self, reader: Reader, progress: Callable[[int, int], None]) -> None:
        self._reader = reader
        self._progress = progress
        self._count = reader.count()
        self.seen = 0
        self.altered = 0

    def chunks(self) -> Iterator[Sequence[Event]]:
        for chunk in chunks(self._reader):
            self.altered += sum(event.id != event.content_id() for event in chunk)
            self.seen += len(chunk)
            self._progress(self.seen, self._count)
            yield chunk

    @property
    def miscounted(self) -> int:
        return abs(self._count - self.seen)


class _Comparison:
    """Compares what is computed of an aggregation with what is kept, some days at a time: all take much memory."""

    def __init__(self, reader: Reader, aggregation: Aggregation) -> None:
        self._reader = reader
        self._aggregation = aggregation
        self._computed: defaultdict[Cell, int] = defaultdict(int)
        self._next = _FIRST_DAY
        self._found: list[Difference] = []

    def add(self, cells: Mapping[Cell, int], complete: int) -> None:
        """Add to the cells; those of the days before `complete` have all they will get."""
        for cell, us in cells.items():
            self._computed[cell] += us
        if complete > self._next:
            self._compare(complete)

    def _compare(self, stop: int) -> None:
        days = self._next, stop - 1
        kept = dict(self._reader.totals(self._aggregation, days, self._aggregation.columns, {}))
        computed = {cell: us for cell, us in self._computed.items() if cast("int", cell[0]) < stop}
        for cell in computed:
            del self._computed[cell]
        self._next = stop
        self._found += [
            Difference(cell, kept.get(cell, 0), computed.get(cell, 0))
            for cell in kept.keys() | computed.keys()
            if kept.get(cell) != computed.get(cell)
        ]

    def differences(self, total: int) -> list[Difference]:
        """All that differs. Where no cell does, the sum of all must be the total, too."""
        self._compare(_LAST_DAY)
        plain = sum(us for _, us in self._reader.totals(self._aggregation, (_FIRST_DAY, _LAST_DAY), (), {}))
        if not self._found and plain != total:
            return [Difference((), plain, total)]
        return sorted(self._found, key=lambda one: repr(one.cell))
