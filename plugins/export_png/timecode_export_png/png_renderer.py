"""The renderer "png": a chart, the dashboard or the summary card as an image."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Literal

from attrs import Attribute, field, frozen
from timecode_core import Query, QueryError, Rendered, Report, Selection, Theme, __version__
from timecode_dashboard_bokeh.chart import Chart
from timecode_dashboard_bokeh.drawing import Board, ranged

if TYPE_CHECKING:
    from bokeh.document import Document
    from bokeh.models import UIElement

    from timecode_export_png.chromium.camera import Camera

DASHBOARD, CARD = "dashboard", "card"
WIDTH = 960
LEAST, MOST = 200, 4000


def _pixels(_options: object, attribute: Attribute[int], value: int) -> None:
    if value and not LEAST <= value <= MOST:
        raise ValueError(f"{attribute.name} must be between {LEAST} and {MOST}, not {value}")


@frozen
class Options:
    """`chart`: a chart's name, "dashboard" or "card". `scale`: device pixels for each CSS pixel.

    `width` and `height` in CSS pixels, 0 for the chart's own, count for single charts. `title` is the card's.
    `theme`: the colours.
    """

    chart: str = DASHBOARD
    scale: Literal[1, 2, 3] = 1
    width: int = field(default=0, validator=_pixels)
    height: int = field(default=0, validator=_pixels)
    title: str = ""
    theme: Theme = "light"


class PngRenderer:
    """Satisfies `Renderer`. Raises RenderError that says what to install where there is no Chromium."""

    options = Options

    def __init__(self, board: Board, camera: Camera) -> None:
        self._board = board
        self._camera = camera

    @property
    def version(self) -> str:
        """Ours, Bokeh's, and each chart's."""
        return f"{__version__};bokeh={version('bokeh')};{self._board.version}"

    def queries(self, selection: Selection, options: Options) -> Mapping[str, Query]:
        """Those of the charts in the picture, and its figures. Raises QueryError for a chart that there is not."""
        from timecode_export_png.pictures import totals

        if options.chart == CARD:
            from timecode_export_png.pictures import card

            return {**card.queries(selection), **self._board.queries([], selection)}
        if options.chart == DASHBOARD:
            return {**self._board.queries(self._board.chosen(()), selection), **totals.queries(selection)}
        return self._board.queries([self._chart(options)], selection)

    def render(self, selection: Selection, reports: Mapping[str, Report], options: Options) -> Rendered:
        """A PNG of exactly the size × the scale."""
        first, size = self._picture(selection, reports, options)
        ready = [first]

        def document() -> Document:
            root = ready.pop() if ready else self._picture(selection, reports, options)[0]
            return self._document(reports, options.theme, root)

        body = self._camera.take(document, size, options.scale)
        stem = f"timecode-{options.chart}-{selection.first}-{selection.last}"
        return Rendered(body, "image/png", stem, "png")

    def _picture(
        self, selection: Selection, reports: Mapping[str, Report], options: Options
    ) -> tuple[UIElement, tuple[int, int]]:
        look = self._board.look(options.theme, reports, still=True)
        if options.chart == CARD:
            from timecode_export_png.pictures.card import SIZE, card

            return card(selection, reports, look, options.title), SIZE
        if options.chart == DASHBOARD:
            from timecode_export_png.pictures.sheet import sheet

            return sheet(self._board, self._board.chosen(()), selection, reports, look)
        from timecode_export_png.pictures.frame import above, framed, height_of, inside

        chart = self._chart(options)
        width = options.width or WIDTH
        room = (inside(width), options.height - above() if options.height else None)
        model: Any = self._board.model(chart, selection, reports, look, room)
        size = (width, options.height or height_of(model) + above())
        return framed(model, look, chart.title, ranged(selection.first, selection.last), size), size

    def _document(self, reports: Mapping[str, Report], theme: Theme, root: UIElement) -> Document:
        from bokeh.document import Document

        document = Document(theme=self._board.styles(self._board.look(theme, reports, still=True)))
        document.add_root(root)
        return document

    def _chart(self, options: Options) -> Chart:
        try:
            return self._board.chosen([options.chart])[0]
        except QueryError as error:
            names = ", ".join([DASHBOARD, CARD, *self._board.charts])
            raise QueryError(f"there is no picture {options.chart!r:.60}.", remedy=f"Pictures: {names}.") from error
