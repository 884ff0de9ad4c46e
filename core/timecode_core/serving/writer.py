"""The writer: the one way to change the store, on which many submitters share a transaction."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from itertools import chain
from typing import Any, TypeVar

from attrs import define, field

from timecode_core.accounting.ledger import Added, Ledger
from timecode_core.errors import BusyError, StoreError, TimecodeError
from timecode_core.event import Event
from timecode_core.protocols import Store, Transaction
from timecode_core.receipt import Outcome, kept

T = TypeVar("T")

SMALL = 100
"""Submissions of at most so many events go first: a person's editor waits for them."""
GROUP = 4_000
"""At most so many events share a transaction, so that nobody waits long for others (a larger submission goes alone)."""

_log = logging.getLogger("timecode.writer")


@define(eq=False)
class _Work:
    """What a thread has brought, and waits for: until it is done, or until it is that thread's turn to write."""

    turn: threading.Lock = field(factory=threading.Lock, init=False)
    done: Future[Any] = field(factory=Future, init=False)

    def settle(self, result: object) -> None:
        """Tell the thread what came of it, a failure too."""
        if isinstance(result, TimecodeError):
            self.done.set_exception(result)
        else:
            self.done.set_result(result)
        self.turn.release()


@define(eq=False)
class _Submission(_Work):
    events: Sequence[Event]


@define(eq=False)
class _Job(_Work):
    do: Callable[[Transaction], Any]


class Writer:
    """Takes submissions from any thread; commits those that wait together. If that fails, each is tried by itself.

    It has no thread of its own: whoever comes while nobody writes does, for all that wait meanwhile, until what they
    brought themselves is done. Then it is the turn of the next. A single event so waits for the disk alone.
    """

    def __init__(self, store: Store, ledger: Ledger) -> None:
        self._store = store
        self._ledger = ledger
        self._lock = threading.Lock()
        self._resting = threading.Condition(self._lock)
        self._jobs: deque[_Job] = deque()
        self._waiting: list[_Submission] = []
        self._large_next = False
        self._writing = False
        """Whether it is somebody's turn."""
        self._closing = False
        self._told = ""
        self.fault = ""
        """Why the last transaction failed; empty once one has succeeded."""

    def submit(self, events: Sequence[Event]) -> list[Outcome]:
        """What became of each event; returns once all are durable. Raises StoreError: then none is stored."""
        submission = _Submission(events)
        outcomes: list[Outcome] = self._finish(submission, self._waiting)
        return outcomes

    def run(self, job: Callable[[Transaction], T]) -> T:
        """What the job gives, done in a transaction of its own, before any submission that waits. Raises as it does."""
        result: T = self._finish(_Job(job), self._jobs)
        return result

    def close(self) -> None:
        """Take nothing more; return once all is done that waits."""
        with self._resting:
            self._closing = True
            self._resting.wait_for(lambda: not self._writing)

    def _finish(self, work: _Work, queue: list[Any] | deque[Any]) -> Any:  # noqa: ANN401
        """Queue the work, and return what came of it."""
        work.turn.acquire()
        with self._lock:
            if self._closing:
                raise BusyError("the service is stopping.", remedy="Try again in a moment.")
            queue.append(work)
            waits, self._writing = self._writing, True
        if waits:
            try:
                work.turn.acquire()  # given back by the thread that writes
            except KeyboardInterrupt:
                self._withdraw(work, queue)
                raise
        if not work.done.done():
            try:
                while not work.done.done():
                    self._write()
            finally:
                self._pass_on()
        return work.done.result()

    def _withdraw(self, work: _Work, queue: list[Any] | deque[Any]) -> None:
        """Nobody waits for the work any more; who has begun to write it may end that."""
        with self._lock:
            with suppress(ValueError):
                queue.remove(work)
            given = not work.turn.locked() and not work.done.done()
        if given:
            self._pass_on()

    def _pass_on(self) -> None:
        """It is the turn of one that waits, if any does."""
        with self._lock:
            following = next(iter((*self._jobs, *self._waiting)), None)
            if following:
                following.turn.release()
            else:
                self._writing = False
                self._resting.notify_all()

    def _write(self) -> None:
        with self._lock:
            job = self._jobs.popleft() if self._jobs else None
            group = [] if job else self._take_group()
        if job:
            self._do(job)
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
        # In place: who submits has a hold of the list.
        self._waiting[:] = [submission for submission in self._waiting if id(submission) not in taken]
        return group

    def _commit(self, group: Sequence[_Submission]) -> None:
        began = False
        try:
            with self._store.writing() as transaction:
                began = True
                added = self._ledger.add(transaction, chain.from_iterable(submission.events for submission in group))
        except BaseException as error:  # even SystemExit: those who wait must hear of it
            if len(group) == 1 or not began:  # where none could begin, none is at fault, and each would wait alike
                failure = self._failed(error, "events could not be stored")
                for submission in group:
                    submission.settle(failure)
            else:
                for submission in group:
                    self._commit([submission])
            if isinstance(error, KeyboardInterrupt):  # it is for the thread that happens to write
                raise
            return
        self._succeeded()
        for submission in group:
            submission.settle([_claim(added, event.id) for event in submission.events])

    def _do(self, job: _Job) -> None:
        try:
            with self._store.writing() as transaction:
                result = job.do(transaction)
        except BaseException as error:
            job.settle(self._failed(error, "what is stored could not be changed"))
            if isinstance(error, KeyboardInterrupt):
                raise
        else:
            self._succeeded()
            job.settle(result)

    def _failed(self, error: BaseException, what: str) -> TimecodeError:
        """Remember the failure until a transaction succeeds, and say it once."""
        failure = _translated(error)
        if not isinstance(failure, StoreError):
            return failure  # no fault of the store's
        if str(failure) != self._told:
            self._told = str(failure)
            _log.error("%s: %s", what, failure)
        self.fault = str(failure)
        return failure

    def _succeeded(self) -> None:
        if self.fault:
            self.fault = ""
            _log.warning("the store can be written to again")


def _claim(added: Added, event_id: bytes) -> Outcome:
    """What became of an event. It is new to the first that asks: the submission that brought it."""
    if event_id not in added.new:
        return kept(added.known_as.get(event_id, event_id), new=False)
    added.new.remove(event_id)
    return kept(event_id, new=True)


def _translated(error: BaseException) -> TimecodeError:
    if isinstance(error, TimecodeError):
        return error
    _log.error("the store failed unexpectedly", exc_info=error)
    translated = StoreError(f"the store failed unexpectedly ({type(error).__name__}); nothing of the batch was stored.")
    translated.__cause__ = error
    return translated
