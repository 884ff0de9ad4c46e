"""Published: what another renderer needs to draw the dashboard's charts, in its words, ranges and colours."""

from __future__ import annotations

from timecode_dashboard_bokeh.board import Board
from timecode_dashboard_bokeh.buckets import bucket, labels, ranged
from timecode_dashboard_bokeh.formatting import EMPTY, duration, share, shown
from timecode_dashboard_bokeh.look import FONT, Look
from timecode_dashboard_bokeh.shares import slices
from timecode_dashboard_bokeh.stack import stack

__all__ = [
    "EMPTY",
    "FONT",
    "Board",
    "Look",
    "bucket",
    "duration",
    "labels",
    "ranged",
    "share",
    "shown",
    "slices",
    "stack",
]
