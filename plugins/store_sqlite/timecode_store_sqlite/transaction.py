"""The transaction: the one that writes."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from timecode_core import Cell, Key, Run, StoreError

from timecode_store_sqlite.examination import columns_of
from timecode_store_sqlite.label_sets import OTHERS
from timecode_store_sqlite.layout import ADDING, Layout, layout_of
from timecode_store_sqlite.mending import mend
from timecode_store_sqlite.reader import EVENT, SqliteReader, no_state
from timecode_store_sqlite.schema import MIGRATIONS, REVISE, revising

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from timecode_core import Aggregation, Event

    from timecode_store_sqlite.connection import Connection

_BEFORE = f"""
WITH before AS MATERIALIZED ({EVENT} WHERE (time, id) < (?1, ?2) ORDER BY time DESC, id DESC LIMIT 1)
SELECT * FROM before UNION ALL
SELECT e.* FROM before CROSS JOIN ({EVENT} INDEXED BY events_with_duration WHERE duration > 0) e
WHERE e.time >= before.time - ?3 AND (e.time, e.id) < (before.time, before.id) AND e.time + e.duration > before.time
"""  # noqa: S608
"""The event before a key, and those that still run when it comes, in any order. Binds the key and the look-back."""
_SINCE = (
    f"{EVENT} WHERE (time, id) >= (?1, ?2) "  # noqa: S608
    "AND time <= coalesce((SELECT min(time) FROM events WHERE time > ?3), ?3) ORDER BY time, id"
)
"""The events from a key to an instant, in order, and all those of the next instant. Binds the two."""
_INTO_EVENTS = "INSERT INTO events (time, id, utc_offset, duration, context, is_write, entity)"
_NOTHING = ("",) * len(OTHERS)
_KEEP = (
    "INSERT INTO metadata VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value WHERE value <> excluded.value"
)


class SqliteTransaction(SqliteReader):
    """`timecode_core.protocols.Transaction` on the writing connection, between BEGIN IMMEDIATE and COMMIT."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._changes = connection.raw.total_changes()
        self._counts: Counter[int] = Counter()
        self.deleted = False

    def run(self, first: Key, reach: int, look_back: int) -> Run:
        """Give the run of stored events from the key `first` to the instant `reach`."""
        still = sorted(self._events(_BEFORE, (*first, look_back)), key=lambda event: event.key)
        before = still.pop() if still else None
        inside, after = self._events(_SINCE, (*first, reach)), None
        while inside and inside[-1].time > reach:
            after = inside.pop()
        return Run(still, before, inside, after)

    def insert(self, events: Sequence[Event]) -> None:
        """Store events, none of which is stored yet."""
        number, counts = self.connection.label_sets.of, self._counts
        rows, subject, context = [], None, 0
        for e in events:
            if e.subject is not subject:  # most often it is that of the event before
                subject, context = e.subject, number(e.subject)
            counts[context] += 1
            rows.append((e.time, e.id, e.utc_offset, e.duration, context, e.is_write, e.subject.entity))
        self.connection.insert(_INTO_EVENTS, rows)

    def delete(self, events: Sequence[Event]) -> None:
        """Remove stored events."""
        for event in events:
            for (context,) in self.connection.rows(
                "DELETE FROM events WHERE (time, id) = (?, ?) RETURNING context", event.key
            ):
                self._counts[context] -= 1
                self.deleted = True

    def apply(self, aggregation: Aggregation, cells: Mapping[Cell, int]) -> None:
        """Add the spans, in microseconds, to the cells. A cell that comes to zero is gone."""
        if not any(cells.values()):
            return
        layout = layout_of(aggregation.name, aggregation.columns)
        if layout not in self.connection.written:
            self._make(aggregation, layout)
        self.connection.insert(layout.into, self._rows(layout, cells), ADDING)
        self.connection.rows(layout.sweep)

    def _make(self, aggregation: Aggregation, layout: Layout) -> None:
        """Make the aggregation's table where there is none."""
        if not self._stored(aggregation):
            for statement in layout.ddl:
                self.connection.rows(statement)
            row = (aggregation.name, json.dumps(aggregation.columns))
            self.connection.rows("INSERT INTO aggregations VALUES (?, ?)", row)
        self.connection.written.add(layout)

    def clear(self, name: str) -> None:
        """Forget every cell of the aggregation of that name, and the aggregation itself. Unknown names are fine."""
        for (stored,) in self.connection.rows("DELETE FROM aggregations WHERE name = ? RETURNING name", (name,)):
            self.connection.rows(f"DROP TABLE IF EXISTS agg_{stored}")
            self.connection.written.clear()

    def set_metadata(self, key: str, value: str | None) -> None:
        """Keep a text under a key; None forgets it."""
        if value is None:
            self.connection.rows("DELETE FROM metadata WHERE key = ?", (key,))
        else:
            self.connection.rows(_KEEP, (key, value))

    def count(self) -> int:
        """Count how many events are stored, those of this transaction included."""
        self._settle()
        return super().count()

    def values(self, column: str) -> Sequence[str]:
        """Give the distinct values of a label, those of this transaction included."""
        self._settle()
        return super().values(column)

    def mend(self) -> Sequence[str]:
        """Put right what the events tell: indexes, counts, the revision. Cells are the core's to fill."""
        try:
            return mend(self.connection, MIGRATIONS)
        finally:
            self.connection.forget()

    def finish(self) -> None:
        """Write what is left before the commit: the counts, the contexts that nobody refers to, the revision.

        Raises StoreError when a write failed before, though somebody caught the error.
        """
        if self.connection.failed:
            raise StoreError(f"{self.connection.path}: a write failed, so that nothing of its transaction is stored.")
        self._settle()
        if self.deleted:
            self._sweep_contexts()
        changed = self.connection.raw.total_changes() != self._changes
        if changed and not self.connection.rows(REVISE, revising()):
            raise no_state(self.connection)

    def _settle(self) -> None:
        changed = [(n, context) for context, n in self._counts.items() if n]
        self._counts.clear()
        self.connection.many("UPDATE contexts SET events = events + ? WHERE id = ?", changed)

    def _sweep_contexts(self) -> None:
        """Remove the contexts that no event and no cell refers to, so that forgotten names leave the file."""
        tables = [
            f"agg_{name}"
            for name, text in self.connection.rows("SELECT name, columns FROM aggregations")
            if layout_of(name, columns_of(text) or ()).has_context
        ]
        unused = "".join(f" AND id NOT IN (SELECT context FROM {table})" for table in tables)  # noqa: S608
        self.connection.rows(f"DELETE FROM contexts WHERE events = 0{unused}")  # noqa: S608
        self.connection.label_sets.forget()

    def _rows(self, layout: Layout, cells: Mapping[Cell, int]) -> list[tuple[object, ...]]:
        number, inline, labels = self.connection.label_sets.number, layout.inline, layout.labels
        rows: list[tuple[object, ...]] = []
        for cell, span in cells.items():
            if not span:
                continue
            own = [cell[index] for index in inline]
            if layout.has_context:
                own.append(number((*["" if place is None else str(cell[place]) for place in labels], *_NOTHING)))
            rows.append((*own, span))
        return rows
