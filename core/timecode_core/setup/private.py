"""Private files: readable by their owner alone, written whole, and never reached through a link."""

from __future__ import annotations

import os
import stat
import uuid
from pathlib import Path

from timecode_core.errors import TimecodeError

_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)


def read_private(path: Path) -> str:
    """The text of a file, taken from others where they could read it. Raises OSError; TimecodeError for a link.

    A link is refused, not followed: what it leads to may be anybody's, and would be closed to them.
    """
    if path.is_symlink():
        raise TimecodeError(
            f"{path} is a link.", remedy="Put the file itself there; Timecode does not follow links to secrets."
        )
    descriptor = os.open(path, os.O_RDONLY | _NO_FOLLOW)  # which fails for a link that has come this very moment
    with os.fdopen(descriptor, "rb") as file:
        mode = os.fstat(descriptor).st_mode
        if os.name == "posix" and stat.S_ISREG(mode) and mode & 0o077:
            os.fchmod(descriptor, mode & 0o700)
        try:
            return file.read().decode("utf-8")
        except UnicodeDecodeError as error:
            raise TimecodeError(f"{path} is no text.", remedy="Remove it; a new one is made.") from error


def replace_private(path: Path, text: str) -> None:
    """Put a file in the place of whatever is there: a reader sees the old one or the new one. Raises OSError."""
    draft = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    try:
        write_private(draft, text)
        draft.replace(path)
        sync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def write_private(path: Path, text: str) -> None:
    """Write a file that must not be there yet, and have it on disk. Raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on disk, where a system can: what was removed must not come back with the power."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
