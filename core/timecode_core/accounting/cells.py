"""Cells: credited time folded into the columns of the aggregations."""

from __future__ import annotations

import traceback
from collections import defaultdict
from collections.abc import Iterable, Sequence

from timecode_core.aggregation import CLOCK, Aggregation
from timecode_core.calendar import DAY_US, HOUR_US, SECOND_US, Calendar
from timecode_core.protocols import Cell
from timecode_core.stretch import Stretch
from timecode_core.subject import LABELS, Subject, getter

_HOURS = 24


class Cells:
    """The sum of signed stretches in each cell of several aggregations.

    Stretches are summed by subject and by the hour of a local day, and each aggregation is a projection of those sums;
    one with derived columns is folded piece by piece. An aggregation whose function raises, or gives no text, ends up
    in `failures` with the reason, and the others go on.
    """

    def __init__(self, calendar: Calendar, aggregations: Sequence[Aggregation]) -> None:
        self._calendar = calendar
        self._derived = {a: defaultdict[Cell, int](int) for a in aggregations if a.derived}
        self._sums: defaultdict[Subject, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
        """By subject, and by day times 24 and hour."""
        self.failures: dict[str, str] = {}

    def add(self, stretches: Iterable[Stretch], sign: int = 1) -> None:
        """Add (or with sign -1 take away) stretches."""
        day_start = self._calendar.day_start
        by_whole_hours = day_start % HOUR_US == 0 and not self._derived
        subject: Subject | None = None
        sums: defaultdict[int, int] = defaultdict(int)
        for stretch in stretches:
            event, start, end = stretch
            if event.subject is not subject:  # most often it is that of the stretch before
                subject = event.subject
                sums = self._sums[subject]
            local = start + event.utc_offset * SECOND_US
            hour = local // HOUR_US
            if by_whole_hours and (end - start + local - 1) // HOUR_US == hour:
                sums[(local - day_start) // DAY_US * _HOURS + hour % _HOURS] += sign * (end - start)
                continue
            for day, piece_hour, piece in self._calendar.pieces(stretch):
                us = sign * (piece.end - piece.start)
                sums[day * _HOURS + piece_hour] += us
                if self._derived:
                    self._derive(day, piece_hour, piece, us)

    def _derive(self, day: int, hour: int, piece: Stretch, us: int) -> None:
        known: dict[str, int | str] = dict(zip(CLOCK, (day, hour), strict=True))
        known.update(zip(LABELS, _labels(piece.event.subject), strict=True))
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
        cells: defaultdict[Cell, int] = defaultdict(int)
        columns = aggregation.columns
        hour_at = columns.index(CLOCK[1]) if CLOCK[1] in columns else None
        for subject, sums in self._sums.items():
            cell: list[int | str] = [getattr(subject, column) if column in LABELS else 0 for column in columns]
            for slot, us in sums.items():
                cell[0], hour = divmod(slot, _HOURS)
                if hour_at is not None:
                    cell[hour_at] = hour
                cells[tuple(cell)] += us
        return {cell: us for cell, us in cells.items() if us}


def _text(value: object) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise TypeError("not a text to group by")
    value.encode()
    return value


_labels = getter(LABELS)
