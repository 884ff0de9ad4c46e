"""Hours, days, weeks, months or years: how a range is cut so that a chart of it stays readable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from timecode_core import Selection

from timecode_dashboard_bokeh.formatting import HOUR

Bucket = Literal["hour", "day", "week", "month", "year"]
Start = date | int
"""How a bucket begins: its first day, or its hour, 0 to 23."""
LONGEST: tuple[tuple[int, Bucket], ...] = ((1, "hour"), (93, "day"), (800, "week"), (3700, "month"))
"""Up to how many days a range is cut into what; beyond, into years."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MOST_LABELS = 8


def bucket(selection: Selection) -> Bucket:
    """What to cut the selection's range into."""
    return next((name for longest, name in LONGEST if selection.days <= longest), "year")


def starts(first: date, last: date, kind: Bucket, seen: Sequence[Start] = (), day_start: int = 0) -> list[Start]:
    """How each bucket from `first` to `last` begins, without gaps.

    Where weeks begin is a setting that only the answer knows: `seen` holds days on which some of its weeks begin.
    `day_start` is when days begin, in microseconds after midnight: the hours before it come last.
    """
    if kind == "hour":
        return [(day_start // HOUR + hour) % 24 for hour in range(24)]
    day = _start(first, kind, [day for day in seen if isinstance(day, date)])
    found: list[Start] = []
    while day <= last:
        found.append(day)
        try:
            day = _next(day, kind)
        except (OverflowError, ValueError):  # the calendar ends
            break
    return found


def labels(days: Sequence[Start], kind: Bucket) -> dict[int, str]:
    """What to write below which of the buckets: at most eight or so, evenly apart, each as short as can be."""
    step = _step(len(days), kind)
    if kind == "month" and len(days) > MOST_LABELS:
        januaries = {index: day.year for index, day in enumerate(days) if isinstance(day, date) and day.month == 1}
        years = max(1, -(-len(januaries) // MOST_LABELS))
        return {index: str(year) for index, year in januaries.items() if year % years == 0}
    return {
        index: _label(days, index, kind) for index in range((len(days) - 1) % step if step > 1 else 0, len(days), step)
    }


def named(day: Start, kind: Bucket) -> str:
    """A bucket in full: "09:00 – 10:00", "Mon 3 Feb 2026", "week of 3 Feb 2026", "Feb 2026", "2026"."""
    if isinstance(day, int):
        return f"{day:02}:00 – {day + 1:02}:00"
    match kind:
        case "day":
            return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"
        case "week":
            return f"week of {day.day} {MONTHS[day.month - 1]} {day.year}"
        case "month":
            return f"{MONTHS[day.month - 1]} {day.year}"
        case _:
            return str(day.year)


def ranged(first: date, last: date) -> str:
    """A range in full, as short as can be: "3 – 9 Feb 2026", "28 Jan – 3 Feb 2026", "Mon 3 Feb 2026"."""
    if first == last:
        return named(first, "day")
    end = f"{last.day} {MONTHS[last.month - 1]} {last.year}"
    if first.year != last.year:
        return f"{first.day} {MONTHS[first.month - 1]} {first.year} – {end}"
    if first.month != last.month:
        return f"{first.day} {MONTHS[first.month - 1]} – {end}"
    return f"{first.day} – {end}"


def _start(first: date, kind: Bucket, seen: Sequence[date]) -> date:
    match kind:
        case "day":
            return first
        case "week":
            begins = seen[0].weekday() if seen else 0
            return _back(first, (first.weekday() - begins) % 7)
        case "month":
            return first.replace(day=1)
        case _:
            return first.replace(month=1, day=1)


def _back(day: date, days: int) -> date:
    try:
        return day - timedelta(days=days)
    except OverflowError:
        return day


def _next(day: date, kind: Bucket) -> date:
    match kind:
        case "day":
            return day + timedelta(days=1)
        case "week":
            return day + timedelta(days=7)
        case "month":
            return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        case _:
            return day.replace(year=day.year + 1)


def _step(count: int, kind: Bucket) -> int:
    least = -(-count // MOST_LABELS)
    if kind == "day" and least > 2:
        return -(-least // 7) * 7
    return max(1, least)


def _label(days: Sequence[Start], index: int, kind: Bucket) -> str:
    day = days[index]
    if isinstance(day, int):
        return f"{day:02}:00"
    match kind:
        case "day" if len(days) <= MOST_LABELS:
            return f"{WEEKDAYS[day.weekday()]} {day.day}"
        case "day" | "week":
            return f"{day.day} {MONTHS[day.month - 1]}"
        case "month":
            return f"{MONTHS[day.month - 1]} {day.year}" if index == 0 or day.month == 1 else MONTHS[day.month - 1]
        case _:
            return str(day.year)
