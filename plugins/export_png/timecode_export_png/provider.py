"""What this plugin offers to the core."""

from __future__ import annotations

from timecode_core.protocols import Context, Provider
from timecode_dashboard_bokeh.board import Board

from timecode_export_png.camera import Camera
from timecode_export_png.png_renderer import PngRenderer
from timecode_export_png.settings import PngSettings


def _build(settings: PngSettings, context: Context) -> PngRenderer:
    return PngRenderer(Board(context.hooks), Camera(settings))


PNG = Provider("png", _build, table="export_png", settings=PngSettings)
