"""The backup: a consistent copy of an open database."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import apsw
from timecode_core import StoreError, file_error

from timecode_store_sqlite.connection import Connection, store_error
from timecode_store_sqlite.schema import REVISE, revising

if TYPE_CHECKING:
    from pathlib import Path


def copy(connection: Connection, path: Path) -> None:
    """Copy the database to a new file, 0600, and have it on disk. Raises StoreError; nothing half-made has its name.

    One step copies everything from one view: in steps, a busy writer would make it start over for ever.
    """
    draft = path.with_name(f"{path.name}.part")
    try:
        draft.unlink(missing_ok=True)
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        if path.exists() or path.is_symlink():
            raise StoreError(f"{path} exists already.", remedy="Name a new file.")
        _fill(connection, draft)
        draft.rename(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise file_error(StoreError, "write", path, error) from error
    except apsw.Error as error:
        raise store_error(path, error) from error
    finally:
        draft.unlink(missing_ok=True)


def _fill(connection: Connection, draft: Path) -> None:
    target = apsw.Connection(str(draft), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        with target.backup("main", connection.raw, "main") as task:
            task.step(-1)
        target.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
        target.execute(REVISE, revising()).fetchall()  # no log of the original is the copy's
    finally:
        target.close(force=True)
    with draft.open("rb") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Have the new name on disk, too, where a system can: it might be gone with the power, and the copy with it."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
