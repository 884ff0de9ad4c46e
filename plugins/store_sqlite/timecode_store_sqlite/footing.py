"""The footing: whether the files that are open are still those that their paths name, as they were last left."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from timecode_store_sqlite.frames import HEAD, MAGIC

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

EXACT = os.name == "posix"
"""Whether a file's size and time of change can be believed while it is open: Windows tells them late."""


_LAST = 64
_READING = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


class _Seen(NamedTuple):
    """A file as it was last seen: which one it is, and how it was left."""

    identity: tuple[int, int]
    content: tuple[int, int]


class Footing:
    """Knows the database, its log and its shared memory as they were when they were opened.

    Only the writing connection changes the first two, and notes it: any other change is somebody else's.
    """

    def __init__(self, path: Path, file: Path) -> None:
        """`path` is the name by which the database is known, `file` what that leads to where it is a link."""
        self._database, self._log = str(path), f"{file}-wal"
        self._names = (self._database, self._log, f"{file}-shm")
        self._noted: Mapping[str, _Seen | None] = {}
        self._end = 0
        self._head, self._last = b"", b""
        self._known = True
        """Whether the log is known to end there, and with these first and last bytes."""

    def note(self, end: int | None) -> None:
        """Take what is there now for what must be there. `end`: where in its file the log ends, if that is known."""
        now = self._look()
        self._take(now, end, *self._read(end or 0))

    def settle(self, end: int | None) -> str:
        """After a commit: what is not in its place; where all is, the log, that now ends there, is taken as it is."""
        now = self._look()
        if fault := self._moved(now) or self._changed(self._database, now):
            return fault
        if now[self._log] == self._noted[self._log] and end == self._end:
            return ""  # nothing was written
        head, before, last = self._read(self._end, end or 0)
        # Cut off before or while the commit wrote on behind its end, the log would have a hole.
        begun_anew = head.startswith(MAGIC) and head != self._head
        goes_on = head == self._head and (before == self._last or not self._known)
        if _size(now.get(self._log)) < max(self.log_bytes, end or 0) or not (begun_anew or goes_on):
            return f"another program has cut {self._log}"
        self._take(now, end, head, last)
        return ""

    def undone(self) -> None:
        """After a transaction that was undone: as `settle`, but for what it has left behind the end of the log."""
        self.settle(self._end)
        self._known = False

    def _take(self, now: Mapping[str, _Seen | None], end: int | None, head: bytes, last: bytes) -> None:
        self._noted, self._end, self._head, self._last, self._known = now, end or 0, head, last, end is not None

    def _read(self, *offsets: int) -> list[bytes]:
        """The log's header, and the bytes before each of the offsets; empty where there are none."""
        found = [b""] * (1 + len(offsets))
        if any(offsets):
            with suppress(OSError):
                log = os.open(self._log, _READING)  # at every commit: a file object costs three times as much
                try:
                    found[0] = os.read(log, HEAD)
                    for index, offset in enumerate(offsets, start=1):
                        os.lseek(log, max(0, offset - _LAST), os.SEEK_SET)
                        found[index] = os.read(log, min(offset, _LAST))
                finally:
                    os.close(log)
        return found

    @property
    def moved(self) -> str:
        """Which of the paths names no file any more, or another one; empty where none does. At any time."""
        return self._moved(self._look())

    @property
    def fault(self) -> str:
        """As `moved`, and whether somebody else has changed the database or its log. Only while nobody writes."""
        now = self._look()
        return self._moved(now) or self._changed(self._database, now) or self._changed(self._log, now)

    @property
    def parted(self) -> bool:
        """Whether the database or its log is not what its path names any more, so that the two are not side by side."""
        return self.database_moved or self._is_moved(self._log)

    @property
    def database_moved(self) -> bool:
        """Whether the database itself is not what its path names any more."""
        return self._is_moved(self._database)

    def _is_moved(self, name: str) -> bool:
        return self._identity(name, self._noted) != self._identity(name, self._look())

    @property
    def log_is_whole(self) -> bool:
        """Whether what was written to the open log is still in it, be it that its path does not name it any more."""
        return self._is_moved(self._log) or not self._changed(self._log, self._look())

    @property
    def log_bytes(self) -> int:
        """How large the log was when it was last noted."""
        return _size(self._noted.get(self._log))

    def _look(self) -> Mapping[str, _Seen | None]:
        return {name: _seen(name) for name in self._names}

    @staticmethod
    def _identity(name: str, seen: Mapping[str, _Seen | None]) -> tuple[int, int] | None:
        found = seen.get(name)
        return found and found.identity

    def _moved(self, now: Mapping[str, _Seen | None]) -> str:
        for name, before in self._noted.items():
            if before and before.identity != self._identity(name, now):
                return f"another file is in the place of {name}" if now[name] else f"{name} is gone"
        return ""

    def _changed(self, name: str, now: Mapping[str, _Seen | None]) -> str:
        before, after = self._noted.get(name), now.get(name)
        same = before is None or after is None or before.content == after.content or not EXACT
        return "" if same else f"another program has changed {name}"


def _size(seen: _Seen | None) -> int:
    return seen.content[0] if seen else 0


def _seen(name: str) -> _Seen | None:
    try:
        status = os.stat(name)  # noqa: PTH116  (several times a commit: a Path costs more than the call)
    except OSError:
        return None
    return _Seen((status.st_dev, status.st_ino), (status.st_size, status.st_mtime_ns))
