"""The charts "projects" and "languages": whose share the time was, as horizontal bars with their names beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import frozen
from timecode_core import Query, Report, Selection

from timecode_dashboard_bokeh.formatting import HOUR, duration, share, shown
from timecode_dashboard_bokeh.look import Look

if TYPE_CHECKING:
    from bokeh.models import UIElement

SHOWN = 8
ROW = 38


@frozen
class Slice:
    """One bar: the value (None: all the others together) and its time in µs."""

    value: str | None
    time: int


def slices(report: Report, most: int = SHOWN) -> Sequence[Slice]:
    """The report's rows, largest first; the last one stands for all that did not find room."""
    rows = sorted(
        ((str(row.values[0]), row.time) for row in report.rows if row.time > 0), key=lambda row: (-row[1], row[0])
    )
    if len(rows) <= most + 1:
        return [Slice(*row) for row in rows]
    return [*(Slice(*row) for row in rows[:most]), Slice(None, sum(time for _, time in rows[most:]))]


@frozen
class Shares:
    """Satisfies `Chart`: time by one column."""

    name: str
    title: str
    column: str
    coloured: bool
    version: str = "1"
    wide: bool = False

    def queries(self, selection: Selection) -> Mapping[str, Query]:
        """Time by the column."""
        return {"time": Query(selection, (self.column,))}

    def build(self, selection: Selection, reports: Mapping[str, Report], look: Look) -> UIElement:  # noqa: ARG002
        """A bar for each of the largest values, and one for all the others."""
        from bokeh.models import ColumnDataSource, HBar

        from timecode_dashboard_bokeh import canvas

        bars = slices(reports["time"])
        if not bars:
            return canvas.nothing(look)
        rows = max(len(bars), 3)
        whole = reports["time"].total
        longest = max(bar.time for bar in bars) / HOUR
        height = rows * ROW + 6
        made = canvas.plot(look, height=height, x=(0, longest), y=(rows - 0.5, -0.5))
        places = list(range(len(bars)))
        names = [f"other {self.title.lower()}" if bar.value is None else shown(bar.value) for bar in bars]
        figures = [f"{duration(bar.time)}   {share(bar.time, whole)}" for bar in bars]
        source = ColumnDataSource(
            {
                "y": [place + 0.2 for place in places],
                "right": [bar.time / HOUR for bar in bars],
                "colour": [self._colour(bar, look) for bar in bars],
                "name": names,
                "time": figures,
            }
        )
        track = HBar(
            y="y", left=0, right=longest, height=0.18, fill_color=look.inks.line, line_color=None, border_radius=4
        )
        made.add_glyph(source, track)
        glyph = HBar(y="y", left=0, right="right", height=0.18, fill_color="colour", line_color=None, border_radius=4)
        made.add_glyph(source, glyph)
        above = [place - 0.17 for place in places]
        left = ColumnDataSource({"x": [0] * len(bars), "y": above, "text": names})
        canvas.words(made, look, left, text_font_size="13px")
        right = ColumnDataSource({"x": [longest] * len(bars), "y": above, "text": figures})
        canvas.words(made, look, right, text_align="right", text_color=look.inks.muted)
        return made

    def _colour(self, bar: Slice, look: Look) -> str:
        if bar.value is None:
            return look.inks.other
        return look.colour(bar.value) if self.coloured else look.inks.accent


PROJECTS = Shares("projects", "Projects", "project", coloured=True)
LANGUAGES = Shares("languages", "Languages", "language", coloured=False)
