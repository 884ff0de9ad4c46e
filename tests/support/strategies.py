"""What hypothesis draws events from: small worlds in which ties, overlaps and boundaries are common."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import settings, strategies as st
from timecode_core.event import Event

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
NOON = 1_700_000_000 * SECOND - 1_700_000_000 * SECOND % DAY + 12 * HOUR
"""A noon in UTC."""

OFFSETS = [0, 3600, 7200, -5 * 3600, 19_800, 20_700, 37_800, 39_600, 14 * 3600, -11 * 3600, -12 * 3600, 45 * 60]
"""Whole hours, 30 and 45 minutes, and both sides of the date line, in seconds."""

PLACES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Asia/Kathmandu", "UTC"]
"""Zones that change their clocks by an hour and by half an hour, and zones with odd offsets."""


def fewer(times: int) -> settings:
    """So many times fewer examples than usual, for what is slow, or is drawn again for each of several parameters."""
    return settings(max_examples=max(1, settings().max_examples // times))


def offset_in(place: str, time: int) -> int:
    """The offset of a place at an instant, seconds."""
    moment = datetime.fromtimestamp(time // SECOND, ZoneInfo(place))
    return int((moment.utcoffset() or timedelta()).total_seconds())


_steps = st.one_of(
    st.integers(0, 3),  # ties, and neighbours by the microsecond
    st.sampled_from([MINUTE, 10 * MINUTE, 15 * MINUTE, 15 * MINUTE + 1, 15 * MINUTE - 1, HOUR, HOUR + 1, 75 * MINUTE]),
    st.integers(0, 40 * MINUTE),
    st.integers(0, 3 * HOUR),
    st.integers(0, 30 * HOUR),
)
durations = st.one_of(
    st.just(0),
    st.just(0),
    st.sampled_from([1, MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR - 1, HOUR]),
    st.integers(0, HOUR),
)
starts = st.one_of(
    st.just(NOON),
    st.integers(NOON, NOON + DAY),
    st.sampled_from([0, 1, HOUR]),  # where the calendar begins
    st.sampled_from([NOON + 12 * HOUR - 20 * MINUTE, NOON + 12 * HOUR - 1]),  # just before midnight
    st.sampled_from([NOON + 40 * MINUTE, NOON - 8 * HOUR + 25 * MINUTE]),  # just before days that begin at odd times
)


@st.composite
def times(draw: st.DrawFn, max_size: int = 12) -> list[int]:
    """Instants in order, many of them close to each other or to the timeout."""
    time = draw(starts)
    found = []
    for step in draw(st.lists(_steps, min_size=1, max_size=max_size)):
        found.append(time)
        time += step
    return found


def _until(time: int, ends: set[int]) -> st.SearchStrategy[int]:
    """Durations by which an event ends at the microsecond at which another does."""
    equal = sorted(end - time for end in ends if 0 <= end - time <= HOUR)
    return st.sampled_from(equal) if equal else st.nothing()


@st.composite
def events(draw: st.DrawFn, max_size: int = 12, spans: bool = True) -> list[Event]:
    """A set of events of one person, with several projects, tools and places."""
    offsets = draw(st.lists(st.sampled_from(OFFSETS), min_size=1, max_size=3))
    found: dict[bytes, Event] = {}
    ends: set[int] = set()
    for time in draw(times(max_size)):
        duration = draw(st.one_of(durations, _until(time, ends))) if spans else 0
        ends.add(time + duration)
        event = Event.of(
            time=time,
            utc_offset=draw(st.sampled_from(offsets)),
            duration=duration,
            entity=draw(st.sampled_from(["/p/a.py", "/p/b.py", "/p/c.go"])),
            type=draw(st.sampled_from(["file", "app"])),
            category=draw(st.sampled_from(["coding", "debugging"])),
            project=draw(st.sampled_from(["", "A", "B"])),
            branch=draw(st.sampled_from(["", "main"])),
            language=draw(st.sampled_from(["", "Python", "Go"])),
            editor=draw(st.sampled_from(["VS Code", "Vim"])),
            machine_id=draw(st.sampled_from(["", "m1"])),
            is_write=draw(st.booleans()),
        )
        found[event.id] = event
    return list(found.values())


@st.composite
def batches(draw: st.DrawFn, of: list[Event]) -> list[list[Event]]:
    """The events in any order, some of them repeated, cut anywhere."""
    repeated = draw(st.lists(st.sampled_from(of), max_size=4))
    shuffled = draw(st.permutations([*of, *repeated]))
    cuts = sorted(draw(st.sets(st.integers(1, len(shuffled)), max_size=5)))
    return [shuffled[a:b] for a, b in zip([0, *cuts], [*cuts, len(shuffled)], strict=True) if a < b]
