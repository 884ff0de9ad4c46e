"""The backup: a consistent copy of an open database."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import apsw
from timecode_core import StoreError, file_error, sync_folder

from timecode_store_sqlite.connection import Connection, store_error
from timecode_store_sqlite.schema import REVISE, revising

if TYPE_CHECKING:
    from pathlib import Path


def copy(connection: Connection, path: Path) -> int:
    """Copy the database to a new file, 0600, and have it on disk. Gives the revision of the copy, which is its own.

    Raises StoreError; nothing half-made has its name.

    One step copies everything from one view: in steps, a busy writer would make it start over for ever.
    """
    draft = path.with_name(f".{path.name}.timecode-draft")  # a name that is nobody's
    try:
        draft.unlink(missing_ok=True)
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        if path.exists() or path.is_symlink():
            raise StoreError(f"{path} exists already.", remedy="Name a new file.")
        revision = _fill(connection, draft)
        draft.rename(path)
        sync_folder(path.parent)  # else it might be gone with the power
    except OSError as error:
        raise file_error(StoreError, "write", path, error) from error
    except apsw.Error as error:
        raise store_error(path, error) from error
    finally:
        draft.unlink(missing_ok=True)
    return revision


def _fill(connection: Connection, draft: Path) -> int:
    target = apsw.Connection(str(draft), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        with target.backup("main", connection.raw, "main") as task:
            task.step(-1)
        target.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
        # No log of the original is the copy's.
        revision = next((int(str(row[0])) for row in target.execute(REVISE, revising()).fetchall()), 0)
    finally:
        target.close(force=True)
    with draft.open("r+b") as file:
        os.fsync(file.fileno())
    return revision
