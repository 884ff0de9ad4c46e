"""A table of who may come in: a private file in the home folder that several processes read and change."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import cattrs
from cattrs.errors import BaseValidationError
from timecode_core import BusyError, FileLock, Home, TimecodeError, file_error, read_private

Row = TypeVar("Row")
_PATIENCE_S = 5.0
_PAUSE_S = 0.02
_Stamp = tuple[int, int, int]


class AccessTable(Generic[Row]):
    """Rows of one attrs class. What another process writes is there at the next reading, which costs a stat."""

    def __init__(self, home: Home, name: str, row: type[Row]) -> None:
        self._home = home
        self._path = home.path / name
        self._row = row
        self._lock = threading.Lock()
        self._stamp: _Stamp | None = None
        self._rows: Sequence[Row] = ()

    def rows(self) -> Sequence[Row]:
        """All rows; none where there is no file. Raises TimecodeError for a file that is not ours."""
        with self._lock:
            stamp = self._look()
            if stamp != self._stamp:
                self._rows = self._read()
                self._stamp = stamp
            return self._rows

    def change(self, change: Callable[[Sequence[Row]], Sequence[Row]]) -> None:
        """Replace the rows by what `change` makes of them. Changes of several processes come one after the other."""
        lock = FileLock(self._path.with_name(f"{self._path.name}.lock"), self._path)
        _wait_for(lock)
        with lock:
            rows = [cattrs.unstructure(row) for row in change(self._read())]
            self._home.put(self._path.name, json.dumps({"rows": rows}, indent=1) + "\n")

    def _look(self) -> _Stamp | None:
        try:
            seen = self._path.lstat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise file_error(TimecodeError, "read", self._path, error) from error
        return seen.st_mtime_ns, seen.st_ino, seen.st_size

    def _read(self) -> Sequence[Row]:
        try:
            document = json.loads(read_private(self._path))
            return cattrs.structure(document["rows"], tuple[self._row, ...])  # type: ignore[name-defined]
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise file_error(TimecodeError, "read", self._path, error) from error
        except (ValueError, TypeError, KeyError, BaseValidationError) as error:
            raise TimecodeError(
                f"{self._path} is damaged.", remedy="Remove it; what it let in must then be let in anew."
            ) from error


def _wait_for(lock: FileLock) -> None:
    end = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return lock.acquire()
        except BusyError:
            if time.monotonic() > end:
                raise
            time.sleep(_PAUSE_S)
