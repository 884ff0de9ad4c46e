"""Periods by name: the ranges of days that people ask for most, and the days that each is compared with."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta

from timecode_core.answering.columns import week_of
from timecode_core.selection import Before
from timecode_core.setup.settings import Weekday

Range = tuple[date, date]
_DAY = timedelta(days=1)

_PERIODS: dict[str, Callable[[date, Weekday], Range]] = {
    "today": lambda today, _start: (today, today),
    "yesterday": lambda today, _start: (today - _DAY, today - _DAY),
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


_LIKES: dict[str, Callable[[date], date]] = {
    "week": lambda day: day - 7 * _DAY,
    "month": lambda day: _in_month(day, day.replace(day=1) - _DAY),
    "year": lambda day: _in_month(day, day.replace(year=day.year - 1, day=1)),
}
"""For a period that people compare with its like: which day of the one before is like a day of this one."""


def before(name: str | None, days: Range) -> Before | None:
    """What the days of a period (None: days that were named one by one) are compared with.

    This week, month or year so far with the same days of the last one; other ranges with as many days just before.
    None for all of the time, and where the calendar begins.
    """
    first, last = days
    with suppress(OverflowError, ValueError):  # before the year 1
        if name in _LIKES:
            like = _LIKES[name]
            same = "day" if first == last else "days"
            return Before(like(first), like(last), f"the same {same} of last {name}")
        if name != ALL:
            count = (last - first).days + 1
            words = "the day before" if count == 1 else f"the {count} days before"
            return Before(first - count * _DAY, first - _DAY, words)
    return None


def _in_month(day: date, month: date) -> date:
    """The day of the same number in the month of another; its last where it is shorter."""
    return month.replace(day=min(day.day, monthrange(month.year, month.month)[1]))
