"""Verification: whether what the store keeps is what its events say, recomputed from nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from attrs import evolve, field, frozen

from timecode_core.accounting.cells import Cells
from timecode_core.accounting.crediting import chunks, credited
from timecode_core.accounting.terms import Terms
from timecode_core.aggregation import Aggregation
from timecode_core.errors import StoreError
from timecode_core.event import Event
from timecode_core.protocols import Cell, Guarded, Reader, Store

_ALL_DAYS = (-(2**62), 2**62)


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
        sums = {aggregation: defaultdict[Cell, int](int) for aggregation in kept}
        total = 0
        stretches = credited(rule, scan.chunks())
        while part := list(islice(stretches, 50_000)):
            cells = Cells(calendar, list(sums))
            cells.add(part)
            for aggregation in list(sums):
                if aggregation.name in cells.failures:
                    del sums[aggregation]
                    continue
                for cell, us in cells.of(aggregation).items():
                    sums[aggregation][cell] += us
            total += sum(stretch.end - stretch.start for stretch in part)
        differences = {
            aggregation.name: _compare(reader, aggregation, cells, total) for aggregation, cells in sums.items()
        }
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


def _compare(reader: Reader, aggregation: Aggregation, computed: Mapping[Cell, int], total: int) -> list[Difference]:
    kept = dict(reader.totals(aggregation, _ALL_DAYS, aggregation.columns, {}))
    cells = sorted(kept.keys() | computed.keys(), key=repr)
    found = [
        Difference(cell, kept.get(cell, 0), computed.get(cell, 0))
        for cell in cells
        if kept.get(cell) != computed.get(cell)
    ]
    plain = sum(us for _, us in reader.totals(aggregation, _ALL_DAYS, (), {}))
    return found if found or plain == total else [Difference((), plain, total)]
