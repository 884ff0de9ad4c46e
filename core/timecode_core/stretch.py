"""The stretch: time credited to one event."""

from __future__ import annotations

from typing import NamedTuple

from timecode_core.event import Event


class Stretch(NamedTuple):
    """The instants [start, end), microseconds UTC, that a rule credits to `event`.

    Its days are those of the event's offset.
    """

    event: Event
    start: int
    end: int
