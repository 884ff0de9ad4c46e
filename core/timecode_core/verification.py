"""Verification: whether what the store keeps is what its events say, recomputed from nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from attrs import frozen

from timecode_core.accounting import chunks, credited
from timecode_core.aggregation import Aggregation
from timecode_core.calendar import SECOND_US, Calendar
from timecode_core.cells import Cells
from timecode_core.event import Event
from timecode_core.installation import Installation
from timecode_core.protocols import Cell, Reader, Store
from timecode_core.upkeep import filled, recorded, recorded_rule

_ALL_DAYS = (-(10**7), 10**7)


@frozen
class Difference:
    """A cell whose kept time is not what the events say; both in microseconds."""

    cell: Cell
    kept: int
    computed: int


@frozen
class Verification:
    """What was found. `differences` has an entry for each aggregation that the store keeps, all empty as it should be.

    `pending` names aggregations that the store does not keep in today's form: `serve` or `rebuild` will fill them.
    `disorder` counts events that are out of order or counted wrongly, `altered` those whose id does not fit their
    content: no healthy store has any.
    """

    events: int
    total: int
    differences: Mapping[str, Sequence[Difference]]
    pending: Sequence[str]
    disorder: int
    altered: int

    @property
    def clean(self) -> bool:
        """Whether nothing at all differs."""
        return not (self.disorder or self.altered) and not any(self.differences.values())


def verify(
    installation: Installation, store: Store, progress: Callable[[int, int], None] = lambda _done, _all: None
) -> Verification:
    """Recompute every aggregation from the raw events, by the rule the store has recorded, and compare cell by cell.

    Raises BusyError where that rule can't be had any more.
    """
    with store.reading() as reader:
        metadata = reader.metadata()
        core = recorded(metadata, installation.settings.core)
        rule = recorded_rule(metadata, installation.settings.core, installation.rule)
        offered = installation.aggregations()
        kept = filled(metadata, offered)
        scan = _Scan(reader, progress)
        sums = {aggregation: defaultdict[Cell, int](int) for aggregation in kept}
        calendar = Calendar(core.day_start_s * SECOND_US)
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
        differences = {aggregation.name: _compare(reader, aggregation, cells) for aggregation, cells in sums.items()}
    pending = sorted({aggregation.name for aggregation in offered} - differences.keys())
    return Verification(scan.seen, total, differences, pending, scan.disorder, scan.altered)


class _Scan:
    """Reads all events once, counts them, and checks their order and their ids."""

    def __init__(self, reader: Reader, progress: Callable[[int, int], None]) -> None:
        self._reader = reader
        self._progress = progress
        self._count = reader.count()
        self.seen = 0
        self.altered = 0
        self._unordered = 0

    def chunks(self) -> Iterator[Sequence[Event]]:
        last: Event | None = None
        for chunk in chunks(self._reader):
            for event in chunk:
                self._unordered += last is not None and event.key <= last.key
                self.altered += event.id != event.content_id()
                last = event
            self.seen += len(chunk)
            self._progress(self.seen, self._count)
            yield chunk

    @property
    def disorder(self) -> int:
        return self._unordered + abs(self._count - self.seen)


def _compare(reader: Reader, aggregation: Aggregation, computed: Mapping[Cell, int]) -> list[Difference]:
    kept = dict(reader.totals(aggregation, _ALL_DAYS, aggregation.columns, {}))
    cells = sorted(kept.keys() | computed.keys(), key=repr)
    return [
        Difference(cell, kept.get(cell, 0), computed.get(cell, 0))
        for cell in cells
        if kept.get(cell) != computed.get(cell)
    ]
