"""The connection: one open SQLite connection, its pragmas, and its failures in the words of the core."""

from __future__ import annotations

import shutil
from contextlib import suppress
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import apsw
from timecode_core import StoreError, UnreadableError

from timecode_store_sqlite.frames import FRAME_HEAD, HEAD
from timecode_store_sqlite.label_sets import LabelSets

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from timecode_store_sqlite.layout import Layout

Row = tuple[Any, ...]

PRAGMAS = """
PRAGMA synchronous = FULL;
PRAGMA fullfsync = ON;
PRAGMA checkpoint_fullfsync = ON;
PRAGMA secure_delete = ON;
PRAGMA wal_autocheckpoint = 0;
"""
"""The log is folded by `fold` alone: the store then knows what the file itself holds."""
_SAVING = "`timecode restore FILE` puts a backup in its place, `timecode recover` saves what is left of it."
FROM_BACKUP = f"Stop the service: {_SAVING}"
"""Against damage. Never by hand: SQLite would write the log that lies there over a backup."""
_FULL = (apsw.FullError, "the disk is full", "Free some space; nothing was lost.")
_ROOM = 256 * 1024
_AT_ONCE = 50
"""How many rows are inserted with a statement, at most: more make it no quicker."""
_STATEMENTS = 512
"""How many prepared statements APSW keeps for who writes, the most it can. Each use takes another place, in a ring: so
many rows of one statement, and every other is prepared anew."""
_REMEDIES: tuple[tuple[type[apsw.Error], str, str], ...] = (
    _FULL,
    (apsw.NotADBError, "this is no SQLite database, or it is damaged", FROM_BACKUP),
    (apsw.CorruptError, "the file is damaged", FROM_BACKUP),
    (apsw.ReadOnlyError, "the file can't be written", "Check who owns it, and that its disk is writable."),
    (apsw.CantOpenError, "the file can't be opened", "Check that it and its folder are yours."),
    (apsw.PermissionsError, "access is denied", "Check that the file and its folder are yours."),
    (apsw.BusyError, "another process is writing to it", "Wait for it to end, and try again."),
    (apsw.LockedError, "another process is writing to it", "Wait for it to end, and try again."),
    (apsw.IOError, "the disk failed to read or write", "Check the disk."),
    (apsw.SQLError, "a part of it is missing", "Stop the service and run `timecode rebuild`."),
)
_FAULTS = (apsw.Error, OverflowError, UnicodeError, TypeError)


@lru_cache(32)
def _inserting(into: str, width: int, rows: int, conflict: str) -> str:
    row = f"({', '.join('?' * width)})"
    return f"{into} VALUES {', '.join([row] * rows)} {conflict}"


def store_error(path: Path, error: Exception) -> StoreError:
    """Say the same failure as a StoreError: which file, what, and what to do about it."""
    if isinstance(error, UnicodeDecodeError):
        remedy = f"Stop the service and run `timecode rebuild`; where that does not mend it, {_SAVING}"
        return UnreadableError(f"{path}: a text in it is no UTF-8.", remedy=remedy)
    if isinstance(error, apsw.IOError) and _is_full(path):  # no room for the shared memory, say
        return StoreError(f"{path}: {_FULL[1]} ({error}).", remedy=_FULL[2])
    for kind, what, remedy in _REMEDIES:
        if isinstance(error, kind):
            return StoreError(f"{path}: {what} ({error}).", remedy=remedy)
    return StoreError(f"{path}: {error}.")


