"""Locks: one process at a time writes to a home folder, and to a store's file."""

from __future__ import annotations

import errno
import os
import re
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from timecode_core.errors import BusyError, TimecodeError
from timecode_core.setup.home import Home
from timecode_core.setup.remedies import file_error

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, 1 << 20, os.SEEK_SET)  # beyond the text, which others must be able to read
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

    _glance = _lock
    _GLANCING = os.O_RDWR
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _glance(descriptor: int) -> None:
        """Lock for a moment, with others who only look: two of them must not take each other for its holder."""
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)

    _GLANCING = os.O_RDONLY
    """Enough for that lock, also on a disk that can't be written."""


_GLANCES = 5
_GLANCE_S = 0.02


def _lock_patiently(descriptor: int) -> None:
    """Lock, and come again for a moment where it is held: whoever only looks whether it is taken holds it briefly."""
    for _ in range(_GLANCES):
        try:
            return _lock(descriptor)
        except OSError as error:
            if error.errno not in _HELD:
                raise
        time.sleep(_GLANCE_S)
    return _lock(descriptor)


_HELD = frozenset({errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK})
"""How systems say that somebody else has it."""


_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
"""The file is emptied: what a link leads to must not be."""


class FileLock:
    """An operating-system lock on a file, so that it can't outlive its holder, however that one ends.

    A child forked while it is held holds it too. It is let go by `release` or at the end of the last process that holds
    it, never by the garbage collector of a child.
    """

    def __init__(self, path: Path, guarded: Path) -> None:
        self.path = path
        self._guarded = guarded
        self._descriptor = -1

    @property
    def holder(self) -> str:
        """Who holds the lock or held it last, as it wrote itself down; empty where that is unknown."""
        try:
            return self.path.read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return ""

    @property
    def process(self) -> int | None:
        """The id of the holder's process, as it wrote itself down; None where that is unknown."""
        found = re.search(r"\(process (\d+)\)$", self.holder)
        return int(found[1]) if found else None

    @property
    def serves(self) -> bool:
        """Whether the holder wrote itself down as a service, which `timecode stop` ends."""
        return self.holder.startswith("timecode serve ")

    def acquire(self, purpose: str = "") -> None:
        """Take the lock and write down who holds it, and for what. Raises BusyError that names the holder."""
        try:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | _NO_FOLLOW, 0o600)
        except OSError as error:
            raise file_error(TimecodeError, "open", self.path, error) from error
        try:
            _lock_patiently(descriptor)
        except OSError as error:
            os.close(descriptor)
            if error.errno not in _HELD:
                raise TimecodeError(
                    f"cannot lock {self.path}: {error.strerror}.", remedy="Use a disk of this machine."
                ) from error
            raise self.busy from error
        with suppress(OSError):  # on a full disk nobody is written down, and yet it is held
            os.ftruncate(descriptor, 0)
            os.write(descriptor, f"{' '.join(('timecode', *purpose.split()))} (process {os.getpid()})\n".encode())
        self._descriptor = descriptor

    @property
    def busy(self) -> BusyError:
        """The error to raise where somebody holds it: who that is, and what ends it."""
        holder = self.holder or "another process"
        if self.serves:
            remedy = "Run: timecode stop"
        elif holder.startswith("timecode ("):  # any command, or the service: the lock of a store's file says no more
            remedy = "Run `timecode stop`, or wait until that is done."
        else:
            remedy = "Wait until that is done, then try again."
        return BusyError(f"{self._guarded} is being written by {holder}.", remedy=remedy)

    @property
    def in_place(self) -> bool:
        """Whether the path still names the file that is locked. Where it doesn't, somebody else can take the other."""
        try:
            return os.path.samestat(os.fstat(self._descriptor), os.stat(self.path))  # noqa: PTH116  (at every commit)
        except OSError:
            return False

    @property
    def taken(self) -> bool:
        """Whether some process holds the lock at this moment."""
        try:
            descriptor = os.open(self.path, _GLANCING | _NO_FOLLOW)
        except OSError:
            return False
        try:
            _glance(descriptor)
        except OSError as error:
            return error.errno in _HELD
        finally:
            os.close(descriptor)
        return False

    def is_open_in(self, process: int) -> bool:
        """Whether a process has the lock's file open, where the system tells (Linux does); elsewhere true.

        Raises PermissionError for another user's process.
        """
        try:
            opened = list(Path(f"/proc/{process}/fd").iterdir())
        except FileNotFoundError:
            return not Path("/proc/self/fd").exists()
        for link in opened:
            with suppress(FileNotFoundError):
                if link.samefile(self.path):
                    return True
        return False

    def release(self) -> None:
        """Let go of it. Twice is fine."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.release()


class WriteLock(FileLock):
    """The lock `timecode.lock` of a home folder: `serve` takes it before gunicorn forks the worker."""

    def __init__(self, home: Home) -> None:
        super().__init__(home.path / "timecode.lock", home.path)
        self._home = home

    def acquire(self, purpose: str = "") -> None:
        """As `FileLock`, and makes the folder where it is missing."""
        self._home.make()
        super().acquire(purpose)
