"""The days chart's numbers: one rectangle for each project in each bucket, biggest projects at the bottom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from attrs import frozen
from timecode_core import Report, Selection

from timecode_dashboard_bokeh.buckets import Bucket, Start, bucket, starts

SHOWN = 8


@frozen
class Piece:
    """A rectangle: its bucket's index, the project (None: all the others together), and from where to where, in µs."""

    index: int
    project: str | None
    low: int
    high: int


@frozen
class Stack:
    """All pieces, the buckets they stand in, and the projects from the bottom up with their time in µs."""

    kind: Bucket
    days: Sequence[Start]
    pieces: Sequence[Piece]
    projects: Sequence[tuple[str | None, int]]

    @property
    def highest(self) -> int:
        """The tallest bucket in microseconds."""
        return max((piece.high for piece in self.pieces), default=0)


def stack(selection: Selection, report: Report, shown: int = SHOWN) -> Stack:
    """Stack a report grouped by (bucket, project)."""
    kind = bucket(selection)
    cells: defaultdict[Start, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    totals: defaultdict[str, int] = defaultdict(int)
    for row in report.rows:
        day, project = row.values
        if kind == "year" and isinstance(day, int):
            day = date(day, 1, 1)
        if isinstance(day, str):
            raise TypeError(f"a bucket must be a date or a number, not {day!r}")
        cells[day][str(project)] += row.time
        totals[str(project)] += row.time
    ranked = sorted(totals, key=lambda project: (-totals[project], project))
    big = ranked if len(ranked) <= shown + 1 else ranked[:shown]
    days = starts(selection.first, selection.last, kind, list(cells), report.day_start)
    pieces = []
    for index, day in enumerate(days):
        low = 0
        here: dict[str, int] = cells.get(day) or {}
        rest = sum(here.values()) - sum(here.get(project, 0) for project in big)
        parts: list[tuple[str | None, int]] = [(project, here.get(project, 0)) for project in big]
        for part, time in [*parts, (None, rest)]:
            if time > 0:
                pieces.append(Piece(index, part, low, low + time))
                low += time
    others = sum(totals.values()) - sum(totals[project] for project in big)
    projects: list[tuple[str | None, int]] = [(project, totals[project]) for project in big]
    return Stack(kind, days, pieces, [*projects, (None, others)] if others else projects)
