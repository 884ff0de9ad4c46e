"""The wire form of an event: what the HTTP API takes, what exports give, and back again without loss.

Structuring is strict: a number is no text, a text no number, null is nothing at all. Unknown keys are let pass, so that
a newer client may talk to an older service.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, NewType

from attrs import define
from cattrs import ClassValidationError, Converter, transform_error

from timecode_core.calendar import SECOND_US
from timecode_core.errors import EventError
from timecode_core.event import MAX_DURATION_US, Event
from timecode_core.observation import Observation

_RFC_3339 = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,18}))?(?:[Zz]|([+-])(\d\d):(\d\d))", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MAX_TIME_S = 253_370_764_800
"""The latest time taken, 9999-01-01T00:00Z in Unix seconds: the calendar ends soon after."""

_Instant = NewType("_Instant", tuple[int, int | None])  # microseconds UTC, and the offset in seconds where it is known
_Span = NewType("_Span", int)  # microseconds


@define
class _WireEvent:
    time: _Instant
    entity: str
    duration: _Span = _Span(0)
    type: str = "file"
    category: str = "coding"
    project: str = ""
    branch: str = ""
    language: str = ""
    editor: str = ""
    machine_id: str = ""
    is_write: bool = False
    project_root: str = ""
    source: str = ""


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
    day, clock, fraction, sign, hours, minutes = match.groups()
    leap = clock.endswith(":60")
    try:
        whole = datetime.fromisoformat(f"{day}T{clock[:-2] + '59' if leap else clock}+00:00")
    except ValueError as error:
        raise ValueError(f"is no moment of the calendar: {value!r:.60} ({error})") from error
    since = whole - _EPOCH
    time = (since.days * 86_400 + since.seconds + leap) * SECOND_US
    if fraction:
        scale = 10 ** len(fraction)
        time += (2 * int(fraction) * SECOND_US + scale) // (2 * scale)
    offset = None
    if sign:
        offset = (int(hours) * 3600 + int(minutes) * 60) * (1 if sign == "+" else -1)
        if int(hours) > 23 or int(minutes) > 59:
            raise ValueError(f"has no possible offset: {value!r:.60}")
        time -= offset * SECOND_US
        offset = None if offset == 0 and sign == "-" else offset
    return time, offset


def format_time(time: int, utc_offset: int) -> str:
    """RFC 3339 text with the offset, microseconds only where there are any."""
    return (_EPOCH + timedelta(microseconds=time)).astimezone(timezone(timedelta(seconds=utc_offset))).isoformat()


def _span(value: object, _type: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_DURATION_US // SECOND_US:
        raise ValueError(f"must be seconds from 0 to 3600, not {value!r:.40}; send a longer span as several events")
    return round(value * SECOND_US)


def _text(value: object, _type: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"must be text, not {_kind(value)}")
    return value


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


def observation_from_wire(item: object, source: str) -> Observation:
    """One decoded wire event as an observation; `source` is who brings it, unless the event says so itself.

    Raises EventError that names each field at fault.
    """
    if not isinstance(item, dict):
        raise EventError(f"an event must be an object, not {_kind(item)}")
    try:
        wire = _CONVERTER.structure(item, _WireEvent)
    except ClassValidationError as error:
        faults = (fault.rpartition(" @ ") for fault in transform_error(error, path="", format_exception=_explain))
        raise EventError("; ".join(f"{path.removeprefix('.')} {what}" for what, _, path in faults)) from error
    time, utc_offset = wire.time
    return Observation(
        time,
        wire.entity,
        utc_offset,
        wire.duration,
        wire.type,
        wire.category,
        wire.project,
        wire.branch,
        wire.language,
        wire.editor,
        wire.machine_id,
        wire.is_write,
        wire.project_root,
        wire.source or source,
    )


def event_to_wire(event: Event) -> dict[str, Any]:
    """The event as the API gives and takes it: `time` RFC 3339 with the offset, `duration` in seconds, `id` in hex."""
    return {
        "id": event.id.hex(),
        "time": format_time(event.time, event.utc_offset),
        "duration": event.duration / SECOND_US,
        "entity": event.entity,
        "type": event.type,
        "category": event.category,
        "project": event.project,
        "branch": event.branch,
        "language": event.language,
        "editor": event.editor,
        "machine_id": event.machine_id,
        "is_write": event.is_write,
        "source": event.source,
    }
