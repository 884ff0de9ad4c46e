"""The renderer "charts": what the page's script fetches, JSON with a Bokeh document for each chart."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from attrs import frozen
from timecode_core import Query, Rendered, Report, Selection, Theme, __version__

from timecode_dashboard_bokeh.board import Board
from timecode_dashboard_bokeh.chart import Chart
from timecode_dashboard_bokeh.formatting import shown
from timecode_dashboard_bokeh.look import Look
from timecode_dashboard_bokeh.recent import Recent
from timecode_dashboard_bokeh.shares import slices

TOTAL, PREVIOUS, PROJECTS = "total", "previous", "projects"


@frozen
class Options:
    """`chart`: the names of the charts wanted; all for none. `theme`: their colours."""

    chart: tuple[str, ...] = ()
    theme: Theme = "light"


class ChartsRenderer:
    """Satisfies `Renderer`.

    The answer is `{"from", "to", "theme", "total_seconds", "previous_seconds", "previous_words" (null where there is
    nothing to compare with), "active_days", "projects": [{"value" (null: all others), "name", "colour", "seconds"}],
    "charts": [{"name", "title", "wide", "item": what `Bokeh.embed.embed_item` takes}]}`. Building it costs tens of
    milliseconds of Python, which ingest would feel: the last few answers are kept, by what they were made from.
    """

    options = Options

    def __init__(self, board: Board) -> None:
        self._board = board
        self._recent: Recent[bytes] = Recent(12)

    @property
    def version(self) -> str:
        """Ours, Bokeh's, and each chart's."""
        return f"{__version__};bokeh={version('bokeh')};{self._board.version}"

    def queries(self, selection: Selection, options: Options) -> Mapping[str, Query]:
        """The charts' own questions, the totals of these days and those before, and the projects."""
        asked = self._board.queries(self._board.chosen(options.chart), selection)
        asked[TOTAL] = Query(selection, ("day",)) if selection.days <= 366 else Query(selection)
        asked[PROJECTS] = Query(selection, ("project",))
        if previous := selection.previous():
            asked[PREVIOUS] = Query(previous)
        return asked

    def render(self, selection: Selection, reports: Mapping[str, Report], options: Options) -> Rendered:
        """Raises RenderError for a chart that fails, QueryError for one that there is not."""
        charts = self._board.chosen(options.chart)
        names = tuple(chart.name for chart in charts)
        key = (selection.first, selection.last, selection.before, options.theme, names)
        content = tuple((name, report.rows, report.day_start) for name, report in sorted(reports.items()))
        body = self._recent.get((*key, content), lambda: self._body(charts, selection, reports, options.theme))
        return Rendered(body, "application/json", f"timecode-charts-{selection.first}-{selection.last}", "json")

    def _body(
        self, charts: Sequence[Chart], selection: Selection, reports: Mapping[str, Report], theme: Theme
    ) -> bytes:
        look = self._board.look(theme, reports)
        total, previous = reports[TOTAL], reports.get(PREVIOUS)
        answer = {
            "from": selection.first.isoformat(),
            "to": selection.last.isoformat(),
            "theme": theme,
            "total_seconds": total.total / 1_000_000,
            "previous_seconds": None if previous is None else previous.total / 1_000_000,
            "previous_words": selection.before.words if selection.before else None,
            "active_days": len(total.rows) if total.query.group_by else None,
            "projects": _projects(reports[PROJECTS], look),
            "charts": [
                {
                    "name": chart.name,
                    "title": chart.title,
                    "wide": chart.wide,
                    "item": self._item(chart, selection, reports, look),
                }
                for chart in charts
            ],
        }
        return json.dumps(answer, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode("ascii")

    def _item(self, chart: Chart, selection: Selection, reports: Mapping[str, Report], look: Look) -> Any:  # noqa: ANN401
        from bokeh.embed import json_item

        return json_item(self._board.model(chart, selection, reports, look), theme=self._board.styles(look))


def _projects(report: Report, look: Look) -> list[dict[str, object]]:
    return [
        {
            "value": part.value,
            "name": "other projects" if part.value is None else shown(part.value),
            "colour": look.inks.other if part.value is None else look.colour(part.value),
            "seconds": part.time / 1_000_000,
        }
        for part in slices(report)
    ]
