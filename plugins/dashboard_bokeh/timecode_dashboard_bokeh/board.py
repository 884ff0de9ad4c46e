"""The board: all charts that the plugins offer, the questions they ask, and their models in one look."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import evolve
from timecode_core import Hooks, PluginError, Query, QueryError, RenderError, Report, Selection, Theme

from timecode_dashboard_bokeh import palette
from timecode_dashboard_bokeh.chart import Chart
from timecode_dashboard_bokeh.look import Look

if TYPE_CHECKING:
    from bokeh.models import UIElement
    from bokeh.themes import Theme as BokehTheme

PALETTE = "palette"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


class Board:
    """Charts by name, in the order in which they are shown. Nothing is collected before it is first asked for."""

    def __init__(self, hooks: Hooks) -> None:
        self._hooks = hooks

    @cached_property
    def charts(self) -> Mapping[str, Chart]:
        """All charts. Raises PluginError for two of one name, or a name that is no address."""
        found: dict[str, Chart] = {}
        for chart in self._hooks.collect("timecode_charts"):
            if not NAME.fullmatch(chart.name):
                raise PluginError(
                    f"a chart is named {chart.name!r}.", remedy="Use lower-case letters, digits and hyphens."
                )
            if chart.name in found:
                raise PluginError(f"two charts are named {chart.name!r}.", remedy="Remove or rename one of them.")
            found[chart.name] = chart
        return found

    @cached_property
    def version(self) -> str:
        """Changes whenever a chart or its version does."""
        return ",".join(f"{chart.name}={chart.version}" for chart in self.charts.values())

    def chosen(self, names: Sequence[str]) -> Sequence[Chart]:
        """The charts of these names in this order; all for none. Raises QueryError for a name that there is not."""
        for name in names:
            if name not in self.charts:
                raise QueryError(f"there is no chart {name!r}.", remedy=f"Charts: {', '.join(self.charts)}.")
        return [self.charts[name] for name in dict.fromkeys(names)] if names else list(self.charts.values())

    def queries(self, charts: Iterable[Chart], selection: Selection) -> dict[str, Query]:
        """All questions of the charts, and the one that the colours need, by names that `look` and `model` know."""
        asked = {f"{chart.name}/{key}": query for chart in charts for key, query in chart.queries(selection).items()}
        return {**asked, PALETTE: palette.question()}

    def look(self, theme: Theme, reports: Mapping[str, Report], *, still: bool = False) -> Look:
        """The look of all of the charts in these answers."""
        return Look(theme, palette.colours(reports[PALETTE], theme), still=still)

    def styles(self, look: Look) -> BokehTheme:
        """What the models of this look are like where they don't say so themselves."""
        from timecode_dashboard_bokeh.theme import bokeh_theme

        return bokeh_theme(look)

    def model(
        self,
        chart: Chart,
        selection: Selection,
        reports: Mapping[str, Report],
        look: Look,
        size: tuple[int | None, int | None] = (None, None),
    ) -> UIElement:
        """The chart's Bokeh model, of `size` (width, height) CSS pixels if given. Raises RenderError where it fails."""
        prefix = f"{chart.name}/"
        own = {key.removeprefix(prefix): report for key, report in reports.items() if key.startswith(prefix)}
        try:
            return chart.build(selection, own, evolve(look, width=size[0], height=size[1]))
        except Exception as error:
            raise RenderError(f"the chart {chart.name!r} failed: {type(error).__name__}: {error}") from error
