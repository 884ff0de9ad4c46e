"""The locks of the one process that writes: on the lock file beside the database, and on the database itself."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from timecode_core import BusyError, FileLock, StoreError, TimecodeError, UnavailableError, file_error

from timecode_store_sqlite import location

if TYPE_CHECKING:
    from pathlib import Path


_PAGE_OF_LOCKS = 2**30
"""https://www.sqlite.org/fileformat.html, "The Lock-Byte Page"."""
_ZEROS_AS_HOLES = frozenset({"zfs", "fuse.zfs"})
"""File systems that make a hole of zeros that were written, such as what was forgotten is overwritten with."""


def lock_of(path: Path) -> FileLock:
    """The lock of who writes to the file, beside it: two home folders may name one file, and a link leads to it too."""
    file = path.resolve()
    return FileLock(file.with_name(f"{file.name}.lock"), file)


class Locks:
    """Held together. The lock file names the holder; the other holds whatever name the database is opened by."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._beside = lock_of(path)
        self._inside = -1
        self._status: os.stat_result | None = None

    def acquire(self) -> None:
        """Take both. Raises BusyError where another process writes."""
        try:
            self._beside.acquire()
            self._status = self._path.stat()
            self._lock_inside()
        except BaseException as error:
            self.release()
            if isinstance(error, OSError):
                raise file_error(StoreError, "lock", self._path, error) from error
            if isinstance(error, TimecodeError) and not isinstance(error, UnavailableError):
                raise StoreError(str(error)) from error  # the lock file: it may be put right while the service waits
            raise

    def _lock_inside(self) -> None:
        """Lock the database itself, on Linux alone: elsewhere it would stand in the way of SQLite's own locks.

        The descriptor is opened before SQLite opens the file and closed after: closing any descriptor of a file takes
        from a process all the locks that SQLite has on it.
        """
        if sys.platform != "linux":
            return
        import fcntl

        try:
            self._inside = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
            fcntl.flock(self._inside, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(
                f"{self._path} is being written by another process, which knows it by another name.",
                remedy="Stop that first.",
            ) from error

    def check(self) -> None:
        """Raise StoreError where the database is not the one any more that was there when the locks were taken."""
        try:
            same = self._status is not None and os.path.samestat(self._status, self._path.stat())
        except OSError:
            same = False
        if not same:
            raise StoreError(f"{self._path} was replaced while it was opened.", remedy="Start again.")

    @property
    def fault(self) -> str:
        """Empty while nobody else could take the lock."""
        return "" if self._beside.in_place else f"the lock beside {self._path} was taken away"

    @property
    def first_hole(self) -> int:
        """Where the first part of the database is that was never written, in bytes; far behind its end where none is.

        SQLite writes all of it (but the page where its locks are, where a file is that large): a hole is what is left
        of a file that was cut off and then written behind its end. Asked of the descriptor that is open here; not where
        the file system makes holes of zeros.
        """
        if self._inside >= 0:
            with suppress(OSError):  # an empty file has none
                hole = os.lseek(self._inside, 0, os.SEEK_HOLE)
                if hole < os.fstat(self._inside).st_size and hole != _PAGE_OF_LOCKS and not self._makes_holes():
                    return hole
        return sys.maxsize

    def _makes_holes(self) -> bool:
        return location.file_system(self._path, location.MOUNTS) in _ZEROS_AS_HOLES

    def release(self) -> None:
        """Let go of both. Twice is fine."""
        if self._inside >= 0:
            os.close(self._inside)
            self._inside = -1
        self._beside.release()
