"""How a range is cut and labelled."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st
from timecode_core.selection import Selection
from timecode_dashboard_bokeh.buckets import bucket, labels, ranged, starts
from timecode_dashboard_bokeh.formatting import HOUR

FIRST = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("days", "kind"),
    [(1, "hour"), (7, "day"), (93, "day"), (365, "week"), (1461, "month"), (3653, "month"), (9000, "year")],
)
def test_a_longer_range_is_cut_into_longer_pieces(days: int, kind: str) -> None:
    """A day into hours, a quarter into days, a year into weeks, ten years into months."""
    assert bucket(Selection(FIRST, FIRST + timedelta(days=days - 1))) == kind


@given(st.dates(), st.integers(0, 40_000))
def test_no_range_has_more_bars_or_labels_than_can_be_read(first: date, length: int) -> None:
    """At most 125 bars (years may be more, where somebody asks for centuries) and nine labels, all of them of bars."""
    last = min(first, date.max - timedelta(days=length)) + timedelta(days=length)
    selection = Selection(min(first, last), last)
    kind = bucket(selection)
    found = starts(selection.first, selection.last, kind)
    assert found
    assert len(found) <= 125
    written = labels(found, kind)
    assert written
    assert len(written) <= 9
    assert set(written) <= set(range(len(found)))


def test_the_hours_of_a_day_begin_with_the_day() -> None:
    """Who works past midnight, in days that begin at four, has those hours at the day's end."""
    day = date(2026, 2, 3)
    assert starts(day, day, "hour", day_start=4 * HOUR) == [*range(4, 24), *range(4)]


def test_weeks_begin_where_the_answer_s_weeks_begin() -> None:
    """With weeks that begin on Sunday, all of the chart's do, and none is missing."""
    sunday = date(2026, 1, 11)
    found = starts(date(2026, 1, 1), date(2026, 1, 31), "week", [sunday])
    assert found == [date(2025, 12, 28), date(2026, 1, 4), sunday, date(2026, 1, 18), date(2026, 1, 25)]


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 2, 3), date(2026, 2, 3), "Tue 3 Feb 2026"),
        (date(2026, 2, 3), date(2026, 2, 9), "3 – 9 Feb 2026"),
        (date(2026, 1, 28), date(2026, 2, 3), "28 Jan – 3 Feb 2026"),
        (date(2025, 12, 28), date(2026, 2, 3), "28 Dec 2025 – 3 Feb 2026"),
    ],
)
def test_a_range_reads_as_short_as_it_can(first: date, last: date, words: str) -> None:
    """What both ends share is said once."""
    assert ranged(first, last) == words
