"""The chart "days": time by day, week, month or year, stacked by project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from timecode_core import Query, Report, Selection

from timecode_dashboard_bokeh.buckets import bucket, labels, named
from timecode_dashboard_bokeh.formatting import HOUR, duration, shown, ticks
from timecode_dashboard_bokeh.look import Look
from timecode_dashboard_bokeh.stack import Stack, stack

if TYPE_CHECKING:
    from bokeh.models import GlyphRenderer, Plot, UIElement

OTHER = "other projects"
HEADROOM = 1.06
HEIGHT = 300
LEGEND_ROW = 26


class Days:
    """Satisfies `Chart`."""

    name = "days"
    title = "Activity"
    version = "1"
    wide = True

    def queries(self, selection: Selection) -> Mapping[str, Query]:
        """Time by project in buckets as long as the range asks for: hours for one day, years for decades."""
        return {"time": Query(selection, (bucket(selection), "project"))}

    def build(self, selection: Selection, reports: Mapping[str, Report], look: Look) -> UIElement:
        """A bar for each bucket; biggest projects at the bottom."""
        from timecode_dashboard_bokeh import canvas

        stacked = stack(selection, reports["time"])
        if not stacked.pieces:
            return canvas.nothing(look, height=HEIGHT)
        top = stacked.highest / HOUR * HEADROOM
        below = -(-len(stacked.projects) // _columns(look)) * LEGEND_ROW + LEGEND_ROW // 2 if look.still else 0
        made = canvas.plot(look, height=HEIGHT + below, x=(-0.6, len(stacked.days) - 0.4), y=(0, top))
        _axes(made, look, stacked)
        bars = draw_bars(made, look, stacked)
        canvas.point_at(made, look, [bars], [("", "@project"), ("", "@time"), ("", "@bucket")])
        if look.still:
            _legend(made, look, stacked, bars)
        return made


def draw_bars(made: Plot, look: Look, stacked: Stack, *, width: float | None = None) -> GlyphRenderer:
    """Add the bars; x is the bucket's index, y hours."""
    from bokeh.models import ColumnDataSource, VBar

    pieces = stacked.pieces
    names = {project: OTHER if project is None else shown(project) for project, _ in stacked.projects}
    inks = {project: look.inks.other if project is None else look.colour(project) for project, _ in stacked.projects}
    sums = {piece.index: piece.high for piece in pieces}
    source = ColumnDataSource(
        {
            "x": [piece.index for piece in pieces],
            "bottom": [piece.low / HOUR for piece in pieces],
            "top": [piece.high / HOUR for piece in pieces],
            "colour": [inks[piece.project] for piece in pieces],
            "project": [names[piece.project] for piece in pieces],
            "time": [f"{duration(piece.high - piece.low)} of {duration(sums[piece.index])}" for piece in pieces],
            "bucket": [named(stacked.days[piece.index], stacked.kind) for piece in pieces],
        }
    )
    count = len(stacked.days)
    glyph = VBar(
        x="x",
        bottom="bottom",
        top="top",
        width=width or (0.62 if count <= 14 else 0.74 if count <= 60 else 0.84),
        fill_color="colour",
        line_color=look.inks.card,
        line_width=1 if count <= 60 else 0.5,
    )
    return made.add_glyph(source, glyph, hover_glyph=glyph.clone(fill_alpha=0.82))


def _axes(made: Plot, look: Look, stacked: Stack) -> None:
    from bokeh.models import FixedTicker, Grid, LinearAxis

    places, hours = ticks(stacked.highest)
    below = labels(stacked.days, stacked.kind)
    left = FixedTicker(ticks=places, minor_ticks=[])
    made.add_layout(LinearAxis(ticker=left, major_label_overrides=hours), "left")
    bottom = FixedTicker(ticks=list(below), minor_ticks=[])
    made.add_layout(LinearAxis(ticker=bottom, major_label_overrides=below), "below")
    made.add_layout(Grid(dimension=1, ticker=left, grid_line_color=look.inks.line))


def _legend(made: Plot, look: Look, stacked: Stack, bars: GlyphRenderer) -> None:
    """Below the bars, never over them. Labels are plain values, which a legend draws as plain text."""
    from bokeh.core.properties import value
    from bokeh.models import Legend, LegendItem

    firsts: dict[str | None, int] = {}
    for index, piece in enumerate(stacked.pieces):
        firsts.setdefault(piece.project, index)
    items = [
        LegendItem(
            label=value(OTHER if project is None else shown(project, 22)), renderers=[bars], index=firsts[project]
        )
        for project, _ in stacked.projects
        if project in firsts
    ]
    made.add_layout(
        Legend(
            items=items,
            orientation="horizontal",
            location=(0, 0),
            ncols=_columns(look),
            glyph_width=12,
            glyph_height=12,
            label_standoff=6,
            spacing=14,
            padding=0,
            margin=4,
        ),
        "below",
    )


def _columns(look: Look) -> int:
    return max(1, min(5, (look.width or 960) // 180))
