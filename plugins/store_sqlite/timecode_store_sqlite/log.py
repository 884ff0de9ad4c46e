"""What lies beside a database: whether it is there itself, and whether the write-ahead log is its own."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import apsw
from timecode_core import StoreError

from timecode_store_sqlite.frames import MAGIC, frames
from timecode_store_sqlite.marker import start_of
from timecode_store_sqlite.schema import STATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from timecode_store_sqlite.marker import Mark

_HEADER = 100
"""Every database begins with so many bytes; SQLite takes a shorter file for an empty one."""
_WITH_LOG = b"\x02\x02"
"""The versions in a database's header, at 18, of one that is used with a log."""
_FLAGS = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
_OWN = "SELECT revision, (SELECT rootpage FROM sqlite_schema WHERE name = 'state') FROM state"


def check_there(file: Path, mark: Mark | None) -> None:
    """Raise StoreError where there was a database, and now is none: SQLite would begin an empty one without a word."""
    if _bytes(file) < _HEADER and (mark or log_bytes(file)):
        raise StoreError(
            f"{file} is gone or empty, and was neither when it was last used.",
            remedy=f"Put it back, or run `timecode restore FILE`. To begin anew, move every file {file.name}* away.",
        )


def check_log(file: Path, mark: Mark | None, vfs: str | None = None) -> int | None:
    """Raise StoreError where SQLite, once it opens the file, would replay a log over it that is not its own.

    Every commit gives the file a revision that no other file has, and the page with it is in the log. So the log is
    the file's own where it has the revision that the file itself holds, or goes on from just that one: the marker tells
    which it was when the log was begun. Gives the revision that the file itself holds; None where that can't be read.
    """
    own, page = _own(file, vfs)
    log = log_of(file)
    if own is None or not _begins(log):
        return own
    if mark and mark.coming == own:
        raise StoreError(
            f"{file} was restored, and that was broken off.",
            remedy="Start the service, which completes it: timecode serve",
        )
    held = set(_revisions(log, page))
    goes_on = all(own < later for later in held) and (not mark or (mark.state == "open" and mark.low == own))
    if _may_have_one(file) and (own in held or goes_on):
        return own
    raise StoreError(
        f"{log} is the log of another database, or of an earlier time: SQLite would write it over {file.name}.",
        remedy=f"Move {log.name} and {file.name}-shm away, start again, and keep them until you miss nothing.",
    )


def is_own(file: Path, mark: Mark) -> bool:
    """Whether the marker shows that the log is the file's own, be the file damaged, or folded in part."""
    try:
        if check_log(file, mark) is not None:
            return True
    except StoreError:
        return False
    return bool(mark.high) and not mark.coming and mark.high in _revisions(log_of(file), None)


def own_revision(file: Path) -> int | None:
    """The revision that the file holds without its log; None where that can't be read."""
    return _own(file, None)[0]


def log_bytes(file: Path) -> int:
    """How large the log beside a database is now."""
    return _bytes(log_of(file))


def memory_of(file: Path) -> Path:
    """The memory beside a database that processes share."""
    return file.with_name(f"{file.name}-shm")


def log_of(file: Path) -> Path:
    """The log beside a database."""
    return file.with_name(f"{file.name}-wal")


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _may_have_one(file: Path) -> bool:
    """Whether the database is one that is used with a log; a backup is none, until it is opened."""
    try:
        return start_of(file, _HEADER)[18:20] == _WITH_LOG
    except (OSError, apsw.Error):
        return False


def _begins(log: Path) -> bool:
    """Whether a log begins there. SQLite takes anything else for an empty one."""
    try:
        with log.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def _own(file: Path, vfs: str | None) -> tuple[int | None, int]:
    """The revision that the file holds without its log, and the number of the page where it stands."""
    try:
        connection = apsw.Connection(f"file:{quote(str(file))}?immutable=1", flags=_FLAGS, vfs=vfs)
        try:
            return next((int(revision), int(page)) for revision, page in connection.execute(_OWN))
        finally:
            connection.close(force=True)
    except (apsw.Error, ValueError, TypeError, StopIteration):
        return None, 0


def _revisions(log: Path, page: int | None) -> Iterator[int]:
    """Every revision that a log has on the page; where that is not known, whatever stands in its place on any."""
    read: Callable[[bytes], int | None] | None = None
    for number, content in frames(log):
        if page is None or number == page:
            read = read or _reader(len(content))
            if (revision := read(content)) is not None:
                yield revision


def _reader(size: int) -> Callable[[bytes], int | None]:
    """What reads the revision on a page of so many bytes: SQLite, which is given it as that of a small database."""
    connection = apsw.Connection(":memory:")
    connection.pragma("page_size", size)
    connection.execute(STATE)
    first = connection.serialize("main")[:size]

    def read(page: bytes) -> int | None:
        try:
            connection.deserialize("main", first + page)
            return next((int(revision) for (revision,) in connection.execute("SELECT revision FROM state")), None)
        except (apsw.Error, ValueError, TypeError):
            return None

    return read
