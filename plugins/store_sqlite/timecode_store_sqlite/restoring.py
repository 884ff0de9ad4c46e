"""Restoring: another file comes into the place of the database, and what was there is kept."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import apsw
import attrs
from timecode_core import StoreError, file_error, sync_folder

from timecode_store_sqlite.backup import copy
from timecode_store_sqlite.location import check_location
from timecode_store_sqlite.locks import Locks, lock_of
from timecode_store_sqlite.log import log_bytes, log_of, memory_of, own_revision
from timecode_store_sqlite.marker import Mark, Marker, marker_of
from timecode_store_sqlite.migration import free_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from timecode_store_sqlite.connection import Connection

_PIECE = 1 << 20
_KEPT = "before-restore"
"""How the folder is called, behind the database's name, in which what was there before is kept."""

_MIGRATED = r"v\d+\.backup(\.\d+)?"
"""How the copy is called, behind the database's name, that a migration keeps."""


def restore(connection: Connection, path: Path) -> Path | None:
    """Put what a connection is open to in the place of the database at `path`.

    Gives the folder where that is kept, or None.

    The steps, and where a crash after each leaves it:

    1. A copy is made beside it, whole and on disk: the old one, untouched.
    2. The old file, its log and its marker are copied into a folder, and kept there: the old one, untouched.
    3. The marker tells which revision is coming: the old one.
    4. The copy takes its name: the new one, with the log of the old, which the next that opens it removes.
    5. The old log and the shared memory are removed: the new one, which is looked through when it is next opened.
    6. A marker says that it was closed in good order.

    Raises BusyError while somebody else writes, StoreError.
    """
    check_location(path)
    file = path.resolve()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(path):
            clear(file)
            try:
                return _put(connection, file)
            finally:
                _draft_of(file).unlink(missing_ok=True)
    except OSError as error:
        raise file_error(StoreError, "restore", path, error) from error


def _put(connection: Connection, file: Path) -> Path | None:
    """The steps. Where one fails, the draft may be left."""
    draft, marker = _draft_of(file), Marker(file)
    mark = marker.read()
    if mark and complete(file, mark):  # else its old log would lie beside it as nobody's, once another one is coming
        mark = Mark("closed", sound=False, low=mark.coming, high=mark.coming)
    revision = copy(connection, draft)
    kept = _keep(file) if file.exists() or log_bytes(file) else None
    if kept:
        marker.write(attrs.evolve(mark or _unknown(file), coming=revision))
    draft.replace(file)
    sync_folder(file.parent)
    _part_with_log(file)
    try:
        marker.write(Mark("closed", sound=True, low=revision, high=revision).closed(file))
    except (StoreError, apsw.Error):
        marker.drop()  # it is looked through then
    return kept


def clear(file: Path) -> None:
    """Remove what a restore or a migration has left that was killed. Only who holds the database's lock may.

    Nobody else makes what has such a name. Of any other draft beside it, somebody may be making a backup just now. What
    can't be removed now is left for the next: nothing depends on it.
    """
    drafts = re.compile(rf"\.{re.escape(file.name)}\.(restoring|{_MIGRATED})\.timecode-draft(-journal)?")
    left = (path for path in file.parent.glob(".*.timecode-draft*") if drafts.fullmatch(path.name))
    for path in (_draft_of(file), *left):
        with suppress(OSError):
            path.unlink(missing_ok=True)
    shutil.rmtree(_half_kept(file), ignore_errors=True)


def copies_of(file: Path) -> list[Path]:
    """The databases, with what lies beside each, that migrations, restores and recoveries have kept of this one."""
    single = re.compile(rf"{re.escape(file.name)}\.({_MIGRATED}|recovered(\.\d+)?)")
    folder = re.compile(rf"{re.escape(file.name)}\.{_KEPT}(\.\d+)?")
    try:
        there = sorted(file.parent.iterdir())
    except OSError:
        return []
    kept = [path / file.name for path in there if folder.fullmatch(path.name)]
    return [path for path in (*kept, *(path for path in there if single.fullmatch(path.name))) if path.is_file()]


def _draft_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.restoring")


def _half_kept(file: Path) -> Path:
    return file.with_name(f"{file.name}.{_KEPT}.half")


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
    """Copy the database, its log and its marker into a folder, as they are. The log holds what the database lacks."""
    half = _half_kept(file)
    try:
        half.mkdir(mode=0o700)
        for source in (file, log_of(file), marker_of(file)):
            if source.exists():
                descriptor = os.open(half / source.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "wb") as copied, source.open("rb") as original:
                    shutil.copyfileobj(original, copied, _PIECE)
                    copied.flush()
                    os.fsync(copied.fileno())
        sync_folder(half)
        kept = half.rename(free_name(file.with_name(f"{file.name}.{_KEPT}")))
        sync_folder(file.parent)
    except BaseException:
        shutil.rmtree(half, ignore_errors=True)
        raise
    return kept


def complete(file: Path, mark: Mark | None) -> bool:
    """Complete a restore that was broken off once the new file had come. Whether it was so. Raises StoreError."""
    if mark is None or not mark.coming or own_revision(file) != mark.coming:
        return False
    try:
        _part_with_log(file)
    except OSError as error:
        raise file_error(StoreError, "restore", file, error) from error
    return True


def _part_with_log(file: Path) -> None:
    """Remove the log of what was there before: it is kept with that."""
    log_of(file).unlink(missing_ok=True)
    memory_of(file).unlink(missing_ok=True)
    sync_folder(file.parent)


def _unknown(file: Path) -> Mark:
    """The mark of a file that has none: its log is its own."""
    own = own_revision(file) or 0
    return Mark("open", sound=False, low=own, high=own)
