"""The dashboard: charts, the page that shows them, and the hook by which other plugins add their own.

Nothing here imports Bokeh before a chart is first drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from timecode_core import hookimpl

if TYPE_CHECKING:
    import pluggy
    from timecode_core import Provider

    from timecode_dashboard_bokeh.chart import Chart


@hookimpl
def timecode_addhooks(pm: pluggy.PluginManager) -> None:
    """Publish `timecode_charts`."""
    from timecode_dashboard_bokeh import hookspecs

    pm.add_hookspecs(hookspecs)


@hookimpl
def timecode_charts() -> list[Chart]:
    """Offer the default charts, in the order in which the page shows them."""
    from timecode_dashboard_bokeh.days import Days
    from timecode_dashboard_bokeh.shares import LANGUAGES, PROJECTS
    from timecode_dashboard_bokeh.table import Table

    return [Days(), PROJECTS, LANGUAGES, Table()]


@hookimpl
def timecode_renderers() -> list[Provider]:
    """Offer the page ("dashboard") and what its script fetches ("charts")."""
    from timecode_dashboard_bokeh import providers

    return [providers.DASHBOARD, providers.CHARTS]
