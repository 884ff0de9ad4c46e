"""Which colour stands for which project."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date

from timecode_core import Query, Report, Selection, Theme

# Ten hues that stay apart for all common kinds of colour vision; a place has like hues in both themes.
PALETTES: Mapping[Theme, tuple[str, ...]] = {
    "light": (
        "#6a4cb4",
        "#c07e00",
        "#3fa476",
        "#ea84b9",
        "#7fb1fa",
        "#debf7f",
        "#926894",
        "#b14d0e",
        "#265146",
        "#961e7a",
    ),
    "dark": (
        "#9788f5",
        "#c17c05",
        "#3ca275",
        "#f191be",
        "#77bfff",
        "#b9b863",
        "#8764b6",
        "#ae4e25",
        "#487971",
        "#dfdafd",
    ),
}
EVER = (date(1970, 1, 1), date(9999, 12, 30))


def question() -> Query:
    """Time by project, ever: what `colours` wants, so that a project's colour depends on no range and no filter."""
    return Query(Selection(*EVER), ("project",))


def colours(report: Report, theme: Theme) -> dict[str, str]:
    """A colour for each project of the report, those with the most time choosing first.

    A project's name picks its colour; where a bigger project has that already, the next free one is taken. Once all are
    taken they are given out again.
    """
    projects = [str(row.values[0]) for row in sorted(report.rows, key=lambda row: (-row.time, str(row.values[0])))]
    palette = PALETTES[theme]
    return {project: palette[place] for project, place in _places(projects, len(palette)).items()}


def _places(projects: Iterable[str], count: int) -> dict[str, int]:
    places: dict[str, int] = {}
    free = set(range(count))
    for project in projects:
        if not free:
            free = set(range(count))
        place = _preferred(project, count)
        while place not in free:
            place = (place + 1) % count
        free.remove(place)
        places[project] = place
    return places


def _preferred(project: str, count: int) -> int:
    digest = hashlib.blake2b(project.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") % count
