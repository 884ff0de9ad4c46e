"""What can't be stored exactly is refused, with the reason: before the first step, and after those that change it."""

from __future__ import annotations

from timecode_core.calendar import SECOND_US
from timecode_core.errors import EventError
from timecode_core.event import MAX_DURATION_US, Event
from timecode_core.intake.wire import MAX_TIME_S, When
from timecode_core.subject import Seen, Subject, declared, getter

_DAY_S = 86_400
_LONGEST = {
    shape: sorted(((name, one.longest) for name, one in declared(shape).items()), key=lambda one: one[0] == "source")
    for shape in (Seen, Subject)
}
"""The texts in the order in which their faults are told."""
_SHORT = {shape: min(longest for _, longest in texts) for shape, texts in _LONGEST.items()}
_TEXTS = {shape: getter(tuple(name for name, _ in texts)) for shape, texts in _LONGEST.items()}


def check_when(when: When | Event) -> None:
    """Check the instant, the offset and the duration. Raises EventError."""
    if not 0 <= when.time < MAX_TIME_S * SECOND_US:
        raise EventError("must be between the years 1970 and 9998", field="time")
    if not 0 <= when.duration <= MAX_DURATION_US:
        raise EventError("must be from 0 to 3600 seconds", field="duration")
    offset = when.utc_offset
    if offset is not None and (abs(offset) >= _DAY_S or offset % 60):
        raise EventError("the offset must be whole minutes, less than a day", field="time")


def check_texts(subject: Seen | Subject) -> None:
    """Check lengths and characters, and that there is an entity. Raises EventError."""
    shape = type(subject)
    joined = "".join(_TEXTS[shape](subject))
    plain = joined.isascii() and "\0" not in joined and len(joined) <= _SHORT[shape]  # and so is each of them
    for name, longest in () if plain else _LONGEST[shape]:
        text: str = getattr(subject, name)
        if len(text) > longest:
            raise EventError(f"is longer than {longest} characters", field=name)
        if "\0" in text:
            raise EventError("holds a NUL character", field=name)
        try:
            text.isascii() or text.encode()
        except UnicodeEncodeError as error:
            raise EventError("holds half of a surrogate pair, which is no character", field=name) from error
    if not subject.entity.strip():
        raise EventError("is empty", field="entity")
