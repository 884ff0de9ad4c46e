"""The keeper: gets the service's store ready, and watches over it for as long as the service runs."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Literal

from timecode_core.accounting.ledger import Ledger
from timecode_core.accounting.terms import Terms
from timecode_core.accounting.upkeep import Progress, Upkeep
from timecode_core.errors import DamageError, StoppedError, TimecodeError, UnavailableError
from timecode_core.protocols import Guarded, Store, Transaction
from timecode_core.safekeeping.looking import look_through
from timecode_core.serving.pacing import half_speed
from timecode_core.serving.writer import Writer

_log = logging.getLogger("timecode.service")
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0
_TEND_S = 1.0
_FIRST_LOOK_S = 60.0
_NEXT_LOOK_S = 7 * 86_400.0


class Keeper:
    """A thread that brings totals up to date, tries again where that fails, and starts over when the data are lost.

    `progress` says what is going on until the store is ready, then nothing; `fault` what is wrong with the store.
    """

    def __init__(self, terms: Terms, store: Store, writer: Writer, ledger: Ledger, begin: Callable[[], None]) -> None:
        self._terms = terms
        self._store = store
        self._writer = writer
        self._ledger = ledger
        self._begin = begin
        self._state: Literal["due", "ready", "stuck"] = "due"
        self._error: Exception | None = None
        self._told = ""
        self._loss = ""
        self._begun = threading.Event()
        self._closing = threading.Event()
        self._next_look_at = time.monotonic() + _FIRST_LOOK_S
        self._look: threading.Thread | None = None
        self._thread = threading.Thread(target=self._run, name="timecode-keeper", daemon=True)
        self.progress = "starting"
        self.fault = ""
        self.warnings: tuple[str, ...] = ()
        """What of the store can't be read, or can't be told: the rest is served."""

    def start(self) -> None:
        """Begin. Where there is next to nothing to do, as on most days, the store is ready when this returns."""
        with suppress(TimecodeError):  # the thread meets it again, and tells
            if self._is_quick():
                self._attempt(_FIRST_PAUSE_S)
        self._thread.start()

    def _is_quick(self) -> bool:
        if isinstance(self._store, Guarded) and self._store.doubt:
            return False
        with self._store.reading() as reader:
            upkeep = Upkeep.due(reader.metadata(), self._terms, self._ledger)
            return not upkeep.needed or not reader.count()

    def wait(self, timeout_s: float | None) -> None:
        """Return once an attempt to get ready has ended well. Raises what it ended with, or TimeoutError."""
        if not self._begun.wait(timeout_s):
            raise TimeoutError(self.progress)
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        """End the thread, and a look that is under way."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()
        if self._look is not None:  # the other thread, which begins it, has ended
            self._look.join()

    def _run(self) -> None:
        pause = _FIRST_PAUSE_S
        if not self._begun.is_set():
            self._attempt(pause)
        next_at = time.monotonic() + pause
        while not self._closing.wait(_TEND_S):
            if self._tend():
                pause = _FIRST_PAUSE_S
            elif self._state == "due" and time.monotonic() >= next_at - _TEND_S / 2:
                self._begun.clear()
                self.progress = "trying again to get ready"
                pause = min(pause * 2, _LONGEST_PAUSE_S)
            else:
                continue
            self._attempt(pause)
            next_at = time.monotonic() + pause

    def _attempt(self, pause: float) -> None:
        try:
            self._get_ready()
        except StoppedError:
            return
        except DamageError as error:
            self._fail(error, "stuck", f"{error}")
        except UnavailableError as error:
            self._fail(error, "due", f"it could not get ready, and tries again in {pause:.0f} s: {error}")
        except Exception as error:  # noqa: BLE001  (a thread's exception would go unseen)
            known = isinstance(error, TimecodeError)  # the text of any other may hold anybody's names
            self._fail(error, "stuck", f"it could not get ready: {error if known else type(error).__name__}")
        else:
            self._state, self._error, self.progress, self.fault = "ready", None, "", ""
            self._told = self._loss = ""
            self._begin()
        if self._state == "stuck" and isinstance(self._store, Guarded):
            self._loss = self._store.tend()  # until something becomes of that, another attempt would end alike
        self._begun.set()

    def _fail(self, error: Exception, state: Literal["due", "stuck"], progress: str) -> None:
        self._tell(str(error), progress)
        self._state, self._error, self.progress, self.fault = state, error, progress, str(error)

    def _tell(self, what: str, line: str) -> None:
        """Say what is wrong, unless it was the last thing to be said, here or by the writer."""
        if what not in (self._told, self._writer.fault):
            _log.error(line)
        self._told = what

    def _get_ready(self) -> None:
        if isinstance(self._store, Guarded) and self._store.tend():
            self._store.reopen()
            self._next_look_at = time.monotonic() + _NEXT_LOOK_S
        self._look_through(self._teller("looking through the database"))
        self._writer.run(self._catch_up)

    def _look_through(self, progress: Progress, *, always: bool = False) -> None:
        warnings = look_through(self._terms, self._store, progress, always=always)
        for warning in warnings:
            if warning not in self.warnings:
                _log.error(warning)
        self.warnings = warnings

    def _catch_up(self, transaction: Transaction) -> None:
        upkeep = Upkeep.due(transaction.metadata(), self._terms, self._ledger)
        if upkeep.needed:
            tell = self._teller(f"recomputing totals ({upkeep.reason})")
            if count := transaction.count():
                tell(0, count)
                _log.warning("recomputing totals (%s)", upkeep.reason)
            upkeep.do(transaction, self._ledger, tell)

    def _teller(self, what: str) -> Progress:
        def tell(done: int, count: int) -> None:
            self.progress = f"{what}: {done} of {count} events"
            if self._closing.is_set():
                raise StoppedError("the service is stopping.")

        return tell

    def _tend(self) -> bool:
        """Let the store do what it does now and then. Returns whether there is a reason to start over."""
        if not isinstance(self._store, Guarded):
            return False
        loss, before = self._store.tend(), self._loss
        self._loss = loss
        if loss and loss != before:  # else nothing has become of it since the last attempt
            self._tell(loss, loss)
            self._begun.clear()
            self._state, self.progress, self.fault = "due", loss, loss
            return True
        if self._state == "ready" and not loss and time.monotonic() >= self._next_look_at:
            self._next_look_at = time.monotonic() + _NEXT_LOOK_S
            self._look = threading.Thread(target=self._look_again, name="timecode-look", daemon=True)
            self._look.start()
        return False

    def _look_again(self) -> None:
        """Look the store through while it is served, at half speed, so that others get their turn."""
        try:
            self._look_through(half_speed(self._closing), always=True)
        except StoppedError:
            return
        except DamageError as error:
            self._fail(error, "stuck", str(error))
        except TimecodeError as error:  # what is wrong now may be over by the next time
            _log.warning("the database could not be looked through: %s", error)
