"""The reader: one consistent view of the file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from timecode_core.errors import QueryError, StoreError
from timecode_core.event import Event

from timecode_store_sqlite.contexts import LABELS
from timecode_store_sqlite.layout import layout_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from timecode_core.aggregation import Aggregation
    from timecode_core.protocols import Cell, Key

    from timecode_store_sqlite.connection import Connection, Row

EVENT = "SELECT time, id, utc_offset, duration, context, is_write, entity FROM events"
_SCAN = f"{EVENT} WHERE (time, id) > (?, ?) AND time < ? ORDER BY time, id LIMIT ?"
_LAST = f"{EVENT} WHERE time < ? ORDER BY time DESC, id DESC LIMIT 1"


class SqliteReader:
    """`timecode_core.protocols.Reader` on a connection with an open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def scan(self, start: Key, stop: int, limit: int) -> Sequence[Event]:
        """At most `limit` events with key > `start` and time < `stop`, in order."""
        return self._events(_SCAN, (*start, stop, max(limit, 0)))

    def totals(
        self,
        aggregation: Aggregation,
        days: tuple[int, int],
        group_by: Sequence[str],
        filters: Mapping[str, Collection[str | int]],
    ) -> Sequence[tuple[Cell, int]]:
        """Sum the cells of the days, both counted, that pass the filters, by the columns `group_by`, in any order.

        Raises QueryError for a column that the aggregation lacks.
        """
        sql, bindings = layout_of(aggregation.name, aggregation.columns).totals(days, group_by, filters)
        if not self._stored(aggregation):
            return []
        return [(row[:-1], row[-1]) for row in self._connection.rows(sql, bindings)]

    def values(self, column: str) -> Sequence[str]:
        """Give the distinct values of a label among the stored events, sorted. Raises QueryError for any other."""
        if column not in LABELS:
            raise QueryError(f"no values of column {column!r}; there are those of {', '.join(LABELS)}.")
        rows = self._connection.rows(f"SELECT DISTINCT {column} FROM contexts WHERE events > 0 ORDER BY {column}")  # noqa: S608
        return [row[0] for row in rows]

    def count(self) -> int:
        """Count how many events are stored."""
        row = self._connection.one("SELECT coalesce(sum(events), 0) FROM contexts")
        return int(row[0]) if row else 0

    def last(self, before: int | None = None) -> Event | None:
        """Give the last event in order; of those with time < `before`, where that is given."""
        return next(iter(self._events(_LAST, (2**63 - 1 if before is None else before,))), None)

    def metadata(self) -> Mapping[str, str]:
        """Every text that is kept under a key."""
        return dict(self._connection.rows("SELECT key, value FROM metadata"))

    def revision(self) -> int:
        """Give a number that grows with every write that changed anything."""
        row = self._connection.one("SELECT revision FROM state")
        return int(row[0]) if row else 0

    def _stored(self, aggregation: Aggregation) -> bool:
        """Whether it was ever written. Raises StoreError when what was written had other columns."""
        row = self._connection.one("SELECT columns FROM aggregations WHERE name = ?", (aggregation.name,))
        if row is not None and row[0] != json.dumps(aggregation.columns):
            raise StoreError(
                f"aggregation {aggregation.name} is stored with other columns: {row[0]}.",
                remedy="Run timecode rebuild.",
            )
        return row is not None

    def _events(self, sql: str, bindings: Sequence[object]) -> list[Event]:
        return list(map(self._event, self._connection.rows(sql, bindings)))

    def _event(self, row: Row) -> Event:
        time, identity, utc_offset, duration, context, is_write, entity = row
        project, branch, language, editor, machine_id, category, kind, source = self._connection.contexts.labels(
            context
        )
        event = Event(
            time,
            utc_offset,
            duration,
            entity,
            kind,
            category,
            project,
            branch,
            language,
            editor,
            machine_id,
            is_write == 1,
            source,
        )
        object.__setattr__(event, "id", identity)  # what was stored is the truth, and saves a hash an event
        return event
