"""The store: the file, its one writer and its readers."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import apsw
from timecode_core.errors import StoreError
from timecode_core.lock import FileLock
from timecode_core.protocols import Health

from timecode_store_sqlite.backup import copy
from timecode_store_sqlite.connection import Connection
from timecode_store_sqlite.migration import check_version, migrate
from timecode_store_sqlite.place import check_place, lock_of, make_file
from timecode_store_sqlite.reader import SqliteReader
from timecode_store_sqlite.schema import MIGRATIONS
from timecode_store_sqlite.settings import SqliteSettings
from timecode_store_sqlite.transaction import SqliteTransaction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

IDLE_READERS = 4
"""How many reading connections are kept for the next reader; more are opened as they are needed."""


class SqliteStore:
    """`timecode_core.protocols.Store` on one SQLite file.

    Opened for writing, it makes the file where it is missing and migrates an older one; for reading, it raises
    StoreError where there is none. One process writes, and holds the lock beside the file: BusyError for any other that
    would. Any may read. It belongs to the process that opened it.
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
        self._writable = writable
        self._vfs = vfs
        self._immutable = False
        self._closed = False
        self._writer: Connection | None = None
        self._lock: FileLock | None = None
        self._write_lock = threading.Lock()
        self._idle: list[Connection] = []
        self._idle_lock = threading.Lock()
        check_place(path, writable=writable)
        if writable:
            make_file(path)
            self._lock = lock = lock_of(path)
            lock.acquire()
            try:
                self._writer = self._open(writes=True)
                migrate(self._writer, migrations)
            except BaseException:
                if self._writer is not None:
                    self._writer.close()
                lock.release()
                raise
        else:
            connection = self._open_to_read()
            try:
                check_version(connection, migrations)
            except BaseException:
                connection.close()
                raise
            self._idle.append(connection)

    @contextmanager
    def reading(self) -> Iterator[SqliteReader]:
        """Open one consistent view, as of now. Any thread may; each reader has a connection to itself."""
        connection = self._reader()
        try:
            connection.rows("BEGIN")
            connection.rows("SELECT revision FROM state")  # a deferred BEGIN takes its view only at the first read
            yield SqliteReader(connection)
        finally:
            if not connection.rollback() or self._closed or not self._keep(connection):
                connection.close()

    @contextmanager
    def writing(self) -> Iterator[SqliteTransaction]:
        """Open the write transaction: durable when the context ends well, else as if it had never been."""
        if not self._writable:
            raise StoreError(f"{self._path} was opened for reading only.")
        if not self._write_lock.acquire(timeout=self._settings.busy_timeout_ms / 1000):
            raise StoreError(f"{self._path}: another thread is writing.", remedy="Try again.")
        try:
            connection = self._usable_writer()
            try:
                connection.rows("BEGIN IMMEDIATE")
                transaction = SqliteTransaction(connection)
                yield transaction
                transaction.finish()
                connection.rows("COMMIT")
            except BaseException as error:
                if not connection.rollback() or isinstance(error.__cause__, apsw.IOError | apsw.CorruptError):
                    self._writer = None  # the next transaction opens the file anew, and looks it through
                    connection.close()
                raise
            if transaction.deleted or self._wal_bytes() > self._settings.wal_limit_bytes:
                connection.truncate_wal()
        finally:
            self._write_lock.release()

    def backup(self, path: Path) -> None:
        """Write a consistent copy to a file, 0600, that must not exist. Readers and the writer go on meanwhile."""
        connection = self._reader()
        try:
            copy(connection, path)
        finally:
            if not self._keep(connection):
                connection.close()

    def health(self) -> Health:
        """How the store is: its path, bytes (with the log's), events and SQLite's version; never raises."""
        details: dict[str, str | int] = {"path": str(self._path), "sqlite": apsw.sqlite_lib_version()}
        try:
            with suppress(OSError):
                details["bytes"] = self._path.stat().st_size
                details["wal_bytes"] = self._wal_bytes()
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
        with self._idle_lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()
        with self._write_lock:
            writer, self._writer = self._writer, None
        if writer is not None:
            writer.truncate_wal()
            writer.close()
        if self._lock is not None:
            self._lock.release()

    def _usable_writer(self) -> Connection:
        self._check_open()
        if self._writer is None:
            connection = self._open(writes=True)
            try:
                connection.check_whole()
            except BaseException:
                connection.close()
                raise
            self._writer = connection
        return self._writer

    def _reader(self) -> Connection:
        self._check_open()
        with self._idle_lock:
            connection = self._idle.pop() if self._idle else None
        if connection is None:
            return self._open(writes=False)
        return connection

    def _keep(self, connection: Connection) -> bool:
        with self._idle_lock:
            if self._closed or len(self._idle) >= IDLE_READERS:
                return False
            self._idle.append(connection)
            return True

    def _open(self, *, writes: bool) -> Connection:
        return Connection(
            self._path,
            writes=writes,
            busy_timeout_ms=self._settings.busy_timeout_ms,
            immutable=self._immutable,
            vfs=self._vfs,
        )

    def _open_to_read(self) -> Connection:
        """Open a first reading connection. On a read-only disk, SQLite needs to be told that nobody writes."""
        try:
            connection = self._open(writes=False)
            try:
                connection.rows("SELECT count(*) FROM sqlite_schema")
            except BaseException:
                connection.close()
                raise
        except StoreError as error:
            if os.access(self._path.parent, os.W_OK) or not isinstance(
                error.__cause__, apsw.CantOpenError | apsw.ReadOnlyError
            ):
                raise
            if self._wal_bytes():
                raise StoreError(
                    f"{self._path} has an unfinished log beside it, and its folder can't be written.",
                    remedy="Copy the folder to a writable place.",
                ) from error
            self._immutable = True
            return self._open(writes=False)
        return connection

    def _check_open(self) -> None:
        if os.getpid() != self._pid:  # two processes on one connection corrupt the file
            raise StoreError(
                f"{self._path} was opened by process {self._pid}, not by its fork.", remedy="Open it after the fork."
            )
        if self._closed:
            raise StoreError(f"{self._path} is closed.")

    def _wal_bytes(self) -> int:
        try:
            return os.stat(f"{self._path}-wal").st_size  # noqa: PTH116  (after every commit: a Path costs more than the call)
        except OSError:
            return 0
