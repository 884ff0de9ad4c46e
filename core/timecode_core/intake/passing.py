"""How events pass the steps: a run of steps on the subject alone is passed once a subject, and remembered."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Mapping
from enum import Enum
from typing import TypeVar

from timecode_core.errors import EventError, StepError
from timecode_core.event import Event
from timecode_core.intake.checks import check_texts, check_when
from timecode_core.intake.memo import Memo
from timecode_core.protocols import EventStep, Step, SubjectStep
from timecode_core.subject import Seen, Subject, seen_texts

A = TypeVar("A")
Passed = tuple[Subject, str]
"""What a run has made of a subject, and the root by which later steps may make its entity relative."""


class Excluded(Enum):
    """What a run gives for a subject that it leaves out."""

    EXCLUDED = 0


EXCLUDED = Excluded.EXCLUDED

_log = logging.getLogger("timecode.intake")


class SubjectSteps:
    """Steps on the subject, one after the other. What they accept or exclude is remembered; what they refuse is not."""

    def __init__(self) -> None:
        self._steps: dict[str, SubjectStep] = {}
        self._memo = Memo[Hashable, Passed | Excluded]()
        self.known: Callable[[Hashable], Passed | Excluded | None] = self._memo.get
        """What is remembered of the subject with that key; None where nothing is. Raises TypeError for no key."""

    def add(self, name: str, step: SubjectStep) -> None:
        """Add a step at the end."""
        self._steps[name] = step

    def make(self, key: Hashable, seen: Seen) -> Passed | Excluded:
        """What the steps make of the subject. Raises EventError, StepError."""
        characters = sum(map(len, seen_texts(seen)))
        for name, step in self._steps.items():
            changed = _through(name, step, seen, _be_seen)
            if changed is None:
                self._memo.put(key, EXCLUDED, characters)
                return EXCLUDED
            seen = changed
        check_texts(seen)  # a step may have brought in what can't be stored
        passed = seen.subject(), seen.project_root
        self._memo.put(key, passed, characters)
        return passed


class Passage:
    """All steps in their order: a first run; then, again and again, one that needs the instant, and a run after it."""

    def __init__(self, steps: Mapping[str, Step]) -> None:
        self.first = SubjectSteps()
        self.rest: list[tuple[str, EventStep, SubjectSteps]] = []
        run = self.first
        for name, step in steps.items():
            if isinstance(step, EventStep):
                run = SubjectSteps()
                self.rest.append((name, step, run))
            else:
                run.add(name, step)

    def go_on(self, event: Event, root: str) -> Event | None:
        """Pass an event whose subject has passed the first run; None where it is excluded. Raises as `make`."""
        for name, step, run in self.rest:
            changed = _through(name, step.of, event, _be_event)
            if changed is None:
                return None
            check_when(changed)
            key = changed.subject, root
            passed = run.known(key) or run.make(key, changed.subject.seen(root))
            if passed is EXCLUDED:
                return None
            subject, root = passed
            event = changed.evolve(subject=subject)  # with the id that follows, however the step made it
        return event


def _through(name: str, step: Callable[[A], A | None], what: A, check: Callable[[A], None]) -> A | None:
    """What the step makes of it. A step that gives what can be no such thing has failed, as one that raises has."""
    try:
        changed = step(what)
        if changed is not None and changed is not what:
            check(changed)
    except EventError:
        raise
    except Exception as error:
        _log.exception("the step %s failed", name)
        raise StepError(
            f"the step {name!r} failed ({type(error).__name__}); nothing of the batch was stored."
        ) from error
    else:
        return changed


def _be_seen(made: Seen) -> None:
    if type(made) is not Seen or not all(issubclass(kind, str) for kind in {*map(type, seen_texts(made))}):
        raise TypeError("a step on subjects must give one that it got or evolved, with texts, or None")


def _be_event(made: Event) -> None:
    kinds = type(made.time), type(made.utc_offset), type(made.duration), type(made.is_write), type(made.subject)
    if type(made) is not Event or kinds != (int, int, int, bool, Subject):
        raise TypeError("a step on events must give one that it got or evolved, with whole numbers, or None")
