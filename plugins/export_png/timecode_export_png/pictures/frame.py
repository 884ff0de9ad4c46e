"""A chart in an image: its title above it, and a margin around both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bokeh.models import Column
from timecode_dashboard_bokeh.drawing import Look

from timecode_export_png.pictures.sketch import Sketch

if TYPE_CHECKING:
    from bokeh.models import UIElement

MARGIN = 24
TITLE = 44
USUAL_HEIGHT = 360


def inside(width: int) -> int:
    """The width that a frame of this width leaves for its chart."""
    return width - 2 * MARGIN


def above() -> int:
    """How much higher a frame is than its chart."""
    return 2 * MARGIN + TITLE


def height_of(model: Any) -> int:  # noqa: ANN401  (any Bokeh model that lays out)
    """The height that a chart gave itself, in CSS pixels, or a usual one."""
    return getattr(model, "height", None) or USUAL_HEIGHT


def framed(model: Any, look: Look, title: str, note: str, size: tuple[int, int]) -> UIElement:  # noqa: ANN401
    """The chart in a frame of exactly `size`, at its own height at most: beside a higher one it is not drawn out.

    What would stretch is fixed: a picture has nothing to stretch to.
    """
    width, height = size
    tall = min(height_of(model), height - above())
    model.update(width=inside(width), height=tall, sizing_mode="fixed", margin=0)
    inks = look.inks
    sketch = Sketch(inside(width), TITLE, inks.card)
    sketch.text(0, 10, title, 17, inks.text, bold=True)
    sketch.text(inside(width), 10, note, 14, inks.muted, "right")
    return Column(
        children=[sketch.plot(), model],
        spacing=0,
        width=width,
        height=height,
        sizing_mode="fixed",
        styles={
            "background-color": inks.card,
            "border-radius": "14px" if not note else "0",
            "padding": f"{MARGIN}px",
            "box-sizing": "border-box",
        },
    )
