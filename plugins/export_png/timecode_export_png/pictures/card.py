"""The summary card: 1200 × 630 pixels to show around."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from timecode_core import Query, Report, Selection
from timecode_dashboard_bokeh.drawing import EMPTY, Look, bucket, duration, labels, ranged, share, shown, slices, stack

from timecode_export_png.pictures import totals
from timecode_export_png.pictures.sketch import Sketch, icon

if TYPE_CHECKING:
    from bokeh.models import Plot

SIZE = (1200, 630)
TITLE = "Coding time"
EDGE = 64
BARS = (EDGE, 318, 590, 212)
"""Left, top, width and height of the bars by day."""
LIST = (724, 412)
"""Left and width of the lists."""
ROW = 44


def queries(selection: Selection) -> Mapping[str, Query]:
    """The totals, time by day and project, and time by language."""
    return {
        **totals.queries(selection),
        "time": Query(selection, (bucket(selection), "project")),
        "projects": Query(selection, ("project",)),
        "languages": Query(selection, ("language",)),
    }


def card(selection: Selection, reports: Mapping[str, Report], look: Look, title: str) -> Plot:
    """The card as one plot of `SIZE`."""
    inks = look.inks
    sketch = Sketch(*SIZE, inks.card)
    icon(sketch, EDGE, 50, 42)
    sketch.text(EDGE + 58, 72, shown(title, 40) if title else TITLE, 26, inks.text, bold=True)
    sketch.text(SIZE[0] - EDGE, 72, ranged(selection.first, selection.last), 22, inks.muted, "right")
    sketch.box(EDGE, 118, SIZE[0] - 2 * EDGE, 1, inks.line)
    sketch.text(EDGE - 4, 186, duration(totals.total(reports)), 84, inks.text, bold=True)
    if not totals.total(reports):
        sketch.text(EDGE, 260, EMPTY, 20, inks.muted)
        return sketch.plot()
    sketch.text(EDGE, 256, totals.comparison(selection, reports), 20, inks.muted)
    _bars(sketch, selection, reports["time"], look)
    bottom = _list(sketch, 156, "Projects", reports["projects"], look, most=5, coloured=True)
    _list(sketch, bottom + 20, "Languages", reports["languages"], look, most=3, coloured=False)
    return sketch.plot()


def _bars(sketch: Sketch, selection: Selection, report: Report, look: Look) -> None:
    stacked = stack(selection, report)
    left, top, width, height = BARS
    count = len(stacked.days)
    place = width / count
    bar = min(place * (0.62 if count <= 31 else 0.8), 56)
    for piece in stacked.pieces:
        colour = look.inks.other if piece.project is None else look.colour(piece.project)
        high, low = (height * edge / stacked.highest for edge in (piece.high, piece.low))
        gap = 1.5 if high - low > 4 and low else 0
        x = left + place * (piece.index + 0.5) - bar / 2
        sketch.box(x, top + height - high, bar, high - low - gap, colour, 2 if bar > 12 else 0)
    sketch.box(left, top + height, width, 1, look.inks.line)
    for index, label in labels(stacked.days, stacked.kind).items():
        sketch.text(left + place * (index + 0.5), top + height + 26, label, 15, look.inks.muted, "center")


def _list(sketch: Sketch, y: int, title: str, report: Report, look: Look, *, most: int, coloured: bool) -> int:
    """The largest few; what is left over needs no bar here. Returns where the list ends."""
    left, width = LIST
    parts = [part for part in slices(report, most) if part.value is not None][:most]
    longest = max(part.time for part in parts)
    sketch.text(left, y, title, 16, look.inks.muted, bold=True)
    y += 33
    for part in parts:
        colour = look.colour(str(part.value)) if coloured else look.inks.accent
        figures = f"{duration(part.time)}   {share(part.time, report.total)}"
        sketch.text(left, y, shown(str(part.value), 24), 19, look.inks.text)
        sketch.text(left + width, y, figures, 17, look.inks.muted, "right")
        sketch.box(left, y + 15, width, 6, look.inks.line, 3)
        sketch.box(left, y + 15, max(6.0, width * part.time / longest), 6, colour, 3)
        y += ROW
    return y
