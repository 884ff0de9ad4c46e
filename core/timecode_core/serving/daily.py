"""The daily backup, which the service makes by itself."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from timecode_core.errors import BusyError, StoppedError, TimecodeError
from timecode_core.protocols import Store
from timecode_core.safekeeping.backups import Backups
from timecode_core.safekeeping.retention import Backup
from timecode_core.serving.pacing import half_speed

_log = logging.getLogger("timecode.service")
FIRST_S = 120.0
"""How long after the start the first is made: whoever starts many times a day is not held up."""
EVERY_S = 60.0
"""How often it is looked whether one is due."""
PAUSE_S = 3600.0
"""How long after one that failed the next is tried."""


class DailyBackup:
    """A thread that makes a backup on each day on which something has changed. It packs at half speed."""

    def __init__(self, backups: Backups, store: Store, ready: Callable[[], bool], now: Callable[[], datetime]) -> None:
        self._backups = backups
        self._store = store
        self._ready = ready
        self._now = now
        self._closing = threading.Event()
        self._stale = threading.Event()
        self._thread = threading.Thread(target=self._run, name="timecode-backup", daemon=True)
        self.fault = ""
        """Why the last one failed; empty once one has succeeded."""

    def start(self) -> None:
        """Begin to look whether one is due."""
        self._thread.start()

    def give_up(self) -> None:
        """Give up one that is being made: what it holds was forgotten. Another is made in its place."""
        self._stale.set()

    def close(self) -> None:
        """End the thread; a backup that is being made is given up."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        pause = FIRST_S
        while not self._closing.wait(pause):
            pause = EVERY_S
            try:
                self._make_if_due()
            except (StoppedError, BusyError):  # or somebody is making one, or rewriting them
                continue
            except TimecodeError as error:
                self._fail(str(error))
                pause = PAUSE_S
            except Exception as error:  # noqa: BLE001  (whatever it is, the next day has another)
                self._fail(type(error).__name__, error)
                pause = PAUSE_S

    def _fail(self, what: str, unforeseen: Exception | None = None) -> None:
        if what != self.fault:
            _log.warning("no backup could be made: %s", what, exc_info=unforeseen)
        self.fault = what

    def _make_if_due(self) -> None:
        if not self._ready() or not self._is_new_day(self._backups.all()):
            return
        self._stale.clear()
        with self._store.reading() as reader:
            empty = not reader.count()
        if empty or self._backups.has_all_of(self._store):
            return
        rest = half_speed(self._closing)

        def progress(done: int, count: int) -> None:
            if self._stale.is_set():
                raise StoppedError("what it holds was forgotten.")
            rest(done, count)

        made = self._backups.make(self._store, self._now(), progress)
        self.fault = ""
        _log.info("made the backup %s (%d bytes)", made.path.name, made.size)

    def _is_new_day(self, backups: list[Backup]) -> bool:
        """Whether none was made today, on the calendar of the zone in force."""
        now = self._now()
        return all(backup.made.astimezone(now.tzinfo).date() != now.date() for backup in backups)
