"""The intake: from what a source submits to a receipt, event by event, so that a bad one costs the others nothing.

What events are *on* repeats, so whatever is dear is done once a subject and remembered; what is done for each event is
cheap. What the quick way doesn't know goes the slow one, from which alone errors come; both give the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from timecode_core.errors import EventError
from timecode_core.event import Event
from timecode_core.intake.checks import check_texts, check_when
from timecode_core.intake.memo import Unknown
from timecode_core.intake.passing import Passage, Passed
from timecode_core.intake.wire import When, event_from_wire, quick_when
from timecode_core.protocols import Step
from timecode_core.receipt import Outcome, Receipt, Stored
from timecode_core.setup.zone import zone_in_force
from timecode_core.subject import DEFAULTS, seen_texts

_EXCLUDED = Outcome("excluded")
_TOLD, _LEFT_OUT = tuple(DEFAULTS), tuple(DEFAULTS.values())


class Intake:
    """Structures events, passes them through the steps in order, and has the rest stored."""

    def __init__(
        self, steps: Mapping[str, Step], store: Callable[[Sequence[Event]], Sequence[Stored]], timezone: str
    ) -> None:
        self._passage = Passage(steps)
        self._known = self._passage.first.known
        self._store = store
        self._timezone = timezone

    def submit(self, items: Sequence[object], source: str) -> Receipt:
        """Store decoded wire events; see `protocols.Submit`. Raises UnavailableError: then none of them is stored."""
        events: list[Event] = []
        outcomes: list[Outcome | None] = []
        for item in items:
            try:
                event = self._take(item, source)
            except EventError as error:
                outcomes.append(Outcome("rejected", error=str(error)))
                continue
            if event is None:
                outcomes.append(_EXCLUDED)
            else:
                outcomes.append(None)
                events.append(event)
        stored = iter(self._store(events) if events else ())
        return Receipt(tuple([outcome or _outcome(next(stored)) for outcome in outcomes]))

    def _take(self, item: object, source: str) -> Event | None:
        """The event to store, or None where it is excluded. Raises EventError, StepError."""
        found = self._quick(item, source) if type(item) is dict else None
        when, passed = found or self._slow(item, source)
        if passed is None:
            return None
        (time, offset, duration, is_write), (subject, root) = when, passed
        if assumed := offset is None:
            offset = zone_in_force(self._timezone).offset(time)
        event = Event.on(subject, time, offset, duration, is_write, assumed)
        return self._passage.go_on(event, root) if self._passage.rest else event

    def _quick(self, item: dict[Any, Any], source: str) -> tuple[When, Passed | None] | None:
        """What is known already of an item whose subject has been seen before; None for any other."""
        when = quick_when(item)
        if when is None:
            return None
        own = item.get("source", "")
        try:
            passed = self._known((*map(item.get, _TOLD, _LEFT_OUT), source if own == "" else own))
        except TypeError:  # what can't be hashed is no text
            return None
        return None if isinstance(passed, Unknown) else (when, passed)

    def _slow(self, item: object, source: str) -> tuple[When, Passed | None]:
        """What is made of any item. Raises EventError, StepError."""
        when, seen = event_from_wire(item, source)
        check_when(when)
        check_texts(seen)
        return when, self._passage.first.make(seen_texts(seen), seen)


def _outcome(stored: Stored) -> Outcome:
    return Outcome("stored" if stored.new else "duplicate", stored.id.hex())
