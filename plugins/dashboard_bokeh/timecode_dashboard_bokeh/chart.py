"""What a chart must be able to do. Structural: nothing needs to inherit from it. Published: charts of others are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from timecode_core import Query, Report, Selection

from timecode_dashboard_bokeh.look import Look

if TYPE_CHECKING:
    from bokeh.models import UIElement


__all__ = ["Chart", "Look"]


class Chart(Protocol):
    """One chart: the questions it asks about a selection, and the Bokeh model that shows their answers.

    Names in reports are data from anybody's repositories. They belong in data sources, in the Text glyph and in
    legends; never in `Div(text=)`, a tooltip's template, a column's title, an axis label or a title, which are markup
    of one kind or another. The page allows no CustomJS and no HTMLTemplateFormatter.
    """

    @property
    def name(self) -> str:
        """Its address in URLs and file names: lower-case letters, digits, hyphens."""

    @property
    def title(self) -> str:
        """What people read above it."""

    @property
    def version(self) -> str:
        """Changes whenever the same reports may give another picture."""

    @property
    def wide(self) -> bool:
        """Whether it takes the whole width of the page rather than half of it."""

    def queries(self, selection: Selection) -> Mapping[str, Query]:
        """The questions whose answers `build` wants, by a name of its own.

        It may choose days, weeks or months by the length of the range. Raises QueryError.
        """

    def build(self, selection: Selection, reports: Mapping[str, Report], look: Look) -> UIElement:
        """Draw the answers, which may be empty. New models each time: a Bokeh model belongs to one document."""
