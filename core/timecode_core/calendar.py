"""The local calendar: which day and hour an instant belongs to, where it happened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from attrs import frozen

from timecode_core.stretch import Stretch

SECOND_US = 1_000_000
HOUR_US = 3_600 * SECOND_US
DAY_US = 24 * HOUR_US
EPOCH = date(1970, 1, 1)
_EPOCH_ORDINAL = EPOCH.toordinal()


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def day_date(number: int) -> date:
    """The date of a day number."""
    return date.fromordinal(_EPOCH_ORDINAL + number)


@frozen
class Calendar:
    """Local days that begin at `day_start` microseconds after midnight."""

    day_start: int = 0

    def day(self, time: int, utc_offset: int) -> int:
        """The day number of an instant (microseconds) at an offset (seconds)."""
        return (time + utc_offset * SECOND_US - self.day_start) // DAY_US

    def pieces(self, stretch: Stretch) -> Iterator[tuple[int, int, Stretch]]:
        """Cut a stretch at local hours and at the beginning of local days; yield day, hour and piece, in order."""
        event, start, end = stretch
        shift = event.utc_offset * SECOND_US
        while start < end:
            local = start + shift
            day, into_day = divmod(local - self.day_start, DAY_US)
            hour, into_hour = divmod(local, HOUR_US)
            cut = min(end, start + HOUR_US - into_hour, start + DAY_US - into_day)
            yield day, hour % 24, Stretch(event, start, cut)
            start = cut

    def bounds(self, first: int, last: int) -> tuple[int, int]:
        """Instants, microseconds, outside of which no place on earth has any of the days `first` to `last`."""
        return first * DAY_US + self.day_start - DAY_US, (last + 1) * DAY_US + self.day_start + DAY_US
