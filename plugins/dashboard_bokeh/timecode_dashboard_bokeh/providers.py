"""What the dashboard offers to the core. Bokeh is imported when a chart is first drawn, not here."""

from __future__ import annotations

from timecode_core.protocols import Context, Provider

from timecode_dashboard_bokeh.board import Board
from timecode_dashboard_bokeh.charts_renderer import ChartsRenderer
from timecode_dashboard_bokeh.page_renderer import PageRenderer


def _page(_settings: object, _context: Context) -> PageRenderer:
    return PageRenderer()


def _charts(_settings: object, context: Context) -> ChartsRenderer:
    return ChartsRenderer(Board(context.hooks))


DASHBOARD = Provider("dashboard", _page)
CHARTS = Provider("charts", _charts)
