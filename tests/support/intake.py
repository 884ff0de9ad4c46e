"""What the intake makes of wire events, without a store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from timecode_core.errors import EventError
from timecode_core.event import Event
from timecode_core.intake.intake import Intake
from timecode_core.protocols import Step
from timecode_core.receipt import Outcome, kept


class Taking:
    """An intake whose events go nowhere but here."""

    def __init__(self, steps: Mapping[str, Step], zone: str) -> None:
        self.events: list[Event] = []
        self._intake = Intake(steps, self._store, zone)

    def _store(self, events: Sequence[Event]) -> list[Outcome]:
        self.events.extend(events)
        return [kept(event.id, new=True) for event in events]

    def take(self, items: Sequence[Any], source: str = "test") -> tuple[Outcome, ...]:
        """The outcomes; `events` is then all that would be stored of these items."""
        self.events.clear()
        return self._intake.submit(items, source).outcomes


def taking(*steps: Step, zone: str = "UTC") -> Callable[[Any], Event | None]:
    """Gives the event that would be stored of an item that passes these steps; None where it is excluded.

    Raises EventError for one that is refused.
    """
    intake = Taking({f"step {n}": step for n, step in enumerate(steps)}, zone)

    def take(item: Any) -> Event | None:
        (outcome,) = intake.take([item])
        if outcome.verdict == "rejected":
            raise EventError(outcome.error)
        return intake.events[0] if intake.events else None

    return take


def taken(item: Any, *steps: Step, zone: str = "UTC") -> Event:
    """The event that would be stored of one item."""
    event = taking(*steps, zone=zone)(item)
    assert event is not None
    return event
