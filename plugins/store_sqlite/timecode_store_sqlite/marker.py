"""The marker: a small file beside the database that says how it was last left, and whose log can be its own.

SQLite replays whatever log lies beside a database, even one that belongs to another file: a backup that was put in the
place of a database would be overwritten by the log of what it replaced. And a damaged file opens without a word. So
the marker tells a database that is as it was left from one that isn't.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import apsw
import attrs
from attrs import field, frozen, validators
from timecode_core import StoreError, file_error

if TYPE_CHECKING:
    from pathlib import Path

_PAGE = 4096
_ROOM = 512
"""A sector: a disk writes it whole."""
NO_RECORD = "nothing tells how it was last closed"
"""Why a database without a marker is in doubt."""
_FLAGS = [apsw.SQLITE_OPEN_MAIN_DB | apsw.SQLITE_OPEN_READONLY, 0]


@frozen
class Mark:
    """How a database was left.

    `state`: "open" while a process writes to it, and after one that ended without closing it; "closing" where all of
    its log is in it, and the log is about to go; else "closed".
    `sound`: whether it has been looked through, or was new, since somebody last had reason to doubt it.
    `low`, `high`: the revision that the file itself holds, its log apart, is one of these or between them.
    `size`, `modified_ns`, `first_page`: what a closed file looks like; bytes, mtime, a hash of its first page.
    `coming`: the revision of the file that a restore is about to put in its place, if one is under way.
    """

    state: Literal["open", "closing", "closed"] = field(validator=validators.in_(("open", "closing", "closed")))
    sound: bool = field(validator=validators.instance_of(bool))
    low: int = field(validator=validators.instance_of(int))
    high: int = field(validator=validators.instance_of(int))
    size: int = field(default=0, validator=validators.instance_of(int))
    modified_ns: int = field(default=0, validator=validators.instance_of(int))
    first_page: str = field(default="", validator=validators.instance_of(str))
    coming: int = field(default=0, validator=validators.instance_of(int))

    def doubt(self, path: Path) -> str:
        """Why the file is to be looked through before it is served; empty where nothing speaks for that."""
        if not self.sound:
            return "it has not been found sound since there was a reason to doubt it"
        if self.state != "closed":
            return "it was not closed in good order"
        return "" if self._describes(path) else "it is not as it was when it was closed"

    def _describes(self, path: Path) -> bool:
        """Whether the file is just as it was when it was closed."""
        try:
            return self._look(path) == (self.size, self.modified_ns, self.first_page)
        except (OSError, apsw.Error):
            return False

    def missed(self, revision: int, *, logged: bool) -> str:
        """What a file that nobody closed lacks, in words: one that holds the revision, with a log beside it or without.

        A process that writes leaves a log even where it is killed, if an empty one. What it held is known up to `high`.
        """
        if self.state == "open" and 0 < revision < self.high:
            return f"the end of its log is gone: what came in from {_when(revision)} to {_when(self.high)} is missing"
        if self.state == "open" and not logged:
            return f"its log is gone: what came in after {_when(revision)} may be missing"
        return ""

    def closed(self, path: Path) -> Mark:
        """The mark of the file as it is now, closed. Raises OSError, apsw.Error."""
        size, modified_ns, page = self._look(path)
        return attrs.evolve(self, state="closed", size=size, modified_ns=modified_ns, first_page=page)

    @staticmethod
    def _look(path: Path) -> tuple[int, int, str]:
        status = path.stat()
        page = hashlib.blake2b(start_of(path, _PAGE), digest_size=16).hexdigest()
        return status.st_size, status.st_mtime_ns, page


class Marker:
    """Reads and writes the marker of a database. Written in place, a sector at once, and synced."""

    def __init__(self, path: Path) -> None:
        self._path = marker_of(path)

    def read(self) -> Mark | None:
        """The mark, or None where there is none that can be read."""
        try:
            return Mark(**json.loads(self._path.read_bytes()))
        except (OSError, ValueError, TypeError, RecursionError):
            return None

    def write(self, mark: Mark) -> None:
        """Replace the mark; on disk when this returns. Raises StoreError."""
        try:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
            try:
                os.write(descriptor, json.dumps(attrs.asdict(mark)).encode().ljust(_ROOM - 1) + b"\n")
                os.ftruncate(descriptor, _ROOM)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise file_error(StoreError, "write", self._path, error) from error

    def drop(self) -> bool:
        """Remove a marker that can't be written: none is better than a wrong one. Whether there is none now."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
        return self.read() is None


def marker_of(path: Path) -> Path:
    """The marker beside a database."""
    return path.with_name(f"{path.name}.state")


def _when(revision: int) -> str:
    """A revision is a time."""
    try:
        return f"{datetime.fromtimestamp(revision / 1_000_000):%Y-%m-%d %H:%M:%S}"  # noqa: DTZ006  (for a person to read)
    except (OverflowError, OSError, ValueError):
        return f"revision {revision}"


def start_of(path: Path, size: int) -> bytes:
    """The file's first bytes, none where it is shorter. Through SQLite: to close it otherwise would take its locks."""
    file = apsw.VFSFile("", str(path), list(_FLAGS))
    try:
        return file.xRead(size, 0) if path.stat().st_size >= size else b""
    finally:
        file.xClose()
