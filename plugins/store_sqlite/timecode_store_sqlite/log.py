"""What lies beside a database: whether it is there itself, and whether the write-ahead log is its own."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import apsw
from timecode_core.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

    from timecode_store_sqlite.marker import Mark

_HEADER = 100
"""Every database begins with so many bytes; SQLite takes a shorter file for an empty one."""
_FLAGS = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI


def check_there(file: Path, mark: Mark | None) -> None:
    """Raise StoreError where there was a database, and now is none: SQLite would begin an empty one without a word."""
    if _bytes(file) < _HEADER and (mark or log_bytes(file)):
        raise StoreError(
            f"{file} is gone or empty, and was neither when it was last used.",
            remedy=f"Put it or a backup back. To begin with an empty database, remove every file {file.name}*.",
        )


def check_log(file: Path, mark: Mark | None, vfs: str | None = None) -> None:
    """Raise StoreError where SQLite, once it opens the file, would replay the log of another one over it.

    The file itself must hold a revision that the marker knows. Without a marker nothing can be told: whoever made the
    log was an earlier version, or the marker was not copied along.
    """
    if mark is None or not log_bytes(file):
        return
    revision = _own_revision(file, vfs)
    if revision is not None and not mark.low <= revision <= mark.high:
        log = file.with_name(f"{file.name}-wal")
        raise StoreError(
            f"{log} is the log of another database, which SQLite would write over {file.name}.",
            remedy=f"Move {log.name} and {file.name}-shm away, start again, and keep them until you miss nothing.",
        )


def log_bytes(file: Path) -> int:
    """How large the log beside a database is now."""
    return _bytes(file.with_name(f"{file.name}-wal"))


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _own_revision(file: Path, vfs: str | None) -> int | None:
    """The revision that the file holds without its log; None where that can't be read."""
    try:
        connection = apsw.Connection(f"file:{quote(str(file))}?immutable=1", flags=_FLAGS, vfs=vfs)
        try:
            return next((int(row[0]) for row in connection.execute("SELECT revision FROM state")), None)
        finally:
            connection.close(force=True)
    except (apsw.Error, ValueError, TypeError):
        return None
