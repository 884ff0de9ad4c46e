"""The writer: the one thread that changes the store, many submitters in one transaction."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from itertools import chain
from typing import Any, TypeVar

from attrs import define, field

from timecode_core.accounting.ledger import Added, Ledger
from timecode_core.errors import BusyError, StoreError, TimecodeError
from timecode_core.event import Event
from timecode_core.protocols import Store, Transaction
from timecode_core.receipt import Stored

T = TypeVar("T")

SMALL = 100
"""Submissions of at most so many events go first: a person's editor waits for them."""
GROUP = 4_000
"""At most so many events share a transaction, so that nobody waits long for others (a larger submission goes alone)."""

_log = logging.getLogger("timecode.writer")


@define(eq=False)
class _Submission:
    events: Sequence[Event]
    done: Future[list[Stored]] = field(factory=Future)


class Writer:
    """Takes submissions from any thread; commits those that wait together. If that fails, each is tried by itself."""

    def __init__(self, store: Store, ledger: Ledger) -> None:
        self._store = store
        self._ledger = ledger
        self._wake = threading.Condition()
        self._jobs: deque[tuple[Callable[[Transaction], Any], Future[Any]]] = deque()
        self._waiting: list[_Submission] = []
        self._large_next = False
        self._closing = False
        self._told = ""
        self.fault = ""
        """Why the last transaction failed; empty once one has succeeded."""
        self._thread = threading.Thread(target=self._loop, name="timecode-writer", daemon=True)
        self._thread.start()

    def submit(self, events: Sequence[Event]) -> list[Stored]:
        """What became of each event; returns once all are durable. Raises StoreError: then none is stored."""
        submission = _Submission(events)
        with self._wake:
            self._check_open()
            self._waiting.append(submission)
            self._wake.notify()
        return submission.done.result()

    def run(self, job: Callable[[Transaction], T]) -> Future[T]:
        """Have a job done in a transaction of its own, before any submission that waits."""
        done: Future[T] = Future()
        with self._wake:
            self._check_open()
            self._jobs.append((job, done))
            self._wake.notify()
        return done

    def _check_open(self) -> None:
        if self._closing:
            raise BusyError("the service is stopping.", remedy="Try again in a moment.")

    def close(self) -> None:
        """Finish what waits, then end the thread."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join()

    def _loop(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._jobs or self._waiting or self._closing)
                if self._jobs:
                    job, done = self._jobs.popleft()
                    group = None
                elif self._waiting:
                    group = self._take_group()
                else:
                    return
            if group is None:
                self._do(job, done)
            else:
                self._commit(group)

    def _take_group(self) -> list[_Submission]:
        """Small submissions first, then large ones in turn, so that neither starves the other."""
        small = [submission for submission in self._waiting if len(submission.events) <= SMALL]
        large = [submission for submission in self._waiting if len(submission.events) > SMALL]
        self._large_next = bool(large) and (self._large_next or not small)
        candidates = large if self._large_next else small
        self._large_next = not self._large_next
        group: list[_Submission] = []
        size = 0
        for submission in candidates:
            if group and size + len(submission.events) > GROUP:
                break
            group.append(submission)
            size += len(submission.events)
        taken = {id(submission) for submission in group}
        self._waiting = [submission for submission in self._waiting if id(submission) not in taken]
        return group

    def _commit(self, group: Sequence[_Submission]) -> None:
        began = False
        try:
            with self._store.writing() as transaction:
                began = True
                added = self._ledger.add(transaction, chain.from_iterable(submission.events for submission in group))
        except BaseException as error:  # noqa: BLE001  (even SystemExit: the submitters must hear of it, the thread go on)
            if len(group) == 1 or not began:  # where none could begin, none is at fault, and each would wait alike
                failure = self._failed(error)
                for submission in group:
                    submission.done.set_exception(failure)
            else:
                for submission in group:
                    self._commit([submission])
            return
        self._succeeded()
        for submission in group:
            submission.done.set_result([_claim(added, event.id) for event in submission.events])

    def _do(self, job: Callable[[Transaction], Any], done: Future[Any]) -> None:
        try:
            with self._store.writing() as transaction:
                result = job(transaction)
        except BaseException as error:  # noqa: BLE001  (as above)
            done.set_exception(self._failed(error))
        else:
            self._succeeded()
            done.set_result(result)

    def _failed(self, error: BaseException) -> TimecodeError:
        """Remember the failure until a transaction succeeds, and say it once."""
        failure = _translated(error)
        if not isinstance(failure, StoreError):
            return failure  # no fault of the store's
        if str(failure) != self._told:
            self._told = str(failure)
            _log.error("events could not be stored: %s", failure)
        self.fault = str(failure)
        return failure

    def _succeeded(self) -> None:
        if self.fault:
            self.fault = ""
            _log.warning("events are stored again")


def _claim(added: Added, event_id: bytes) -> Stored:
    """What became of an event. It is new to the first that asks: the submission that brought it."""
    if event_id not in added.new:
        return Stored(added.known_as.get(event_id, event_id), new=False)
    added.new.remove(event_id)
    return Stored(event_id, new=True)


def _translated(error: BaseException) -> TimecodeError:
    if isinstance(error, TimecodeError):
        return error
    _log.error("the store failed unexpectedly", exc_info=error)
    translated = StoreError(f"the store failed unexpectedly ({type(error).__name__}); nothing of the batch was stored.")
    translated.__cause__ = error
    return translated
