"""The store: the file, its one writer and its readers."""

from __future__ import annotations

import logging
import os
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import apsw
from timecode_core import Health, StoreError

from timecode_store_sqlite.backup import copy
from timecode_store_sqlite.connection import Connection
from timecode_store_sqlite.connections import Connections
from timecode_store_sqlite.examination import examine
from timecode_store_sqlite.hold import Hold, LostError
from timecode_store_sqlite.location import check_location, check_readable, make_file
from timecode_store_sqlite.locks import lock_of
from timecode_store_sqlite.log import check_log, check_there, log_bytes, log_of
from timecode_store_sqlite.marker import NO_RECORD, Mark, Marker
from timecode_store_sqlite.migration import check_version
from timecode_store_sqlite.reader import SqliteReader
from timecode_store_sqlite.schema import MIGRATIONS
from timecode_store_sqlite.settings import SqliteSettings
from timecode_store_sqlite.transaction import SqliteTransaction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_log = logging.getLogger("timecode.store")


class SqliteStore:
    """`timecode_core.protocols.Store` on one SQLite file.

    Opened for writing, it makes the file where it is missing and migrates an older one; for reading, it raises
    StoreError where there is none. One process writes, and holds the locks: BusyError for any other that would. Any may
    read. It belongs to the process that opened it.

    It satisfies `Guarded`, too: the file is watched, and once it isn't what its path names any more, nothing is read
    from it or written to it until `reopen`.
    """

    def __init__(
        self,
        path: Path,
        settings: SqliteSettings | None = None,
        *,
        writable: bool = True,
        migrations: tuple[str, ...] = MIGRATIONS,
        vfs: str | None = None,
    ) -> None:
        self._path = path
        self._pid = os.getpid()
        self._settings = settings or SqliteSettings()
        self._migrations = migrations
        self._vfs = vfs
        self._immutable = False
        self._closed = False
        self._doubt = ""
        self._missed = ""
        self._lost: StoreError | None = None
        self._opening = 0
        self._connections = Connections(self._open)
        self._hold: Hold | None = None
        self._write_lock = threading.Lock()
        check_location(path)
        marker = Marker(path.resolve())
        check_there(path.resolve(), marker.read())
        if writable:
            make_file(path)
            self._take_hold()
        else:
            self._open_to_read(marker)

    # --- Opening

    def _open(self, *, writes: bool) -> Connection:
        return Connection(
            self._path,
            writes=writes,
            busy_timeout_ms=self._settings.busy_timeout_ms,
            immutable=self._immutable,
            vfs=self._vfs,
        )

    def _take_hold(self) -> None:
        self._opening += 1
        saved = self._hold is not None and self._hold.saved
        self._hold = Hold(self._path, self._open, self._migrations, self._vfs, saved=saved)
        self._connections, self._doubt = self._hold.connections, self._hold.doubt

    def _open_to_read(self, marker: Marker) -> None:
        """Open a first reading connection. On a read-only disk, SQLite needs to be told that nobody writes."""
        check_readable(self._path)
        mark, served = self._read_mark(marker)
        if not (served and mark and mark.sound):
            self._doubt = mark.doubt(self._path.resolve()) if mark else NO_RECORD
        logged = log_of(self._path.resolve()).exists()
        try:
            revision = self._check_version()
        except StoreError as error:
            # A folder that can't be written; or a full disk, where SQLite has no room for the shared memory.
            closed = not os.access(self._path.parent, os.W_OK)
            full = not served and isinstance(error.__cause__, apsw.IOError | apsw.FullError)
            if not (full or (closed and isinstance(error.__cause__, apsw.CantOpenError | apsw.ReadOnlyError))):
                raise
            if log_bytes(self._path.resolve()):
                raise StoreError(
                    f"{self._path} has an unfinished log beside it, and nothing can be written there.",
                    remedy="Copy the folder to a writable place.",
                ) from error
            self._immutable = True
            revision = self._check_version()
        if mark and not served:
            self._missed = mark.missed(revision, logged=logged)
        if self._missed:  # by whoever comes first: once it was opened, there is a log again
            _log.warning("%s: %s.", self._path, self._missed)

    def _read_mark(self, marker: Marker) -> tuple[Mark | None, bool]:
        """The mark, and whether a process serves the file. Where none does, the log must be its own."""
        while True:
            mark = marker.read()
            served = lock_of(self._path).taken
            try:
                if not served:
                    check_log(self._path.resolve(), mark, self._vfs)
            except StoreError:
                if marker.read() == mark and not lock_of(self._path).taken:
                    raise  # else a service has just begun or ended, and all of it is to be seen anew
            else:
                return mark, served

    def _check_version(self) -> int:
        """Raise StoreError where the file is none of today's. Gives its revision."""
        with self._connections.reading() as connection:
            check_version(connection, self._migrations)
            return connection.revision

    # --- Reading and writing

    @contextmanager
    def reading(self) -> Iterator[SqliteReader]:
        """Open one consistent view, as of now. Any thread may; each reader has a connection to itself."""
        self._check_open()
        if self._lost is not None:
            raise self._lost
        if self._hold and (moved := self._hold.moved):
            raise self._hold.lost(moved)
        with self._connections.reading() as connection, self._noticing_loss():
            connection.rows("BEGIN")
            connection.rows("SELECT revision FROM state")  # a deferred BEGIN takes its view only at the first read
            yield SqliteReader(connection)

    @contextmanager
    def writing(self) -> Iterator[SqliteTransaction]:
        """Open the write transaction: durable when the context ends well, else as if it had never been."""
        if self._hold is None:
            raise StoreError(f"{self._path} was opened for reading only.")
        if not self._write_lock.acquire(timeout=self._settings.busy_timeout_ms / 1000):
            raise StoreError(f"{self._path}: another thread is writing.", remedy="Try again.")
        try:
            self._check_open()
            with self._using(self._hold) as hold:
                connection = hold.writer()
                try:
                    connection.rows("BEGIN IMMEDIATE")
                    hold.check_others(connection)
                    transaction = SqliteTransaction(connection)
                    yield transaction
                    transaction.finish()
                    connection.rows("COMMIT")
                except BaseException as error:
                    # A connection that is given up is followed by one to a file that has been looked at.
                    hold.undone(usable=connection.rollback() and not isinstance(error.__cause__, apsw.IOError))
                    raise
                hold.committed()
            with suppress(StoreError), self._noticing_loss():  # it stands; what the fold has met, the next one meets
                hold.fold(0 if transaction.deleted else self._settings.wal_limit_bytes)
        finally:
            self._write_lock.release()

    @contextmanager
    def _using(self, hold: Hold) -> Iterator[Hold]:
        """The hold on a file that is what it was; else it is let go, and the loss raised."""
        if self._lost is not None:
            hold.let_go()
            raise self._lost
        with self._noticing_loss():
            hold.check()
            yield hold

    @contextmanager
    def _noticing_loss(self) -> Iterator[None]:
        """A file that was lost or damaged is used by nobody from then on."""
        try:
            yield
        except StoreError as error:
            if isinstance(error, LostError) or isinstance(error.__cause__, apsw.CorruptError | apsw.NotADBError):
                self._lost = error
            raise

    # --- What becomes of the file meanwhile: `Guarded`

    @property
    def doubt(self) -> str:
        """Why the file is to be looked through before it is served; empty where nothing speaks for that."""
        return self._doubt

    def check(self) -> list[str]:
        """Say what is wrong with the file itself, a line each. Reads all of it."""
        try:
            with self.reading() as reader:
                return examine(reader.connection, self._migrations)
        except StoreError as error:
            return [str(error.args[0]).rstrip(".")]

    @property
    def opening(self) -> int:
        """Changes with every `reopen`."""
        return self._opening

    def judge(self, opening: int, *, sound: bool) -> bool:
        """Note what a look through the file has found. False where it was another opening of it."""
        with self._write_lock:
            if opening != self._opening:
                return False
            self._doubt = "" if sound else "damage was found in it"
            if self._hold:
                with suppress(StoreError), self._noticing_loss():
                    self._hold.judge(sound=sound)
            return True

    def tend(self) -> str:
        """Fold the log where nobody has written for a while. Gives why the file can't be used any more, if it can't."""
        if self._hold and self._write_lock.acquire(blocking=False):
            try:
                with suppress(StoreError), self._using(self._hold) as hold:
                    hold.fold_when_idle()
            finally:
                self._write_lock.release()
        if self._lost is None:
            return ""
        told = str(self._lost)
        if self._hold:
            since = self._hold.moved
            told += f" Now {since}." if since and since not in told else ""
            told += f" {self._hold.unsaved}" if self._hold.unsaved else ""
        return told

    def reopen(self) -> None:
        """Take the file anew that is in its place now, as one that was never seen. Raises StoreError."""
        with self._write_lock:
            if self._lost is None or self._hold is None:
                return
            self._hold.let_go()
            if self._hold.unsaved:
                raise StoreError(self._lost.args[0], remedy=self._hold.unsaved) from self._lost
            if not self._path.exists():
                raise self._lost
            self._hold.make_way()
            self._hold.release()
            try:
                self._take_hold()
            except StoreError:
                self._hold.note()
                raise
            self._lost = None

    # --- The rest of its life

    def backup(self, path: Path) -> None:
        """Write a consistent copy to a file, 0600, that must not exist. Readers and the writer go on meanwhile."""
        with self.reading() as reader:
            copy(reader.connection, path)

    def health(self) -> Health:
        """How the store is: its path, bytes (with the log's), events and SQLite's version; never raises."""
        details: dict[str, str | int] = {"path": str(self._path), "sqlite": apsw.sqlite_lib_version()}
        try:
            with suppress(OSError):
                status = self._path.stat()
                details["bytes"] = status.st_size
                details["wal_bytes"] = log_bytes(self._path.resolve())
                if status.st_nlink > 1 and self._hold and self._path.is_file():
                    details["warning"] = f"{self._path} has a second name (a hard link): remove it."
            if warning := self._hold.warning if self._hold else self._missed:
                details["warning"] = warning
            with self.reading() as reader:
                details["events"] = reader.count()
        except Exception as error:  # noqa: BLE001  (health is asked for when all else fails)
            return Health(ok=False, error=str(error), details=details)
        return Health(ok=True, details=details)

    def close(self) -> None:
        """Fold the log into the database and give every connection back. Readers still out end on their own."""
        if self._closed or os.getpid() != self._pid:
            return  # a fork leaves its parent's connections alone: closing them there could harm the parent's
        self._closed = True
        with self._write_lock:
            if self._hold is None:
                self._connections.end_reading()
                return
            with suppress(StoreError), self._using(self._hold):
                pass  # what was lost meanwhile is let go, as ever
            self._hold.close(lost=self._lost is not None)

    def _check_open(self) -> None:
        if os.getpid() != self._pid:  # two processes on one connection corrupt the file
            raise StoreError(
                f"{self._path} was opened by process {self._pid}, not by its fork.", remedy="Open it after the fork."
            )
        if self._closed:
            raise StoreError(f"{self._path} is closed.")
