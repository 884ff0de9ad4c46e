"""Periods by name: the ranges of days that people ask for most."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from timecode_core.columns import week_of
from timecode_core.settings import Weekday

Range = tuple[date, date]


_PERIODS: dict[str, Callable[[date, Weekday], Range]] = {
    "today": lambda today, _start: (today, today),
    "yesterday": lambda today, _start: (today - timedelta(days=1), today - timedelta(days=1)),
    "week": lambda today, start: (week_of(today, start), today),
    "month": lambda today, _start: (today.replace(day=1), today),
    "year": lambda today, _start: (today.replace(month=1, day=1), today),
    "last-7-days": lambda today, _start: (today - timedelta(days=6), today),
    "last-30-days": lambda today, _start: (today - timedelta(days=29), today),
    "last-365-days": lambda today, _start: (today - timedelta(days=364), today),
}

ALL = "all"
PERIODS = (*_PERIODS, ALL)
"""The names that `days_of` knows; "all" spans everything that is stored."""


def days_of(name: str, today: date, week_start: Weekday, span: Range | None) -> Range:
    """The first and the last day of a period. `span` is that of the stored events. Raises KeyError."""
    if name == ALL:
        return span or (today, today)
    return _PERIODS[name](today, week_start)
