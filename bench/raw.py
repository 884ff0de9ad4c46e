"""The raw limit: the same rows into the same table, with nothing around it. No exact store of events can be faster."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from pathlib import Path

import apsw
from timecode_core.event import Event
from timecode_store_sqlite.schema import MIGRATIONS

Row = tuple[int, bytes, int, int, int, bool, str]
_labels = attrgetter("project", "branch", "language", "editor", "machine_id", "category")


def rows(events: Sequence[Event]) -> list[Row]:
    """The rows of the events, their contexts numbered already."""
    contexts: dict[tuple[str, ...], int] = {}
    return [
        (
            e.time,
            e.id,
            e.utc_offset,
            e.duration,
            contexts.setdefault(_labels(e.subject), len(contexts)),
            e.is_write,
            e.subject.entity,
        )
        for e in events
    ]


class RawTable:
    """The store's own schema under the same pragmas; a transaction a batch."""

    def __init__(self, path: Path) -> None:
        self._connection = apsw.Connection(str(path))
        self._connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL").fetchall()
        self._connection.execute(MIGRATIONS[0])

    def write(self, batch: Sequence[Row]) -> None:
        """Durable on return."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany("INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?, ?, ?)", batch)
        self._connection.execute("COMMIT")

    def write_all(self, batches: Sequence[Sequence[Row]]) -> None:
        for batch in batches:
            self.write(batch)

    def close(self) -> None:
        self._connection.close()
