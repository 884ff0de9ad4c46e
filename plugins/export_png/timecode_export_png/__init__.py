"""Images: any chart, the dashboard, or a summary card, by a headless Chromium on this machine.

Nothing here imports Bokeh or selenium before an image is first made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from timecode_core import hookimpl

if TYPE_CHECKING:
    from timecode_core import Finding, Installation, Provider


@hookimpl
def timecode_renderers() -> list[Provider]:
    """Offer the renderer "png"."""
    from timecode_export_png.provider import PNG

    return [PNG]


@hookimpl
def timecode_findings(installation: Installation) -> list[Finding]:
    """Look for Chromium and its driver."""
    from timecode_export_png.findings import findings

    return findings(installation)
