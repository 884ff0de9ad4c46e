"""The connections of one opening of the file: one that writes, and as many that read as are needed."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from timecode_store_sqlite.connection import Connection

IDLE_READERS = 4
"""How many reading connections are kept for the next reader; more are opened as they are needed."""


class Opening(Protocol):
    """What opens a connection to the file."""

    def __call__(self, *, writes: bool) -> Connection:
        """Open one. Raises StoreError."""


class Connections:
    """Once they are given up, those that are still out end on their own."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._ended = False
        self._idle: list[Connection] = []
        self._lock = threading.Lock()
        self.writer: Connection | None = None
        """The connection that writes, while it is of use."""

    def open_writer(self) -> Connection:
        """Open the one that writes anew."""
        self.writer = self._opening(writes=True)
        return self.writer

    def drop_writer(self) -> None:
        """Give up the one that writes; what it has written to the log stays there."""
        writer, self.writer = self.writer, None
        if writer is not None:
            writer.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Lend a connection that reads."""
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        connection = connection or self._opening(writes=False)
        try:
            yield connection
        finally:
            if not connection.rollback() or not self._keep(connection):
                connection.close()

    def _keep(self, connection: Connection) -> bool:
        with self._lock:
            if self._ended or len(self._idle) >= IDLE_READERS:
                return False
            self._idle.append(connection)
            return True

    def end_reading(self) -> None:
        """Give up all that read."""
        with self._lock:
            self._ended = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()
