"""Cells: credited time folded into the columns of the aggregations."""

from __future__ import annotations

import traceback
from collections import defaultdict
from collections.abc import Iterable, Sequence
from operator import attrgetter, itemgetter

from timecode_core.aggregation import CLOCK, LABELS, Aggregation
from timecode_core.calendar import HOUR_US, SECOND_US, Calendar
from timecode_core.protocols import Cell
from timecode_core.stretch import Stretch

_labels = attrgetter(*LABELS)
_COLUMNS = (*CLOCK, *LABELS)


class Cells:
    """The sum of signed stretches in each cell of several aggregations.

    Stretches are summed by all columns at once, and each aggregation is a projection of those sums; one with derived
    columns is folded piece by piece. An aggregation whose function raises, or gives no text, ends up in `failures`
    with the reason, and the others go on.
    """

    def __init__(self, calendar: Calendar, aggregations: Sequence[Aggregation]) -> None:
        self._calendar = calendar
        self._derived = {a: defaultdict[Cell, int](int) for a in aggregations if a.derived}
        self._sums: defaultdict[Cell, int] = defaultdict(int)
        self.failures: dict[str, str] = {}

    def add(self, stretches: Iterable[Stretch], sign: int = 1) -> None:
        """Add (or with sign -1 take away) stretches."""
        day_us, day_start = 24 * HOUR_US, self._calendar.day_start
        whole_hours = day_start % HOUR_US == 0
        for stretch in stretches:
            event, start, end = stretch
            local = start + event.utc_offset * SECOND_US
            hour = local // HOUR_US
            if whole_hours and not self._derived and (end - start + local - 1) // HOUR_US == hour:
                self._sums[((local - day_start) // day_us, hour % 24, *_labels(event))] += sign * (end - start)
                continue
            for day, piece_hour, piece in self._calendar.pieces(stretch):
                us = sign * (piece.end - piece.start)
                self._sums[(day, piece_hour, *_labels(event))] += us
                if self._derived:
                    self._derive(day, piece_hour, piece, us)

    def _derive(self, day: int, hour: int, piece: Stretch, us: int) -> None:
        known: dict[str, int | str] = dict(zip(_COLUMNS, (day, hour, *_labels(piece.event)), strict=True))
        for aggregation, sums in list(self._derived.items()):
            try:
                cell = tuple(
                    known[c] if c in known else _text(aggregation.derived[c](piece)) for c in aggregation.columns
                )
            except Exception as error:  # noqa: BLE001  (a plugin's function may raise anything)
                where = traceback.extract_tb(error.__traceback__)[-1]  # not its text, which may hold what is private
                self.failures[aggregation.name] = f"{type(error).__name__} at {where.filename}:{where.lineno}"
                del self._derived[aggregation]
            else:
                sums[cell] += us

    def of(self, aggregation: Aggregation) -> dict[Cell, int]:
        """The aggregation's cells whose sum is not zero; none for one that failed."""
        if aggregation.derived:
            return {cell: us for cell, us in self._derived.get(aggregation, {}).items() if us}
        pick = itemgetter(*(_COLUMNS.index(column) for column in aggregation.columns))
        cells: defaultdict[Cell, int] = defaultdict(int)
        single = len(aggregation.columns) == 1
        for values, us in self._sums.items():
            cells[(pick(values),) if single else pick(values)] += us
        return {cell: us for cell, us in cells.items() if us}


def _text(value: object) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise TypeError("not a text to group by")
    value.encode()
    return value
