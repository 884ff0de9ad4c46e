"""The hooks of the dashboard, version 0.1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timecode_core import hookspec

if TYPE_CHECKING:
    from timecode_dashboard_bokeh.chart import Chart


@hookspec
def timecode_charts() -> list[Chart]:
    """Offer charts. Each appears on the dashboard page and, by its name, as an image. Since 0.1.

    Collecting: the charts of all plugins, in the order of the plugins' names. Two charts of one name are an error.
    Called once, when the first chart is wanted. Do not import Bokeh in the implementation: `Chart.build` may.
    """
