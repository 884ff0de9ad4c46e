"""Colours: apart for every eye, and the same for a project everywhere."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import numpy as np
import pytest
from timecode_core import Theme
from timecode_core.query import Query, Report, Row
from timecode_core.selection import Selection
from timecode_dashboard_bokeh.look import INKS
from timecode_dashboard_bokeh.palette import PALETTES, colours

# Machado, Oliveira, Fernandes 2009: full protanopia, deuteranopia, tritanopia, on linear sRGB.
EYES = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]]
    ),
}
# Ottosson's OKLab.
TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
TO_LAB = np.array(
    [
        [0.2104542553, 0.793617785, -0.0040720468],
        [1.9779984951, -2.428592205, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.808675766],
    ]
)
JUST_SEEN = 0.02
Vector = np.ndarray[tuple[int], np.dtype[np.float64]]


def linear(colour: str) -> Vector:
    """A hexadecimal colour as linear sRGB."""
    channels = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def seen(colour: str, eye: str) -> Vector:
    """A colour in OKLab, as that eye sees it."""
    lab: Vector = TO_LAB @ np.cbrt(TO_LMS @ np.clip(EYES[eye] @ linear(colour), 0, 1))
    return lab


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_eye_takes_one_colour_for_another(theme: Theme, eye: str) -> None:
    """Any two colours are at least four just noticeable differences apart."""
    for one, other in combinations(PALETTES[theme], 2):
        assert np.linalg.norm(seen(one, eye) - seen(other, eye)) > 4 * JUST_SEEN, (one, other)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_colour_stands_out_from_the_card(theme: Theme) -> None:
    """At least 1.6 to 1 against the background that bars stand on, and text at least 4.5 to 1."""

    def luminance(colour: str) -> float:
        return float(linear(colour) @ [0.2126, 0.7152, 0.0722])

    def contrast(one: str, other: str) -> float:
        low, high = sorted((luminance(one), luminance(other)))
        return (high + 0.05) / (low + 0.05)

    inks = INKS[theme]
    assert all(contrast(colour, inks.card) > 1.6 for colour in PALETTES[theme])
    assert all(contrast(ink, card) > 4.5 for ink in (inks.text, inks.muted) for card in (inks.card, inks.page))


def report(*times: tuple[str, int]) -> Report:
    """Time by project."""
    day = date(2026, 1, 1)
    return Report(Query(Selection(day, day), ("project",)), tuple(Row((name,), time) for name, time in times), "daily")


def test_as_many_projects_as_colours_have_a_colour_each() -> None:
    """No two of the biggest ten share one, whatever their names."""
    given = colours(report(*((f"project {number}", number + 1) for number in range(10))), "light")
    assert len(set(given.values())) == 10


def test_a_project_keeps_its_place_when_smaller_ones_come() -> None:
    """New and small projects take no colour away, and both themes give a project the same place."""
    before = colours(report(("a", 9), ("b", 8), ("c", 7)), "light")
    after = colours(report(("a", 9), ("b", 8), ("c", 7), *((f"small {number}", 1) for number in range(30))), "dark")
    for name in "abc":
        assert PALETTES["light"].index(before[name]) == PALETTES["dark"].index(after[name])
