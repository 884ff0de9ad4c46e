"""The columns that questions may group and filter by: those of the aggregations, and calendar units made of days."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import lru_cache

from timecode_core.calendar import day_date
from timecode_core.errors import QueryError
from timecode_core.query import Value
from timecode_core.setup.settings import Weekday

WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

DATES = ("day", "week", "month")
NUMBERS = ("hour", "weekday", "year")
TIME = (*DATES, *NUMBERS)
"""Columns that put a report in the order of time."""


def week_of(day: date, week_start: Weekday) -> date:
    """The first day of the week that a day is in."""
    return day - timedelta(days=(day.weekday() - WEEKDAYS.index(week_start)) % 7)


_remembered = lru_cache(maxsize=8_192)  # twenty years of days: a long report asks for each again and again


def day_units(week_start: Weekday) -> Mapping[str, Callable[[int], Value]]:
    """What each calendar column makes of a day number. Weeks begin on `week_start`; `weekday` counts from Monday, 0."""
    return {
        "day": _remembered(day_date),
        "week": _remembered(lambda number: week_of(day_date(number), week_start)),
        "month": _remembered(lambda number: day_date(number).replace(day=1)),
        "year": lambda number: day_date(number).year,
        "weekday": lambda number: day_date(number).weekday(),
    }


def parse_value(column: str, text: str) -> Value:
    """A filter's value from its text. Raises QueryError."""
    try:
        if column in DATES:
            return date.fromisoformat(text)
        return int(text) if column in NUMBERS else text
    except ValueError as error:
        wanted = "a date such as 2026-01-31" if column in DATES else "a whole number"
        raise QueryError(f"{column} must be {wanted}, not {text!r:.60}.") from error
