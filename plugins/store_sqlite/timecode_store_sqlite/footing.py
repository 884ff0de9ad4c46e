"""The footing: whether the files that are open are still those that their paths name, as they were last left."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

EXACT = os.name == "posix"
"""Whether a file's size and time of change can be believed while it is open: Windows tells them late."""


_HEAD, _END = 32, 64
_MAGIC = b"\x37\x7f\x06"
"""How every log begins (https://www.sqlite.org/fileformat.html, "WAL File Format")."""


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
        self._head = b""
        self._end: bytes | None = b""
        """The first and the last bytes of the log as noted; no last ones while the log ends before its file does."""

    def note(self) -> None:
        """Take what is there now for what must be there."""
        now = self._look()
        self._take(now, *self._read(_size(now.get(self._log))))

    def settle(self) -> str:
        """After a commit: what is not in its place; where all is, the log is taken as it is now."""
        now = self._look()
        if fault := self._moved(now) or self._changed(self._database, now):
            return fault
        before, size = self.log_bytes, _size(now.get(self._log))
        head, at_before, end = self._read(before, size)
        # Cut off before or while the commit wrote on behind its end, the log would have a hole.
        begun_anew = head.startswith(_MAGIC) and head != self._head
        same = head == self._head and self._end in (None, at_before)
        if size < before or not (begun_anew or same):
            return f"another program has cut {self._log}"
        self._take(now, head, end)
        return ""

    def _take(self, now: Mapping[str, _Seen | None], head: bytes, end: bytes) -> None:
        # A fold that met a reader leaves the log as it is, and SQLite then begins it anew, from the start of its file.
        size = _size(now.get(self._log))
        inside = size and size == self.log_bytes and (head != self._head or self._end is None)
        self._noted, self._head, self._end = now, head, None if inside else end

    def _read(self, *offsets: int) -> list[bytes]:
        """The log's header, and the bytes before each of the offsets; empty where there are none."""
        if any(offsets):
            with suppress(OSError), open(self._log, "rb", buffering=0) as log:  # noqa: PTH123  (at every commit)
                found = [log.read(_HEAD)]
                for offset in offsets:
                    log.seek(max(0, offset - _END))
                    found.append(log.read(min(offset, _END)))
                return found
        return [b""] * (1 + len(offsets))

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
