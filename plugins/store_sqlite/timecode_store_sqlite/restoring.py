"""Restoring: another file comes into the place of the database, and what was there is kept."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import apsw
from timecode_core import StoreError, file_error, sync_folder

from timecode_store_sqlite.backup import copy
from timecode_store_sqlite.location import check_location
from timecode_store_sqlite.locks import Locks, lock_of
from timecode_store_sqlite.log import log_bytes, log_of, own_revision
from timecode_store_sqlite.marker import Mark, Marker, marker_of
from timecode_store_sqlite.migration import free_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from timecode_store_sqlite.connection import Connection

_PIECE = 1 << 20


def restore(connection: Connection, path: Path) -> Path | None:
    """Put what a connection is open to in the place of the database at `path`. Gives where that is kept, or None.

    The steps, and where a crash after each leaves it:

    1. A copy is made beside it, whole and on disk: the old one, untouched.
    2. The old file, its log and its marker are copied to the name under which they are kept: the old one, untouched.
    3. The copy takes its name: the new one, with the log of the old, which the store refuses to open.
    4. The old log and the shared memory are removed: the new one, which is looked through when it is next opened.
    5. A marker says that it was closed in good order.

    While the old log is there, so is a marker that tells whose it is: it can't be taken for that of the new file.

    Raises BusyError while somebody else writes, StoreError.
    """
    check_location(path)
    file = path.resolve()
    draft = file.with_name(f"{file.name}.restoring")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(path):
            draft.unlink(missing_ok=True)
            revision = copy(connection, draft)
            kept = _keep(file) if file.exists() else None
            _mark(file)
            draft.replace(file)
            sync_folder(file.parent)
            log_of(file).unlink(missing_ok=True)
            file.with_name(f"{file.name}-shm").unlink(missing_ok=True)
            sync_folder(file.parent)
            marker = Marker(file)
            try:
                marker.write(Mark("closed", sound=True, low=revision, high=revision).closed(file))
            except (StoreError, apsw.Error):
                marker.drop()  # it is looked through then
            return kept
    except OSError as error:
        raise file_error(StoreError, "restore", path, error) from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Nobody else writes meanwhile to the database, or to one that comes into its place."""
    lock = Locks(path) if path.exists() else lock_of(path)
    lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _keep(file: Path) -> Path:
    """Copy the database, its log and its marker, as they are: the log may hold what the database lacks."""
    kept = free_name(file.with_name(f"{file.name}.before-restore"))
    copies = {marker_of(file): marker_of(kept), file: kept}
    if log_bytes(file):
        copies = {log_of(file): log_of(kept), **copies}
    try:
        for source, target in copies.items():
            if source.exists():
                descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                with os.fdopen(descriptor, "wb") as copied, source.open("rb") as original:
                    shutil.copyfileobj(original, copied, _PIECE)
                    copied.flush()
                    os.fsync(copied.fileno())
    except OSError:
        for target in copies.values():
            target.unlink(missing_ok=True)
        raise
    sync_folder(file.parent)
    return kept


def _mark(file: Path) -> None:
    """Have a marker beside a log: one that tells that it belongs to what is there now."""
    marker = Marker(file)
    if log_of(file).exists() and marker.read() is None:
        own = own_revision(file) or 0
        marker.write(Mark("open", sound=False, low=own, high=own))
