"""What this plugin offers to the core. What the renderer needs is imported when it is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timecode_core import Context, Provider

from timecode_export_png.settings import PngSettings

if TYPE_CHECKING:
    from timecode_export_png.png_renderer import PngRenderer


def _build(settings: PngSettings, context: Context) -> PngRenderer:
    from timecode_dashboard_bokeh.drawing import Board

    from timecode_export_png.chromium.camera import Camera
    from timecode_export_png.png_renderer import PngRenderer

    return PngRenderer(Board(context.hooks), Camera(settings))


PNG = Provider("png", _build, table="export_png", settings=PngSettings)
