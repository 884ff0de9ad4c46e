"""Drafts: folders for what is being made, which nobody else takes for left over, and which nobody leaves for ever."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from timecode_core.errors import TimecodeError
from timecode_core.setup.lock import FileLock
from timecode_core.setup.remedies import file_error

_PREFIX, _LOCK = "draft-", ".lock"


@contextmanager
def draft_folder(place: Path) -> Iterator[Path]:
    """A new folder in another one, gone afterwards. Those that were left by whoever was killed go, too.

    While somebody uses one, the lock beside it is held; it was before there was a folder. Raises TimecodeError.
    """
    for lock in place.glob(f"{_PREFIX}*{_LOCK}"):
        if not FileLock(lock, lock).taken:
            _remove(lock)
    with _begun(place) as lock:
        folder = _folder_of(lock)
        try:
            folder.mkdir(mode=0o700)
        except OSError as error:
            _remove(lock)
            raise file_error(TimecodeError, "create", folder, error) from error
        try:
            yield folder
        finally:
            _remove(lock)


@contextmanager
def _begun(place: Path) -> Iterator[Path]:
    """A lock that is held and in its place: whoever clears up may have come between its making and its taking."""
    while True:
        path = place / f"{_PREFIX}{uuid.uuid4().hex}{_LOCK}"
        with FileLock(path, path) as lock:
            lock.acquire()
            if lock.in_place:
                yield path
                return


def _folder_of(lock: Path) -> Path:
    return lock.with_suffix("")


def _remove(lock: Path) -> None:
    """The folder goes first: a lock without one is cleared up by the next."""
    shutil.rmtree(_folder_of(lock), ignore_errors=True)
    lock.unlink(missing_ok=True)
