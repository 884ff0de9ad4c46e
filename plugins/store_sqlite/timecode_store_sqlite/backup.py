"""The backup: a consistent copy of an open database."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import apsw
from timecode_core.errors import StoreError

from timecode_store_sqlite.connection import Connection, store_error
from timecode_store_sqlite.schema import REVISE

if TYPE_CHECKING:
    from pathlib import Path


def copy(connection: Connection, path: Path) -> None:
    """Copy the database to a new file, 0600, and have it on disk. Raises StoreError; nothing half-made is left.

    One step copies everything from one view: in steps, a busy writer would make it start over for ever.
    """
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError as error:
        raise StoreError(f"{path} exists already.", remedy="Name a new file.") from error
    except OSError as error:
        raise StoreError(f"can't write {path}: {error.strerror}.") from error
    try:
        target = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            with target.backup("main", connection.raw, "main") as task:
                task.step(-1)
            target.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
            target.execute(REVISE, (time.time_ns() // 1000,)).fetchall()  # no log of the original is the copy's
        finally:
            target.close(force=True)
        with path.open("rb") as file:
            os.fsync(file.fileno())
    except apsw.Error as error:
        path.unlink(missing_ok=True)
        raise store_error(path, error) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise
