"""The layout: how an aggregation's cells lie in a table, and the SQL that writes and sums them.

Identifiers come from the allow-list of `timecode_core.aggregation` (names match [a-z][a-z0-9_]*), never from a request;
derived columns get a prefix, so that none can collide with ours or with a word of SQL.
"""

from __future__ import annotations

import json
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from timecode_core import CLOCK, QueryError

from timecode_store_sqlite.families import NONE, NUMBER
from timecode_store_sqlite.label_sets import LABELS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


ADDING = "ON CONFLICT DO UPDATE SET time = time + excluded.time"
"""What is done where a cell is there already."""


class Question(NamedTuple):
    """A question as SQL. It binds the numbers of each run's families, and then the bindings.

    It selects the columns that the table holds itself, a family for each run of labels, and the time, in the order of a
    report.
    """

    sql: str
    bindings: list[str | int]
    own: list[str]
    runs: list[tuple[str, ...]]


class Layout:
    """The table of one aggregation: its clock columns, a context, its texts, and the credited time in microseconds."""

    def __init__(self, name: str, columns: Sequence[str]) -> None:
        self.table = f"agg_{name}"
        self.columns = tuple(columns)
        self.inline = tuple(index for index, column in enumerate(columns) if column not in LABELS)
        """Where in a cell the values stand that the table holds itself."""
        places = {column: index for index, column in enumerate(columns)}
        self.labels = tuple(places.get(label) for label in LABELS)
        """For each label where in a cell it stands, or None."""
        self.has_context = any(place is not None for place in self.labels)

        own = [_own(columns[index]) for index in self.inline]
        # The context comes second: a table is read by a range of days, and texts are the longest.
        keys = [own[0], *(["context"] if self.has_context else []), *own[1:]]
        types = ["INTEGER" if key in CLOCK or key == "context" else "TEXT" for key in keys]
        self.ddl = (
            f"CREATE TABLE {self.table} ({', '.join(f'{k} {t} NOT NULL' for k, t in zip(keys, types, strict=True))}, "
            f"time INTEGER NOT NULL, PRIMARY KEY ({', '.join(keys)})) STRICT, WITHOUT ROWID",
            f"CREATE INDEX {self.table}_empty ON {self.table} (time) WHERE time = 0",
        )
        bound = [*own, *(["context"] if self.has_context else []), "time"]
        self.into = f"INSERT INTO {self.table} ({', '.join(bound)})"
        """Its row: the inline values, the context if there is one, and the time to add."""
        self.sweep = f"DELETE FROM {self.table} WHERE time = 0"  # noqa: S608
        """Removes the cells that came to zero; a partial index holds just those."""

    def totals(
        self, days: tuple[int, int], group_by: Sequence[str], filters: Mapping[str, Collection[str | int]]
    ) -> Question:
        """Give the question. Raises QueryError for a column that the aggregation lacks."""
        for column in (*group_by, *filters):
            if column not in self.columns:
                raise QueryError(f"{self.table} has no column {column!r}.")
        runs = _runs(group_by)
        own = [column for column in group_by if column not in LABELS]
        select = [*map(_seen, own), *(f"{NUMBER} AS family_{at}" for at in range(len(runs))), "sum(a.time)"]
        where, bindings = ["a.day BETWEEN ? AND ?"], list[str | int](days)
        for column, values in filters.items():
            # JSON takes any number of values, and one statement serves them all
            where.append(f"{_seen(column)} IN (SELECT value FROM json_each(?))")  # noqa: S608
            bindings.append(json.dumps(list(values)))
        # CROSS: always from the days, read in one sweep, to the few contexts, which stay in the cache
        joined = " CROSS JOIN contexts c ON c.id = a.context" if any(column in LABELS for column in filters) else ""
        sql = f"SELECT {', '.join(select)} FROM {self.table} a{joined} WHERE {' AND '.join(where)}"  # noqa: S608
        if not group_by:
            return Question(f"{sql} HAVING count(*) > 0", bindings, own, runs)
        places = {column: str(at) for at, column in enumerate([*own, *(run[0] for run in runs)], 1)}
        known = " AND ".join(f"family_{at} > {NONE}" for at in range(len(runs))) or "true"
        order = [
            *(places[column] for column in group_by if column in CLOCK),
            f"{len(select)} DESC",
            *(places[column] for column in group_by if column in places and column not in CLOCK),
        ]
        sql = f"{sql} GROUP BY {', '.join(places.values())} HAVING {known} ORDER BY {', '.join(order)}"
        return Question(sql, bindings, own, runs)


def _runs(group_by: Sequence[str]) -> list[tuple[str, ...]]:
    """The labels that stand side by side, clocks apart, so that to order by the family of all is to order by each."""
    names = [column for column in group_by if column not in CLOCK]
    return [tuple(run) for label, run in groupby(names, LABELS.__contains__) if label]


@lru_cache(64)
def layout_of(name: str, columns: tuple[str, ...]) -> Layout:
    """Give the layout of an aggregation. Every transaction asks for the same few."""
    return Layout(name, columns)


def _own(column: str) -> str:
    return column if column in CLOCK or column == "entity" else f"x_{column}"


def _seen(column: str) -> str:
    return f"c.{column}" if column in LABELS else f"a.{_own(column)}"