def _is_full(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < _ROOM
    except OSError:
        return False


def damaged(path: Path, what: str) -> StoreError:
    """Say that the file is damaged, as SQLite's own finding would be said."""
    return store_error(path, apsw.CorruptError(what))


class Connection:
    """An open connection. It belongs to one thread at a time.

    Every failure of SQLite, and every value that it can't hold, raises StoreError from the original.
    """

    def __init__(
        self, path: Path, *, writes: bool, busy_timeout_ms: int, immutable: bool = False, vfs: str | None = None
    ) -> None:
        self.path = path
        self._writes = writes
        self._busy_timeout_ms = busy_timeout_ms
        name = f"file:{quote(str(path))}?immutable=1" if immutable else str(path)
        flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI if immutable else apsw.SQLITE_OPEN_READWRITE
        try:
            statements = {"statementcachesize": _STATEMENTS} if writes else {}
            self.raw = apsw.Connection(name, flags=flags, vfs=vfs, **statements)
        except apsw.Error as error:
            raise store_error(path, error) from error
        try:
            self.raw.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)  # whatever fails next
            self.raw.set_busy_timeout(busy_timeout_ms)
            self.raw.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
            self.raw.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
            self.raw.execute(PRAGMAS).fetchall()  # a pragma that answers halts the rest until it is read
            if not writes:
                self.raw.execute("PRAGMA query_only = ON")
            else:
                self._page_size = int(self.raw.pragma("page_size"))
                self.raw.set_wal_hook(self._note_log)
        except apsw.Error as error:
            self.raw.close(force=True)
            raise store_error(path, error) from error
        self.label_sets = LabelSets(self)
        self.written: set[Layout] = set()
        """The aggregations that are known to have a table. Forgotten at a rollback."""
        self.failed = False
        """Whether a statement has failed since the last rollback: its transaction may be there by half."""
        self.log_end: int | None = None
        """Where in its file the log ends, as far as this connection has written it. Behind that may be what it was."""

    def _note_log(self, _connection: apsw.Connection, _name: str, pages: int) -> int:
        self.log_end = HEAD + pages * (FRAME_HEAD + self._page_size)
        return apsw.SQLITE_OK

    def rows(self, sql: str, bindings: Sequence[object] = ()) -> list[Row]:
        """Give every row of the answer, fetched whole: an unfinished statement would hold its view of the file."""
        try:
            return self.raw.execute(sql, bindings).fetchall()
        except _FAULTS as error:
            self.failed = True
            raise store_error(self.path, error) from error

    def one(self, sql: str, bindings: Sequence[object] = ()) -> Row | None:
        """Give the first row of the answer, or None."""
        rows = self.rows(sql, bindings)
        return rows[0] if rows else None

    def insert(self, into: str, rows: Sequence[Sequence[object]], conflict: str = "") -> None:
        """Insert the rows, most of them many with a statement, which takes half of the time of a statement each.

        `into` is what stands before VALUES, `conflict` what may stand behind all rows.
        """
        whole = len(rows) - len(rows) % _AT_ONCE
        for begin in range(0, whole, _AT_ONCE):
            part = rows[begin : begin + _AT_ONCE]
            self.rows(_inserting(into, len(part[0]), _AT_ONCE, conflict), tuple(chain.from_iterable(part)))
        if rest := rows[whole:]:
            self.many(_inserting(into, len(rest[0]), 1, conflict), rest)

    def many(self, sql: str, bindings: Iterable[Sequence[object]]) -> None:
        """Run the statement once for each of the bindings."""
        try:
            self.raw.executemany(sql, bindings)
        except _FAULTS as error:
            self.failed = True
            raise store_error(self.path, error) from error

    @property
    def others(self) -> int:
        """A number that changes when another connection has changed the database. SQLite's own: PRAGMA data_version."""
        ((version,),) = self.rows("PRAGMA data_version")
        return int(version)

    @property
    def revision(self) -> int:
        """The file's revision, its log included; 0 where it is missing, be it with its table."""
        there = self.one("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'state'")
        row = self.one("SELECT revision FROM state") if there else None
        return int(row[0]) if row else 0

    def forget(self) -> None:
        """Forget what was learned of labels and tables: it may stand for nothing any more."""
        self.label_sets.forget()
        self.written.clear()

    def rollback(self) -> bool:
        """Undo the transaction, if one is open. False when even that failed: the connection is then of no use."""
        if self._writes:
            self.forget()
        self.failed = False
        try:
            if self.raw.in_transaction:
                self.raw.execute("ROLLBACK")
        except apsw.Error:
            return False
        return True

    def fold(self, *, emptying: bool = True) -> bool:
        """Fold the write-ahead log into the database, and empty it where nobody reads; else it is written over.

        False where a reader still needs some of it, so that not all of it is in the database.
        """
        try:
            self.raw.set_busy_timeout(0)
            pages, folded = self.raw.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
            if emptying and pages == folded:
                with suppress(apsw.BusyError):
                    self.raw.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
                    self.log_end = 0
        except apsw.Error:
            return False  # it is tried again, and the log is as good as the database
        finally:
            self.raw.set_busy_timeout(self._busy_timeout_ms)
        return pages == folded

    def check_whole(self) -> None:
        """Raise StoreError when the file is damaged, as far as a quick look at all of it can tell."""
        found = self.rows("PRAGMA quick_check(1)")
        if found != [("ok",)]:
            raise damaged(self.path, str(found[0][0]))

    def close(self) -> None:
        """Give it back, and leave every file as it is: its path may name another by now, whose log is not ours."""
        with suppress(apsw.Error):
            self.raw.close(force=True)

    def end(self) -> None:
        """Give it back as the last that writes, with its log folded: SQLite removes that, and the shared memory."""
        with suppress(apsw.Error):
            self.raw.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0)
        self.close()
