"""The step *validate*: what can't be stored exactly is refused, with the reason."""

from __future__ import annotations

from timecode_core.calendar import SECOND_US
from timecode_core.errors import EventError
from timecode_core.event import MAX_DURATION_US
from timecode_core.observation import Observation
from timecode_core.wire import MAX_TIME_S

MAX_ENTITY = 4096
MAX_LABEL = 512
_DAY_S = 86_400
_TEXTS = (
    "entity",
    "type",
    "category",
    "project",
    "branch",
    "language",
    "editor",
    "machine_id",
    "project_root",
    "source",
)


def validate(observation: Observation) -> Observation:
    """Check ranges, lengths and characters. Raises EventError."""
    if not 0 <= observation.time < MAX_TIME_S * SECOND_US:
        raise EventError("must be between the years 1970 and 9998", field="time")
    if not 0 <= observation.duration <= MAX_DURATION_US:
        raise EventError("must be from 0 to 3600 seconds", field="duration")
    offset = observation.utc_offset
    if offset is not None and (abs(offset) >= _DAY_S or offset % 60):
        raise EventError("the offset must be whole minutes, less than a day", field="time")
    for name in _TEXTS:
        text: str = getattr(observation, name)
        limit = MAX_ENTITY if name in {"entity", "project_root"} else MAX_LABEL
        if len(text) > limit:
            raise EventError(f"is longer than {limit} characters", field=name)
        if "\0" in text:
            raise EventError("holds a NUL character", field=name)
        try:
            text.isascii() or text.encode()
        except UnicodeEncodeError as error:
            raise EventError("holds half of a surrogate pair, which is no character", field=name) from error
    if not observation.entity.strip():
        raise EventError("is empty", field="entity")
    return observation
