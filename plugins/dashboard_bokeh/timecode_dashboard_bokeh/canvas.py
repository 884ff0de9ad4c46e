"""The bare figure that every default chart draws on, and what it says when there is nothing to draw."""

from __future__ import annotations

from bokeh.models import ColumnDataSource, HoverTool, Plot, Range1d, Text

from timecode_dashboard_bokeh.formatting import EMPTY
from timecode_dashboard_bokeh.look import FONT, Look

STILL_WIDTH = 960


def plot(look: Look, *, height: int, x: tuple[float, float], y: tuple[float, float]) -> Plot:
    """An empty plot over the given ranges. It has no title: the page and the exporter write that above it."""
    inks = look.inks
    made = Plot(
        x_range=Range1d(*x),
        y_range=Range1d(*y),
        height=look.height or height,
        title=None,
        toolbar_location=None,
        background_fill_color=inks.card,
        border_fill_color=inks.card,
        outline_line_color=None,
        min_border=0,
        frame_align=False,
    )
    if look.still:
        made.update(width=look.width or STILL_WIDTH, sizing_mode="fixed")
    else:
        made.sizing_mode = "stretch_width"
    return made


def words(made: Plot, look: Look, source: ColumnDataSource, **properties: object) -> None:
    """Write the source's column `text` at `x`, `y`. The Text glyph draws plain text: names are safe in it."""
    style = {
        "x": "x", "y": "y", "text": "text", "text_font": {"value": FONT}, "text_font_size": "12px",
        "text_color": look.inks.text, "text_baseline": "middle",
    }  # fmt: skip
    made.add_glyph(source, Text(**{**style, **properties}))


def point_at(made: Plot, look: Look, renderers: list[object], tooltips: list[tuple[str, str]]) -> None:
    """Show a tooltip over the renderers, on the page. Its template is constant; names stay in the source, as `@x`."""
    if not look.still:
        made.add_tools(HoverTool(renderers=renderers, tooltips=tooltips, point_policy="follow_mouse", show_arrow=False))


def nothing(look: Look, *, height: int = 180) -> Plot:
    """A plot that says in a line that there is nothing to show."""
    made = plot(look, height=height, x=(0, 1), y=(0, 1))
    source = ColumnDataSource({"x": [0.5], "y": [0.5], "text": [EMPTY]})
    words(made, look, source, text_align="center", text_color=look.inks.muted, text_font_size="14px")
    return made
