"""What the dashboard offers to the core. A renderer is imported when it is built, Bokeh when it first draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timecode_core import Context, Provider

if TYPE_CHECKING:
    from timecode_dashboard_bokeh.charts_renderer import ChartsRenderer
    from timecode_dashboard_bokeh.page_renderer import PageRenderer


def _page(_settings: object, _context: Context) -> PageRenderer:
    from timecode_dashboard_bokeh.page_renderer import PageRenderer

    return PageRenderer()


def _charts(_settings: object, context: Context) -> ChartsRenderer:
    from timecode_dashboard_bokeh.board import Board
    from timecode_dashboard_bokeh.charts_renderer import ChartsRenderer

    return ChartsRenderer(Board(context.hooks))


DASHBOARD = Provider("dashboard", _page)
CHARTS = Provider("charts", _charts)
