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

_PREFIX = "draft-"


@contextmanager
def draft_folder(place: Path) -> Iterator[Path]:
    """A new folder in another one, gone afterwards. Those that were left by whoever was killed go, too.

    While somebody uses one, the lock beside it is held; it was before there was a folder. Raises TimecodeError.
    """
    for folder in place.glob(f"{_PREFIX}*"):
        if folder.is_dir() and not FileLock(_lock_of(folder), folder).taken:
            _remove(folder)
    folder = place / f"{_PREFIX}{uuid.uuid4().hex}"
    with FileLock(_lock_of(folder), folder) as lock:
        lock.acquire()
        try:
            folder.mkdir(mode=0o700)
        except OSError as error:
            _remove(folder)
            raise file_error(TimecodeError, "create", folder, error) from error
        try:
            yield folder
        finally:
            _remove(folder)


def _lock_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.lock")


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    _lock_of(folder).unlink(missing_ok=True)
