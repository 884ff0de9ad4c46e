"""The intake: from what a source submits to a receipt, event by event, so that a bad one costs the others nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from timecode_core.errors import EventError, StepError
from timecode_core.event import Event
from timecode_core.observation import Observation
from timecode_core.protocols import Step
from timecode_core.receipt import Outcome, Receipt, Stored
from timecode_core.steps.validate import validate
from timecode_core.wire import observation_from_wire
from timecode_core.writer import Writer

T = TypeVar("T")
_log = logging.getLogger("timecode.intake")
_EXCLUDED = Outcome("excluded")


class Intake:
    """Structures events, folds them through the steps in order, and has the rest stored."""

    def __init__(self, steps: Mapping[str, Step], writer: Writer) -> None:
        self._steps = tuple(steps.items())
        self._writer = writer

    def submit(self, items: Sequence[object], source: str) -> Receipt:
        """Store decoded wire events; see `protocols.Submit`. Raises UnavailableError: then none of them is stored."""
        prepared = [self._prepare(item, source) for item in items]
        events = [event for event in prepared if isinstance(event, Event)]
        stored = iter(self._writer.submit(events) if events else ())
        return Receipt(tuple(_outcome(next(stored)) if isinstance(event, Event) else event for event in prepared))

    def _prepare(self, item: object, source: str) -> Event | Outcome:
        try:
            observation = observation_from_wire(item, source)
            for name, step in self._steps:
                changed = self._pass(name, step, observation)
                if changed is None:
                    return _EXCLUDED
                observation = changed
            return self._pass("validate", _finish, observation)  # a step may have brought in what can't be stored
        except EventError as error:
            return Outcome("rejected", error=str(error))

    @staticmethod
    def _pass(name: str, step: Callable[[Observation], T], observation: Observation) -> T:
        try:
            return step(observation)
        except EventError:
            raise
        except Exception as error:
            _log.exception("the step %s failed", name)
            raise StepError(
                f"the step {name!r} failed ({type(error).__name__}); nothing of the batch was stored."
            ) from error


def _finish(observation: Observation) -> Event:
    return validate(observation).to_event()


def _outcome(stored: Stored) -> Outcome:
    return Outcome("stored" if stored.new else "duplicate", stored.id.hex())
