"""The words above a picture: how its time compares."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from attrs import evolve
from dashboard_bokeh.samples import MINUTE, Spent, answers
from timecode_core.answering.periods import before
from timecode_core.selection import Selection
from timecode_export_png.pictures import totals

THURSDAY = date(2026, 1, 15)
WEEK = Selection(THURSDAY - timedelta(days=3), THURSDAY)


def words(selection: Selection, now: int, earlier: int) -> str:
    """The comparison of so many minutes on the last day with so many a week before it."""
    spent = [
        Spent(day, "p", "Go", minutes * MINUTE)
        for day, minutes in ((THURSDAY, now), (THURSDAY - timedelta(days=7), earlier))
        if minutes
    ]
    return totals.comparison(selection, answers(totals.queries(selection), spent))


@pytest.mark.parametrize(
    ("period", "now", "earlier", "said"),
    [
        ("week", 150, 100, "▲ 50 % more than the same days of last week (1 h 40 m)"),
        ("week", 50, 100, "▼ 50 % less than the same days of last week (1 h 40 m)"),
        ("week", 100, 100, "about the same as the same days of last week (1 h 40 m)"),
        ("week", 500, 100, "5 times the same days of last week (1 h 40 m)"),
        ("week", 500, 0, ""),
        (None, 150, 100, "▲ 50 % more than the 4 days before (1 h 40 m)"),
    ],
)
def test_a_picture_compares_as_the_page_does(period: str | None, now: int, earlier: int, said: str) -> None:
    """With the days that the selection says, in its words."""
    selection = evolve(WEEK, before=before(period, (WEEK.first, WEEK.last)))
    assert words(selection, now, earlier) == said


def test_a_picture_with_nothing_to_compare_with_says_nothing() -> None:
    assert words(WEEK, 150, 100) == ""
