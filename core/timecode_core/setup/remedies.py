"""What to do about a fault of the file system, fault by fault."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import TypeVar

from timecode_core.errors import TimecodeError

E = TypeVar("E", bound=TimecodeError)

_SPACE = "Free some space on its disk."
_OWNER = "Check who owns it and its folder."
_FILES = "Close some programs, or allow more open files (ulimit -n)."
_DISK = "Check its disk."
_REMEDIES = {
    errno.ENOSPC: _SPACE,
    errno.EDQUOT: "Free some space, or have your quota raised.",
    errno.EFBIG: "Free some space, or allow larger files (ulimit -f).",
    errno.EROFS: "Its disk can only be read: make it writable, or choose another place.",
    errno.EACCES: _OWNER,
    errno.EPERM: _OWNER,
    errno.ENOENT: "Create its folder first.",
    errno.EEXIST: "Something else has that name: move it away, or choose another.",
    errno.ENOTDIR: "A part of its path is a file, not a folder: choose another place.",
    errno.EISDIR: "It is a folder: move it away, or choose another name.",
    errno.ELOOP: "It is a symbolic link, which is not followed here: put the file itself in its place.",
    errno.ENAMETOOLONG: "Choose a shorter path.",
    errno.EINVAL: "Choose a path that its file system can have.",
    errno.EMFILE: _FILES,
    errno.ENFILE: _FILES,
    errno.EIO: _DISK,
    errno.ENXIO: _DISK,
    errno.ENODEV: _DISK,
    errno.ESTALE: _DISK,
}

_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def is_no_room(error: OSError) -> bool:
    """Whether there is no room for more on a disk, or not for this user."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def remedy_for(error: OSError) -> str:
    """A sentence that says what to do about the fault."""
    return _REMEDIES.get(error.errno or 0, "Check it and its disk.")


def file_error(kind: type[E], what: str, path: Path, error: OSError, *, elsewhere: str = "") -> E:
    """The error to raise where `what` (a verb) failed with a path.

    `elsewhere` says how to name another place, where that can be done: the remedy for one that may not be written.
    """
    remedy = elsewhere if elsewhere and error.errno in _FORBIDDEN else remedy_for(error)
    return kind(f"cannot {what} {path}: {error.strerror or error}.", remedy=remedy)
