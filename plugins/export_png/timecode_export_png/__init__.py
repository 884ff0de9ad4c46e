"""Images: any chart, the dashboard, or a summary card, by a headless Chromium on this machine.

Nothing here imports Bokeh or selenium before an image is first made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from timecode_core import hookimpl

if TYPE_CHECKING:
    from timecode_core import Provider


@hookimpl
def timecode_renderers() -> list[Provider]:
    """Offer the renderer "png"."""
    from timecode_export_png.provider import PNG

    return [PNG]
