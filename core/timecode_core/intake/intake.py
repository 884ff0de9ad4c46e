"""The intake: from what a source submits to a receipt, event by event, so that a bad one costs the others nothing.

What events are *on* repeats, so whatever is dear is done once a subject and remembered; what is done for each event is
cheap. What the quick way doesn't know goes the slow one, from which alone errors come; both give the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from timecode_core.errors import EventError
from timecode_core.event import Event
from timecode_core.intake.checks import check_texts, check_when
from timecode_core.intake.passing import EXCLUDED, Excluded, Passage, Passed
from timecode_core.intake.wire import Moment, event_from_wire, quick_when
from timecode_core.protocols import Step
from timecode_core.receipt import Outcome, Receipt
from timecode_core.setup.zone import zone_in_force
from timecode_core.subject import DEFAULTS, seen_texts

_EXCLUDED = Outcome("excluded")
_TOLD, _LEFT_OUT = tuple(DEFAULTS), tuple(DEFAULTS.values())


class Intake:
    """Structures events, passes them through the steps in order, and has the rest stored."""

    def __init__(
        self, steps: Mapping[str, Step], store: Callable[[Sequence[Event]], Sequence[Outcome]], timezone: str
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
        return Receipt(tuple([outcome or next(stored) for outcome in outcomes]))

    def _take(self, item: object, source: str) -> Event | None:
        """The event to store, or None where it is excluded. Raises EventError, StepError."""
        when: Moment | None = None
        passed: Passed | Excluded | None = None
        if type(item) is dict and (when := quick_when(item)):
            own = item.get("source", "")
            try:
                passed = self._known((*map(item.get, _TOLD, _LEFT_OUT), source if own == "" else own))
            except TypeError:  # what can't be hashed is no text
                passed = None
        if when is None or passed is None:
            when, seen = event_from_wire(item, source, when)
            check_when(when)
            check_texts(seen)
            passed = self._passage.first.make(seen_texts(seen), seen)
        if passed is EXCLUDED:
            return None
        (time, offset, duration, is_write), (subject, root) = when, passed
        if assumed := offset is None:
            offset = zone_in_force(self._timezone).offset(time)
        event = Event.on(subject, time, offset, duration, is_write, assumed)
        return self._passage.go_on(event, root) if self._passage.rest else event
