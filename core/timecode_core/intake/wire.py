"""The wire form of an event: what the HTTP API takes, what exports give, and back again without loss.

Structuring is strict: a number is no text, a text no number, null is nothing at all. Unknown keys are let pass, so that
a newer client may talk to an older service.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, NamedTuple, NewType, TypeVar

from attrs import evolve, frozen
from cattrs import ClassValidationError, Converter, transform_error

from timecode_core.calendar import SECOND_US
from timecode_core.errors import EventError
from timecode_core.event import MAX_DURATION_US, Event
from timecode_core.subject import IDENTIFYING, LATER, Seen, identifying_texts, later_texts

_RFC_3339 = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,18}))?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_PLAIN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:[0-5]\d)", re.ASCII).fullmatch
"""What the standard library reads as we do."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLAIN_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  (as read off a clock: the offset is reckoned apart)
MAX_TIME_S = 253_370_764_800
"""The latest time taken, 9999-01-01T00:00Z in Unix seconds: the calendar ends soon after."""

_LONGEST_S = MAX_DURATION_US // SECOND_US

T = TypeVar("T")
_Instant = NewType("_Instant", tuple[int, int | None])  # microseconds UTC, and the offset in seconds where it is known
_Span = NewType("_Span", int)  # microseconds


class When(NamedTuple):
    """When an event was, as its sender tells it, units as in `Event`; no offset where nothing is said of the place."""

    time: int
    utc_offset: int | None
    duration: int
    is_write: bool


Moment = tuple[int, int | None, int, bool]
"""The same, quicker to make."""


@frozen
class _WireWhen:
    time: _Instant
    duration: _Span = _Span(0)
    is_write: bool = False


def parse_time(value: object) -> tuple[int, int | None]:
    """Microseconds UTC and the offset in seconds from RFC 3339 text or Unix seconds; `Z` and `-00:00` tell no offset.

    Fractions beyond microseconds are rounded. Raises ValueError.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not 0 <= value <= MAX_TIME_S:
            hint = "; are these milliseconds?" if MAX_TIME_S < value < MAX_TIME_S * 1000 else ""
            raise ValueError(f"must be Unix seconds from 0 to {MAX_TIME_S}, not {value!r:.40}{hint}")
        return round(value * SECOND_US), None
    match = _RFC_3339.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise ValueError(
            f"must be RFC 3339 text such as '2026-01-31T09:30:00.5+01:00' or Unix seconds, not {value!r:.60}"
        )
    day, clock, fraction, place = match.groups()
    leap = clock.endswith(":60")
    try:
        whole = datetime.fromisoformat(f"{day}T{clock[:-2] + '59' if leap else clock}")
    except ValueError as error:
        raise ValueError(f"is no moment of the calendar: {value!r:.60} ({error})") from error
    since = whole - _PLAIN_EPOCH
    try:
        offset = _offset(place)
    except ValueError as error:
        raise ValueError(f"has no possible offset: {value!r:.60}") from error
    time = (since.days * 86_400 + since.seconds + leap - (offset or 0)) * SECOND_US
    if fraction:
        scale = 10 ** len(fraction)
        time += (2 * int(fraction) * SECOND_US + scale) // (2 * scale)
    return time, offset


@lru_cache(128)
def _offset(place: str) -> int | None:
    """The offset in seconds that the end of a time tells; None where it tells none. Raises ValueError."""
    if place in {"Z", "z", "-00:00"}:
        return None
    hours, minutes = int(place[1:3]), int(place[4:])
    if hours > 23 or minutes > 59:
        raise ValueError(place)
    return (hours * 3600 + minutes * 60) * (-1 if place[0] == "-" else 1)


def format_time(time: int, utc_offset: int) -> str:
    """RFC 3339 text with the offset, microseconds only where there are any."""
    return (_EPOCH + timedelta(microseconds=time)).astimezone(timezone(timedelta(seconds=utc_offset))).isoformat()


def _span(value: object, _type: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LONGEST_S:
        raise ValueError(f"must be seconds from 0 to 3600, not {value!r:.40}; send a longer span as several events")
    return round(value * SECOND_US)


def _text(value: object, _type: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"must be text, not {_kind(value)}")
    return str.__str__(value)  # exactly that: it is remembered for whoever sends an equal one


def _truth(value: object, _type: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"must be true or false, not {_kind(value)}")
    return value


def _kind(value: object) -> str:
    names = {
        type(None): "null (leave it out)",
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "text",
        list: "a list",
    }
    return names.get(type(value), "an object")


def _converter() -> Converter:
    converter = Converter()
    converter.register_structure_hook(_Instant, lambda value, _type: parse_time(value))
    converter.register_structure_hook(_Span, _span)
    converter.register_structure_hook(str, _text)
    converter.register_structure_hook(bool, _truth)
    return converter


_CONVERTER = _converter()


def _explain(error: BaseException, _type: type | None) -> str:
    return "is missing" if isinstance(error, KeyError) else str(error)


def event_from_wire(item: object, source: str, known: Moment | None = None) -> tuple[When, Seen]:
    """One decoded wire event; `source` is who brings it, unless the event says so itself.

    `known` is what `quick_when` has given of it, if it has given anything. Raises EventError that names each field at
    fault.
    """
    if not isinstance(item, dict):
        raise EventError(f"an event must be an object, not {_kind(item)}")
    faults: list[str] = []
    when = When(*known) if known else _when(item, faults)
    seen = _structure(item, Seen, faults)
    if when is None or seen is None:
        raise EventError("; ".join(sorted(faults, key=_place)))
    return when, seen if seen.source else evolve(seen, source=str.__str__(source))


def _when(item: dict[Any, Any], faults: list[str]) -> When | None:
    when = _structure(item, _WireWhen, faults)
    return None if when is None else When(*when.time, when.duration, when.is_write)


def _structure(item: dict[Any, Any], shape: type[T], faults: list[str]) -> T | None:
    """The shape's fields of the item; None where any is at fault, and `faults` tells of each."""
    try:
        return _CONVERTER.structure(item, shape)
    except ClassValidationError as error:
        found = (fault.rpartition(" @ ") for fault in transform_error(error, path="", format_exception=_explain))
        faults += [f"{path.removeprefix('.')} {what}" for what, _, path in found]
        return None


