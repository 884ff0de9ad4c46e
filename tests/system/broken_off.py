"""Runs `timecode …` and kills itself, as kill -9 would, right before the nth change that it makes to a file.

    python broken_off.py N COUNT timecode's arguments

Changes are what is done below TIMECODE_HOME by Python (files opened for writing, renamed, removed, made, cut) and by
SQLite, and every write and sync by descriptor. With N = 0 it lives, and writes into the file COUNT how many there were.
"""

from __future__ import annotations

import atexit
import os
import signal
import stat
import sys
import threading
from pathlib import Path
from typing import Any

import apsw

_CHANGING = frozenset(
    {"os.rename", "os.remove", "os.link", "os.symlink", "os.truncate", "os.mkdir", "os.rmdir", "os.chmod"}
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Changes:
    """Counts, and ends this process before the one that is told."""

    def __init__(self, last: int, home: str) -> None:
        self._last, self._home = last, home
        self._lock = threading.Lock()
        self.count = 0

    def add(self) -> None:
        """Another is about to be made."""
        with self._lock:
            self.count += 1
            if self.count == self._last:
                os.kill(os.getpid(), signal.SIGKILL)
                signal.pause()

    def audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Told by Python of what it is about to do."""
        if event == "open":
            path, _, flags = arguments
            if self._is_ours(path) and isinstance(flags, int) and flags & _WRITING:
                self.add()
        elif event in _CHANGING and self._is_ours(arguments[0]):
            self.add()

    def _is_ours(self, path: object) -> bool:
        if isinstance(path, int):
            return stat.S_ISREG(os.fstat(path).st_mode)
        return isinstance(path, str | bytes | os.PathLike) and os.fsdecode(path).startswith(self._home)

    def by_descriptor(self, name: str) -> None:
        """Count what Python does not tell of."""
        real = getattr(os, name)

        def told(descriptor: int, *arguments: Any) -> Any:
            if not stat.S_ISFIFO(os.fstat(descriptor).st_mode) and not os.isatty(descriptor):
                self.add()
            return real(descriptor, *arguments)

        setattr(os, name, told)


class _VFS(apsw.VFS):
    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        super().__init__("counted", "unix", makedefault=True)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        return _File(self._changes, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        self._changes.add()
        super().xDelete(filename, syncdir)


class _File(apsw.VFSFile):
    def __init__(self, changes: Changes, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        self._changes = changes
        super().__init__("unix", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._changes.add()
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        self._changes.add()
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._changes.add()
        super().xSync(flags)


def run(last: int, count: Path, arguments: list[str]) -> int:
    """The command's exit code, if it comes to that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job inherits that it is ignored
    changes = Changes(last, os.environ["TIMECODE_HOME"])
    vfs = _VFS(changes)
    sys.addaudithook(changes.audit)
    for name in ("write", "fsync"):
        changes.by_descriptor(name)
    atexit.register(lambda: count.write_text(str(changes.count)))
    from timecode_core.cli import main

    try:
        main(arguments)
    except SystemExit as ending:
        return int(ending.code or 0)
    finally:
        del vfs
    return 0


if __name__ == "__main__":
    sys.exit(run(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]))
