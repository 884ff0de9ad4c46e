"""Durations, shares, ticks and names, as they are shown."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, strategies as st
from timecode_dashboard_bokeh.formatting import HOUR, MINUTE, SECOND, duration, share, shown, ticks

HOSTILE = st.text(max_size=200) | st.text(alphabet="\u202e\u2066\x00\x07\n\r\t<>&\"'$\\[](){}@%\ud800", max_size=60)


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (0, "0 m"),
        (45 * SECOND, "45 s"),
        (12 * MINUTE + 59 * SECOND, "12 m"),
        (3 * HOUR, "3 h"),
        (3 * HOUR + 12 * MINUTE, "3 h 12 m"),
        (1234 * HOUR + MINUTE, "1\u202f234 h 01 m"),
    ],
)
def test_a_duration_reads_as_people_say_it(time: int, words: str) -> None:
    """Hours and minutes, cut and never rounded up."""
    assert duration(time) == words


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [(0, 0, "0 %"), (1, 3, "33 %"), (34, 1000, "3.4 %"), (1, 10**6, "< 0.1 %"), (5, 5, "100 %")],
)
def test_a_share_is_never_more_exact_than_it_helps(part: int, whole: int, words: str) -> None:
    """Whole per cent where there are ten of them, a tenth below, and never zero for something."""
    assert share(part, whole) == words


@given(st.integers(1, 10**6 * HOUR))
def test_an_axis_has_few_round_ticks_from_zero(longest: int) -> None:
    """Two to six ticks, evenly apart, none of them beyond the axis by more than it is long."""
    places, names = ticks(longest)
    assert places[0] == 0
    assert 2 <= len(places) <= 6
    assert places[-1] <= max(longest / HOUR, 0.25) * (1 + 1e-9)
    assert set(names) == set(places)


@given(HOSTILE, st.integers(8, 60))
@example("000000000 ", 8)
def test_a_name_is_one_bounded_visible_line(name: str, limit: int) -> None:
    """No name breaks a line, turns the writing direction, is longer than the limit, or shows as nothing."""
    text = shown(name, limit)
    assert 0 < len(text) <= limit
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in text)
    assert text.strip() == text


def test_no_name_reads_none() -> None:
    """The empty string is shown as a word."""
    assert shown("") == shown("  ") == "none"


def test_a_long_name_keeps_its_beginning_and_its_end() -> None:
    """What is left out is the middle."""
    assert shown("a-very-long-name-of-a-service-v2", 16) == "a-very-lon…ce-v2"
