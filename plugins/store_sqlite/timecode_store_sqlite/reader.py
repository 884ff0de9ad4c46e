"""The reader: one consistent view of the file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from timecode_core import Event, Groups, QueryError, StoreError

from timecode_store_sqlite.connection import FROM_BACKUP
from timecode_store_sqlite.label_sets import LABELS
from timecode_store_sqlite.layout import layout_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from timecode_core import Aggregation, Key

    from timecode_store_sqlite.connection import Connection, Row
    from timecode_store_sqlite.families import Families

EVENT = "SELECT time, id, utc_offset, duration, context, is_write, entity FROM events"
_SCAN = f"{EVENT} WHERE (time, id) > (?, ?) AND time < ? ORDER BY time, id LIMIT ?"
_LAST = f"{EVENT} WHERE time < ? ORDER BY time DESC, id DESC LIMIT 1"


def no_state(connection: Connection) -> StoreError:
    """Say that the one row of the table `state` is gone."""
    return StoreError(
        f"{connection.path}: its revision is missing.", remedy="Stop the service and run `timecode rebuild`."
    )


class SqliteReader:
    """`timecode_core.protocols.Reader` on a connection with an open transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def scan(self, start: Key, stop: int, limit: int) -> Sequence[Event]:
        """At most `limit` events with key > `start` and time < `stop`, in order."""
        return self._events(_SCAN, (*start, stop, max(limit, 0)))

    def totals(
        self,
        aggregation: Aggregation,
        days: tuple[int, int],
        group_by: Sequence[str],
        filters: Mapping[str, Collection[str | int]],
    ) -> Groups[int | str]:
        """Sum the cells of the days, both counted, that pass the filters, by the columns `group_by`.

        They come as a report has them. Raises QueryError for a column that the aggregation lacks.
        """
        question = layout_of(aggregation.name, aggregation.columns).totals(days, group_by, filters)
        if not self._stored(aggregation):
            return Groups((), ())
        families = [self._families(run) for run in question.runs]
        rows = self.connection.rows(question.sql, (*(each.numbers for each in families), *question.bindings))
        if not rows:
            return Groups((), ())
        *found, times = ([row[at] for row in rows] for at in range(len(rows[0])))
        del rows  # twice the memory of their columns
        columns: dict[str, Sequence[int | str]] = dict(zip(question.own, found, strict=False))
        for each, numbers in zip(families, found[len(question.own) :], strict=True):
            columns.update((label, [texts[number] for number in numbers]) for label, texts in each.texts.items())
        return Groups([columns[column] for column in group_by], times)

    def _families(self, labels: tuple[str, ...]) -> Families:
        """Those of today's contexts. Each new one has a higher number than all that there ever were."""
        row = self.connection.one("SELECT max(id) FROM contexts")
        return self.connection.label_sets.families(labels, row[0] or 0 if row else 0)

    def values(self, column: str) -> Sequence[str]:
        """Give the distinct values of a label among the stored events, sorted. Raises QueryError for any other."""
        if column not in LABELS:
            raise QueryError(f"no values of column {column!r}; there are those of {', '.join(LABELS)}.")
        rows = self.connection.rows(f"SELECT DISTINCT {column} FROM contexts WHERE events > 0 ORDER BY {column}")  # noqa: S608
        return [row[0] for row in rows]

    def count(self) -> int:
        """Count how many events are stored."""
        row = self.connection.one("SELECT coalesce(sum(events), 0) FROM contexts")
        return int(row[0]) if row else 0

    def last(self, before: int | None = None) -> Event | None:
        """Give the last event in order; of those with time < `before`, where that is given."""
        return next(iter(self._events(_LAST, (2**63 - 1 if before is None else before,))), None)

    def metadata(self) -> Mapping[str, str]:
        """Every text that is kept under a key."""
        return dict(self.connection.rows("SELECT key, value FROM metadata"))

    def revision(self) -> int:
        """Give a number that grows with every write that changed anything."""
        row = self.connection.one("SELECT revision FROM state")
        if row is None:
            raise no_state(self.connection)
        return int(row[0])

    def _stored(self, aggregation: Aggregation) -> bool:
        """Whether it was ever written. Raises StoreError when what was written had other columns."""
        row = self.connection.one("SELECT columns FROM aggregations WHERE name = ?", (aggregation.name,))
        if row is not None and row[0] != json.dumps(aggregation.columns):
            raise StoreError(
                f"aggregation {aggregation.name} is stored with other columns: {row[0]}.",
                remedy="Run timecode rebuild.",
            )
        return row is not None

    def _events(self, sql: str, bindings: Sequence[object]) -> list[Event]:
        return list(map(self._event, self.connection.rows(sql, bindings)))

    def _event(self, row: Row) -> Event:
        time, identity, utc_offset, duration, context, is_write, entity = row
        if type(utc_offset) is not int or type(duration) is not int:
            raise StoreError(
                f"{self.connection.path}: the file is damaged (a number in it is none).", remedy=FROM_BACKUP
            )
        subject = self.connection.label_sets.subject(context, entity)
        return Event.stored(identity, subject, time, utc_offset, duration, is_write == 1)
