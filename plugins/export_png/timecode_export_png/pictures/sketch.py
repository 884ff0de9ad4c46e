"""A drawing in CSS pixels, from the top left corner: boxes and lines of text, as one Bokeh plot."""

from __future__ import annotations

from collections import defaultdict
from typing import Literal

from bokeh.models import ColumnDataSource, Plot, Quad, Range1d, Text
from timecode_dashboard_bokeh.drawing import FONT

Align = Literal["left", "center", "right"]
Row = dict[str, float | str]


class Sketch:
    """Collects, then draws. Text is drawn by the Text glyph, which reads no markup."""

    def __init__(self, width: int, height: int, background: str) -> None:
        self._size = (width, height)
        self._background = background
        self._boxes: defaultdict[int, defaultdict[str, list[float | str]]] = defaultdict(lambda: defaultdict(list))
        self._texts: defaultdict[str, list[float | str]] = defaultdict(list)

    def box(self, x: float, y: float, width: float, height: float, colour: str, radius: int = 0) -> None:
        """A filled box whose top left corner is at (x, y)."""
        made = self._boxes[radius]
        columns: Row = {"left": x, "top": y, "right": x + width, "bottom": y + height, "colour": colour}
        for name, value in columns.items():
            made[name].append(value)

    def text(
        self, x: float, y: float, text: str, size: int, colour: str, align: Align = "left", *, bold: bool = False
    ) -> None:
        """A line of text, `size` pixels high, with its middle at y."""
        style = "bold" if bold else "normal"
        columns: Row = {
            "x": x,
            "y": y,
            "text": text,
            "size": f"{size}px",
            "colour": colour,
            "align": align,
            "style": style,
        }
        for name, value in columns.items():
            self._texts[name].append(value)

    def plot(self) -> Plot:
        """The drawing."""
        width, height = self._size
        made = Plot(
            x_range=Range1d(0, width),
            y_range=Range1d(height, 0),
            width=width,
            height=height,
            sizing_mode="fixed",
            title=None,
            toolbar_location=None,
            min_border=0,
            background_fill_color=self._background,
            border_fill_color=self._background,
            outline_line_color=None,
            frame_align=False,
            margin=0,
            styles={"background-color": self._background},
        )
        for radius, boxes in self._boxes.items():
            glyph = Quad(left="left", right="right", top="top", bottom="bottom", fill_color="colour", line_color=None)
            glyph.border_radius = radius
            made.add_glyph(ColumnDataSource(dict(boxes)), glyph)
        made.add_glyph(
            ColumnDataSource(dict(self._texts)),
            Text(
                x="x",
                y="y",
                text="text",
                text_font={"value": FONT},
                text_font_size={"field": "size"},
                text_font_style={"field": "style"},
                text_color={"field": "colour"},
                text_align={"field": "align"},
                text_baseline="middle",
            ),
        )
        return made


def icon(sketch: Sketch, x: float, y: float, size: float) -> None:
    """The mark of Timecode."""
    sketch.box(x, y, size, size, "#2f6fd6", round(size / 4))
    for left, top, height in ((0.22, 0.5, 0.28), (0.43, 0.22, 0.56), (0.64, 0.375, 0.405)):
        sketch.box(x + left * size, y + top * size, 0.14 * size, height * size, "#ffffff", max(1, round(size / 20)))