_ENTITY, *_OTHERS = IDENTIFYING
_ORDER = ("time", _ENTITY, "duration", *_OTHERS, "is_write", *LATER, "project_root", "source")


def _place(fault: str) -> int:
    """Where a fault is told among others: by its field."""
    return _ORDER.index(fault.partition(" ")[0])


def quick_when(item: dict[Any, Any]) -> Moment | None:
    """What `event_from_wire` gives as `When`, for what clients send in fact; None where that must look closer."""
    time = item.get("time")
    if type(time) is str and _PLAIN(time):
        ends = -1 if time[-1] == "Z" else -6
        try:
            since = datetime.fromisoformat(time[:ends]) - _PLAIN_EPOCH
            offset = _offset(time[ends:])
        except ValueError:
            return None
        at = (since.days * 86_400 + since.seconds - (offset or 0)) * SECOND_US + since.microseconds
    elif (type(time) is float or type(time) is int) and 0 <= time < MAX_TIME_S:
        at, offset = round(time * SECOND_US), None
    else:
        return None
    duration = item.get("duration", 0)
    is_write = item.get("is_write", False)
    if (is_write is not True and is_write is not False) or (type(duration) is not int and type(duration) is not float):
        return None
    if not (0 <= duration <= _LONGEST_S and 0 <= at < MAX_TIME_S * SECOND_US):
        return None
    return at, offset, round(duration * SECOND_US) if duration else 0, is_write


def event_to_wire(event: Event) -> dict[str, Any]:
    """The event as the API gives and takes it: `time` RFC 3339 with the offset, `duration` in seconds, `id` in hex."""
    subject = event.subject
    return {
        "id": event.id.hex(),
        "time": format_time(event.time, event.utc_offset),
        "duration": event.duration / SECOND_US,
        **dict(zip(IDENTIFYING, identifying_texts(subject), strict=True)),
        "is_write": event.is_write,
        **dict(zip(LATER, later_texts(subject), strict=True)),
        "source": subject.source,
    }
