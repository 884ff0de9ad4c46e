"""Drafts: folders for what is being made, which nobody else takes for left over, and which the next one clears up."""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from timecode_core.errors import BusyError, TimecodeError
from timecode_core.setup.lock import FileLock
from timecode_core.setup.remedies import file_error

_PREFIX, _LOCK = "timecode-draft-", ".lock"
_NAME = re.compile(rf"{_PREFIX}[0-9a-f]{{32}}\{_LOCK}")
_ATTEMPTS = 100


@contextmanager
def draft_folder(place: Path) -> Iterator[Path]:
    """A new folder in another one, gone afterwards. Those that were left by whoever was killed go, too.

    While somebody uses one, the lock beside it is held; it was before there was a folder. Raises TimecodeError.
    """
    clear_drafts(place)
    path, lock = _begin(place)
    folder = _folder_of(path)
    try:
        try:
            folder.mkdir(mode=0o700)
        except OSError as error:
            raise file_error(TimecodeError, "create", folder, error) from error
        yield folder
    finally:
        _end(path, lock)


def clear_drafts(place: Path) -> None:
    """Remove what was left by whoever was killed: what nobody holds, by locks that can be had."""
    for path in place.glob(f"{_PREFIX}*{_LOCK}"):
        if _NAME.fullmatch(path.name):
            lock = FileLock(path, path)
            with suppress(TimecodeError):
                lock.acquire()
                _end(path, lock)


def _begin(place: Path) -> tuple[Path, FileLock]:
    """A lock that is held and in its place: whoever clears up may have come between its making and its taking."""
    for _ in range(_ATTEMPTS):
        path = place / f"{_PREFIX}{uuid.uuid4().hex}{_LOCK}"
        lock = FileLock(path, path)
        try:
            lock.acquire()
        except BusyError:
            continue
        except TimecodeError as error:
            if isinstance(error.__cause__, OSError):  # nobody knows the lock
                raise file_error(TimecodeError, "write in", place, error.__cause__) from error
            raise
        if lock.in_place:
            return path, lock
        lock.release()
    raise BusyError(f"nothing can be made in {place}: another process removes it.", remedy="Try again.")


def _folder_of(lock: Path) -> Path:
    return lock.with_suffix("")


def _end(path: Path, lock: FileLock) -> None:
    """The folder goes while the lock is held; Windows removes no file that is open."""
    shutil.rmtree(_folder_of(path), ignore_errors=True)
    lock.release()
    with suppress(OSError):
        path.unlink()
