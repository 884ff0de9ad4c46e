"""The slow, obvious time accounting: what the product is proved against. It shares no code with it.

Everything here is written from the rule's own words, event by event and hour by hour, with plain loops over all events.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from timecode_core.event import Event

DEFAULT_TIMEOUT_US = 900 * 1_000_000
_1970 = datetime(1970, 1, 1)  # noqa: DTZ001  (local clocks here are naive: the offset is added by hand)
_DAYS_OF_THE_WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Credit(NamedTuple):
    """From one instant to another, microseconds UTC, counted for an event."""

    event: Event
    start: int
    end: int


class Piece(NamedTuple):
    """A part of a credit inside one local hour of one local day."""

    event: Event
    day: date
    hour: int
    us: int


def credits_of(events: Sequence[Event], timeout: int = DEFAULT_TIMEOUT_US) -> list[Credit]:
    """Join gaps, over all events at once, in whatever order they are given; an event given twice counts once."""
    found: list[Credit] = []
    ordered = sorted({event.id: event for event in events}.values(), key=lambda event: (event.time, event.id))
    longest: Event | None = None
    for place, e in enumerate(ordered):
        if longest is None or e.time + e.duration >= longest.time + longest.duration:
            longest = e
        own_end = e.time + e.duration
        longest_end = longest.time + longest.duration
        if place + 1 < len(ordered):
            n = ordered[place + 1].time
            if n - e.time <= timeout:
                parts = [Credit(e, e.time, n)]
            else:
                own_end = min(own_end, n)
                rest_end = n if n - longest_end <= timeout else min(longest_end, n)
                parts = [Credit(e, e.time, own_end), Credit(longest, own_end, rest_end)]
        else:
            parts = [Credit(e, e.time, own_end), Credit(longest, own_end, longest_end)]
        found += [part for part in parts if part.end > part.start]
    return found


def pieces_of(credited: Sequence[Credit], day_start: timedelta = timedelta()) -> list[Piece]:
    """Walk each credit on its event's own clock, and cut it where an hour ends or a day begins."""
    pieces = []
    for credit in credited:
        clock = _1970 + timedelta(microseconds=credit.start, seconds=credit.event.utc_offset)
        end = _1970 + timedelta(microseconds=credit.end, seconds=credit.event.utc_offset)
        while clock < end:
            next_hour = clock.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
            day_begins = clock.replace(hour=0, minute=0, second=0, microsecond=0) + day_start
            next_day = day_begins if day_begins > clock else day_begins + timedelta(days=1)
            stop = min(end, next_hour, next_day)
            us = (stop - clock) // timedelta(microseconds=1)
            pieces.append(Piece(credit.event, (clock - day_start).date(), clock.hour, us))
            clock = stop
    return pieces


def value_of(piece: Piece, column: str, week_start: str = "monday") -> Any:
    """What the piece has in a column."""
    day = piece.day
    if column == "day":
        return day
    if column == "hour":
        return piece.hour
    if column == "month":
        return date(day.year, day.month, 1)
    if column == "year":
        return day.year
    if column == "weekday":
        return day.weekday()
    if column == "week":
        while _DAYS_OF_THE_WEEK[day.weekday()] != week_start:
            day -= timedelta(days=1)
        return day
    return getattr(piece.event.subject, column)


def report_of(
    pieces: Sequence[Piece],
    first: date,
    last: date,
    group_by: Sequence[str] = (),
    filters: Mapping[str, Sequence[Any]] | None = None,
    week_start: str = "monday",
) -> dict[tuple[Any, ...], int]:
    """Sum the pieces of the days, both counted, that pass every filter; a sum for each combination of the columns."""
    sums: dict[tuple[Any, ...], int] = {}
    for piece in pieces:
        if not first <= piece.day <= last:
            continue
        if any(value_of(piece, column, week_start) not in wanted for column, wanted in (filters or {}).items()):
            continue
        group = tuple(value_of(piece, column, week_start) for column in group_by)
        sums[group] = sums.get(group, 0) + piece.us
    return sums


def total_of(events: Sequence[Event], timeout: int = DEFAULT_TIMEOUT_US) -> int:
    """All credited time, microseconds."""
    return sum(credit.end - credit.start for credit in credits_of(events, timeout))
