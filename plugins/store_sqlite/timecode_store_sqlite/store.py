"""The store: the file, its one writer and its readers."""

from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING

import apsw
import attrs
from timecode_core.errors import StoreError
from timecode_core.protocols import Health

from timecode_store_sqlite.backup import copy
from timecode_store_sqlite.connection import Connection
from timecode_store_sqlite.connections import Connections
from timecode_store_sqlite.examination import examine
from timecode_store_sqlite.footing import Footing
from timecode_store_sqlite.locks import Locks, lock_of
from timecode_store_sqlite.log import check_log, check_there
from timecode_store_sqlite.marker import Mark, Marker
from timecode_store_sqlite.migration import check_version, migrate
from timecode_store_sqlite.place import check_names, check_place, check_readable, close_to_others, make_file
from timecode_store_sqlite.reader import SqliteReader
from timecode_store_sqlite.schema import MIGRATIONS
from timecode_store_sqlite.settings import SqliteSettings
from timecode_store_sqlite.transaction import SqliteTransaction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

IDLE_S = 1.0
"""How long after the last write the log is folded."""
_NO_RECORD = "nothing tells how it was last closed"


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
        self._file = path.resolve()
        self._pid = os.getpid()
        self._settings = settings or SqliteSettings()
        self._writable = writable
        self._migrations = migrations
        self._vfs = vfs
        self._immutable = False
        self._closed = False
        self._doubt = ""
        self._lost: StoreError | None = None
        self._opening = 0
        self._others = 0
        self._unmarked = ""
        self._mark = Mark("open", sound=True, low=0, high=0)
        self._marker = Marker(self._file)
        self._footing = Footing(path, self._file)
        self._locks = Locks(path)
        self._connections = Connections(self._open)
        self._write_lock = threading.Lock()
        self._written_at = time.monotonic()
        self._folded = datetime.now()  # noqa: DTZ005  (for a person to read)
        check_place(path)
        check_there(self._file, self._marker.read())
        if writable:
            make_file(path)
            self._open_to_write()
        else:
            self._open_to_read()

    # --- Opening

    def _open(self, *, writes: bool) -> Connection:
        return Connection(
            self._path,
            writes=writes,
            busy_timeout_ms=self._settings.busy_timeout_ms,
            immutable=self._immutable,
            vfs=self._vfs,
        )

    def _open_to_write(self) -> None:
        """Take the locks, see whose the log is, and open the one connection that writes."""
        check_there(self._file, self._marker.read())
        check_names(self._path)
        self._opening += 1
        self._footing.note()
        self._locks.acquire()
        connections = Connections(self._open)
        try:
            mark = self._marker.read()
            new = mark is None and not self._path.stat().st_size
            check_log(self._file, mark, self._vfs)
            self._doubt = "" if new else mark.doubt(self._file) if mark else _NO_RECORD
            writer = connections.open_writer()
            migrate(writer, self._migrations)
            close_to_others(self._file)
            self._locks.check()
            self._mark = Mark("open", not self._doubt, mark.low if mark else 0, _revision(writer))
            self._others = writer.others
            self._fold(writer)
        except BaseException:
            if connections.writer is not None:
                connections.writer.abandon()
            self._locks.release()
            raise
        self._connections = connections

    def _open_to_read(self) -> None:
        """Open a first reading connection. On a read-only disk, SQLite needs to be told that nobody writes."""
        check_readable(self._path)
        mark, served = self._read_mark()
        if not (served and mark and mark.sound):
            self._doubt = mark.doubt(self._file) if mark else _NO_RECORD
        try:
            self._check_version()
        except StoreError as error:
            # A folder that can't be written; or a full disk, where SQLite has no room for the shared memory.
            closed = not os.access(self._path.parent, os.W_OK)
            full = not served and isinstance(error.__cause__, apsw.IOError | apsw.FullError)
            if not (full or (closed and isinstance(error.__cause__, apsw.CantOpenError | apsw.ReadOnlyError))):
                raise
            if self._footing.log_bytes:
                raise StoreError(
                    f"{self._path} has an unfinished log beside it, and nothing can be written there.",
                    remedy="Copy the folder to a writable place.",
                ) from error
            self._immutable = True
            self._check_version()

    def _read_mark(self) -> tuple[Mark | None, bool]:
        """The mark, and whether a process serves the file. Where none does, the log must be its own."""
        while True:
            mark = self._marker.read()
            served = lock_of(self._path).taken
            try:
                if not served:
                    check_log(self._file, mark, self._vfs)
            except StoreError:
                if self._marker.read() == mark and not lock_of(self._path).taken:
                    raise  # else a service has just begun or ended, and all of it is to be seen anew
            else:
                return mark, served

    def _check_version(self) -> None:
        with self._connections.reading() as connection:
            check_version(connection, self._migrations)

    # --- Reading and writing

    @contextmanager
    def reading(self) -> Iterator[SqliteReader]:
        """Open one consistent view, as of now. Any thread may; each reader has a connection to itself."""
        self._check_open()
        if self._lost is not None:
            raise self._lost
        if self._writable and (moved := self._footing.moved):
            raise self._misplaced(moved)
        with self._connections.reading() as connection, self._noticing_damage():
            connection.rows("BEGIN")
            connection.rows("SELECT revision FROM state")  # a deferred BEGIN takes its view only at the first read
            yield SqliteReader(connection)

    @contextmanager
    def writing(self) -> Iterator[SqliteTransaction]:
        """Open the write transaction: durable when the context ends well, else as if it had never been."""
        if not self._writable:
            raise StoreError(f"{self._path} was opened for reading only.")
        if not self._write_lock.acquire(timeout=self._settings.busy_timeout_ms / 1000):
            raise StoreError(f"{self._path}: another thread is writing.", remedy="Try again.")
        try:
            self._check_open()
            self._check_footing()
            connection = self._usable_writer()
            try:
                with self._noticing_damage():
                    connection.rows("BEGIN IMMEDIATE")
                    self._check_others(connection)
                    transaction = SqliteTransaction(connection)
                    yield transaction
                    transaction.finish()
                    connection.rows("COMMIT")
            except BaseException as error:
                if not connection.rollback() or isinstance(error.__cause__, apsw.IOError):
                    self._connections.drop_writer()  # the next transaction opens the file anew, and looks it through
                self._footing.settle()  # what was undone may stand in the log
                raise
            if transaction.revision_given:
                self._mark = attrs.evolve(self._mark, high=transaction.revision_given)
            if fault := self._footing.settle():
                self._lost = self._misplaced(fault)
                self._let_go()
                raise self._lost
            self._written_at = time.monotonic()
            if transaction.deleted or self._footing.log_bytes > self._settings.wal_limit_bytes:
                with suppress(StoreError):  # the transaction stands; what the fold has met, the next one meets
                    self._fold(connection)
        finally:
            self._write_lock.release()

    def _usable_writer(self) -> Connection:
        if self._connections.writer is None:
            connection = self._connections.open_writer()
            try:
                with self._noticing_damage():
                    connection.check_whole()
            except BaseException:
                self._connections.drop_writer()
                raise
            self._others = connection.others
        assert self._connections.writer is not None  # noqa: S101  (just opened)
        return self._connections.writer

    def _check_others(self, writer: Connection) -> None:
        """Raise StoreError where another program has committed since the last time: nothing may build on that."""
        if writer.others != self._others:
            self._lost = self._misplaced(f"another program has changed {self._path}")
            raise self._lost

    def _fold(self, writer: Connection, *, marking: bool = True) -> bool:
        """Fold the log into the database. False where that is not done: the log is as good as the database.

        The marker is told before and after, so that it holds at any moment.
        """
        if marking and not self._write_mark():
            return False
        folded = writer.fold()
        if folded:
            self._mark = attrs.evolve(self._mark, low=self._mark.high)
            self._folded = datetime.now()  # noqa: DTZ005  (for a person to read)
            if marking:
                self._write_mark()
        self._check_others(writer)
        self._footing.note()
        return folded

    def _write_mark(self) -> bool:
        """Whether the marker holds, or at least there is none that doesn't."""
        try:
            self._marker.write(self._mark)
        except StoreError as error:
            self._unmarked = str(error)
            return self._marker.drop()
        self._unmarked = ""
        return True

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
            if self._writable:
                self._mark = attrs.evolve(self._mark, sound=sound)
                self._write_mark()
            return True

    def tend(self) -> str:
        """Fold the log where nobody has written for a while. Gives why the file can't be used any more, if it can't."""
        if self._writable and self._write_lock.acquire(blocking=False):
            try:
                with suppress(StoreError):
                    self._check_footing()
                    writer = self._connections.writer
                    if writer and self._footing.log_bytes and time.monotonic() - self._written_at >= IDLE_S:
                        self._fold(writer)
            finally:
                self._write_lock.release()
        if self._lost is None:
            return ""
        since = self._footing.moved
        return f"{self._lost} Now {since}." if since and since not in str(self._lost) else str(self._lost)

    def reopen(self) -> None:
        """Take the file anew that is in its place now, as one that was never seen. Raises StoreError."""
        with self._write_lock:
            if self._lost is None:
                return
            self._let_go()
            if not self._path.exists():
                raise self._lost
            self._locks.release()
            self._file = self._path.resolve()
            self._locks = Locks(self._path)
            self._footing = Footing(self._path, self._file)
            self._marker = Marker(self._file)
            self._open_to_write()
            self._lost = None

    def _check_footing(self) -> None:
        """Raise StoreError, and let go of the file, where it isn't what its path names, or somebody has changed it."""
        if self._lost is None and (fault := self._footing.fault or self._locks.fault):
            self._lost = self._misplaced(fault)
        if self._lost is not None:
            self._let_go()
            raise self._lost

    @contextmanager
    def _noticing_damage(self) -> Iterator[None]:
        """A damaged file is used by nobody from then on."""
        try:
            yield
        except StoreError as error:
            if isinstance(error.__cause__, apsw.CorruptError | apsw.NotADBError):
                self._lost = error
            raise

    def _let_go(self) -> None:
        """Save what can be saved, and give every connection up.

        What was acknowledged may be in a log that is found beside its database no more: it is folded into that. A log
        that still lies beside it is left for the next who opens it.
        """
        parted = self._footing.log_moved or self._footing.database_moved
        connections, self._connections = self._connections, Connections(self._open)
        if connections.writer is not None and parted and self._footing.log_is_whole:
            with suppress(StoreError):
                self._fold(connections.writer, marking=not self._footing.database_moved)
        connections.drop_writer()
        connections.end_reading()

    def _misplaced(self, fault: str) -> StoreError:
        since = "" if self._footing.log_is_whole else f" and what came in since {self._folded:%H:%M:%S} may be lost"
        return StoreError(
            f"{fault}, so that nothing is stored now{since}.",
            remedy="The database is taken up again once it is in its place and has been looked through.",
        )

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
                details["wal_bytes"] = self._footing.log_bytes
                if status.st_nlink > 1 and self._writable:
                    details["warning"] = f"{self._path} has a second name (a hard link): remove it."
            if self._unmarked:
                details["warning"] = self._unmarked
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
            if self._writable:
                with suppress(StoreError):
                    self._check_footing()
            self._connections.end_reading()
            if (writer := self._connections.writer) is not None:
                with suppress(StoreError):
                    self._close_writer(writer)
                self._connections.writer = None
            self._locks.release()

    def _close_writer(self, writer: Connection) -> None:
        try:
            folded = self._fold(writer)
        except StoreError:
            writer.abandon()
            raise
        if not folded:
            writer.abandon()  # SQLite would fold the log as it closes, and the marker not know
            return
        writer.close()
        self._note_closed()

    def _note_closed(self) -> None:
        """Leave a record of a file that was closed in good order: its log is empty, and it was never in doubt."""
        if self._mark.sound and self._mark.low == self._mark.high:
            with suppress(OSError, apsw.Error, StoreError):
                self._marker.write(self._mark.closed(self._file))

    def _check_open(self) -> None:
        if os.getpid() != self._pid:  # two processes on one connection corrupt the file
            raise StoreError(
                f"{self._path} was opened by process {self._pid}, not by its fork.", remedy="Open it after the fork."
            )
        if self._closed:
            raise StoreError(f"{self._path} is closed.")


def _revision(connection: Connection) -> int:
    row = connection.one("SELECT revision FROM state")
    return int(row[0]) if row else 0
