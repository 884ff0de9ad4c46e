"""The dashboard as one picture: a heading, then all charts, wide ones over the whole width and others in pairs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bokeh.models import Column, Row
from timecode_core import Report, Selection
from timecode_dashboard_bokeh.chart import Chart
from timecode_dashboard_bokeh.drawing import Board, Look, duration, ranged

from timecode_export_png.pictures import totals
from timecode_export_png.pictures.frame import above, framed, height_of, inside
from timecode_export_png.pictures.sketch import Sketch, icon

if TYPE_CHECKING:
    from bokeh.models import UIElement

WIDTH = 1200
EDGE = 36
GAP = 16
HEADING = 148


def sheet(
    board: Board, charts: Sequence[Chart], selection: Selection, reports: Mapping[str, Report], look: Look
) -> tuple[UIElement, tuple[int, int]]:
    """The picture, and its size in CSS pixels."""
    across = WIDTH - 2 * EDGE
    rows: list[Any] = [_heading(selection, reports, look, across)]
    for together in rowed(charts):
        width = (across - GAP * (len(together) - 1)) // len(together)
        models = [board.model(chart, selection, reports, look, (inside(width), None)) for chart in together]
        height = max(map(height_of, models)) + above()
        frames = [
            framed(model, look, chart.title, "", (width, height)) for chart, model in zip(together, models, strict=True)
        ]
        rows.append(Row(children=frames, spacing=GAP, width=across, height=height, sizing_mode="fixed"))
    height = 2 * EDGE + sum(row.height for row in rows) + GAP * (len(rows) - 1)
    root = Column(
        children=rows,
        spacing=GAP,
        width=WIDTH,
        height=height,
        sizing_mode="fixed",
        styles={"background-color": look.inks.page, "padding": f"{EDGE}px", "box-sizing": "border-box"},
    )
    return root, (WIDTH, height)


def rowed(charts: Sequence[Chart]) -> Iterator[list[Chart]]:
    """The charts in rows: a wide one alone, narrow neighbours in pairs."""
    waiting: list[Chart] = []
    for chart in charts:
        if waiting and (chart.wide or len(waiting) > 1):
            yield waiting
            waiting = []
        waiting = [*waiting, chart]
        if chart.wide:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _heading(selection: Selection, reports: Mapping[str, Report], look: Look, width: int) -> UIElement:
    inks = look.inks
    sketch = Sketch(width, HEADING, inks.page)
    icon(sketch, 0, 0, 32)
    sketch.text(44, 16, "Timecode", 20, inks.text, bold=True)
    sketch.text(width, 16, ranged(selection.first, selection.last), 18, inks.muted, "right")
    sketch.text(-2, 78, duration(totals.total(reports)), 52, inks.text, bold=True)
    sketch.text(0, 122, totals.comparison(selection, reports), 16, inks.muted)
    return sketch.plot()
