"""How a chart is to look: theme, colours, and whether it stands on the page or in an image."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen
from timecode_core import Theme

FONT = 'Inter, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Liberation Sans", sans-serif'


@frozen
class Inks:
    """The colours of one theme that do not stand for a project. The page's style sheet has the same."""

    page: str
    card: str
    text: str
    muted: str
    line: str
    accent: str
    other: str


INKS: Mapping[Theme, Inks] = {
    "light": Inks("#f5f6f8", "#ffffff", "#1b2330", "#667085", "#e6e9ef", "#2f6fd6", "#c3cad5"),
    "dark": Inks("#0f1319", "#171c24", "#e8ecf3", "#98a2b3", "#29313d", "#6aa3ff", "#4a5463"),
}


@frozen
class Look:
    """What `Chart.build` needs to know of its surroundings.

    `colours` gives each project its colour, the same in every chart and range. `still` is set for an image: nobody can
    point at it, so the chart carries its own title and legend, and has exactly `width` × `height` CSS pixels. On the
    page it takes the width it is given, and `height` None leaves the height to the chart.
    """

    theme: Theme
    colours: Mapping[str, str]
    still: bool = False
    width: int | None = None
    height: int | None = None

    @property
    def inks(self) -> Inks:
        """The theme's other colours."""
        return INKS[self.theme]

    def colour(self, project: str) -> str:
        """The project's colour."""
        return self.colours.get(project, self.inks.other)
