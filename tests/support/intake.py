"""What the intake makes of wire events, without a store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from timecode_core.errors import EventError
from timecode_core.event import Event
from timecode_core.intake.intake import Intake
from timecode_core.protocols import Step
from timecode_core.receipt import Stored


def taking(*steps: Step, zone: str = "UTC") -> Callable[[Any], Event | None]:
    """Gives the event that would be stored of an item that passes these steps; None where it is excluded.

    Raises EventError for one that is refused.
    """
    events: list[Event] = []

    def store(new: Sequence[Event]) -> list[Stored]:
        events.extend(new)
        return [Stored(event.id, new=True) for event in new]

    intake = Intake({f"step {n}": step for n, step in enumerate(steps)}, store, zone)

    def take(item: Any) -> Event | None:
        events.clear()
        (outcome,) = intake.submit([item], "test").outcomes
        if outcome.verdict == "rejected":
            raise EventError(outcome.error)
        return events[0] if events else None

    return take


def taken(item: Any, *steps: Step, zone: str = "UTC") -> Event:
    """The event that would be stored of one item."""
    event = taking(*steps, zone=zone)(item)
    assert event is not None
    return event
