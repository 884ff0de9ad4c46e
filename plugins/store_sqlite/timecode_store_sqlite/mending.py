"""The mending: putting right what the file keeps beside the events, as far as they and the schema tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timecode_store_sqlite.connection import damaged
from timecode_store_sqlite.examination import (
    COUNTED,
    OBJECTS,
    changed_contexts,
    expected_schema,
    kept_aggregations,
    plain,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from timecode_store_sqlite.connection import Connection

_COUNTS = "SELECT (SELECT coalesce(sum(events), 0) FROM contexts), (SELECT count(*) FROM events)"
_RECOUNT = f"""
UPDATE contexts SET events = 0;
UPDATE contexts SET events = e.n FROM {COUNTED} e WHERE e.context = contexts.id
"""  # noqa: S608
_PRECIOUS = ("events", "contexts")
"""Tables that nothing could fill again."""


def mend(connection: Connection, migrations: Sequence[str]) -> list[str]:
    """Bring tables, indexes, counts and the revision in order, within the open transaction.

    An aggregation whose table is not as it was made is forgotten, for the core to fill again. What somebody has changed
    in contexts stays as it is now. Gives a line for that, and where there are not as many events as were counted.
    Raises StoreError.
    """
    expected = expected_schema(migrations, {})
    _make_missing(connection, {name: sql for name, sql in expected.items() if sql.startswith("CREATE TABLE")})
    for name, columns in kept_aggregations(connection):
        if columns is None:
            connection.rows("DELETE FROM aggregations WHERE name = ?", (name,))
    _drop_strays(connection, migrations)
    _make_missing(connection, expected)
    connection.rows("REINDEX")
    for table in (name for name, sql in expected.items() if sql.startswith("CREATE TABLE")):
        found = str(connection.rows(f"PRAGMA integrity_check({table})")[0][0])
        if found != "ok":  # whatever is read from it may be of another kind than it must be
            raise damaged(connection.path, found.splitlines()[-1])
    ((counted, there),) = connection.rows(_COUNTS)
    connection.rows(_RECOUNT)
    if len(connection.rows("SELECT 1 FROM state")) != 1:
        connection.rows("DELETE FROM state")
        connection.rows("INSERT INTO state VALUES (1, 0)")
    told = [] if counted == there else [f"The file counted {counted:,} events, and there are {there:,}."]
    if changed := list(changed_contexts(connection)):
        connection.many("UPDATE contexts SET mark = ?2 WHERE id = ?1", changed)
        told.append(f"Labels that many events share were changed, and are kept as they are: {len(changed):,}.")
    return told


def _objects(connection: Connection) -> list[tuple[str, str, str, str]]:
    return [(str(kind), str(name), str(table), plain(str(sql))) for kind, name, table, sql in connection.rows(OBJECTS)]


def _drop_strays(connection: Connection, migrations: Sequence[str]) -> None:
    """Take out what the schema does not know, or knows otherwise; tables of somebody else's stay."""
    kept = {name: columns for name, columns in kept_aggregations(connection) if columns is not None}
    expected = expected_schema(migrations, kept)
    found = _objects(connection)
    wrong = {name for _, name, _, sql in found if expected.get(name) != sql}
    missing = expected.keys() - {name for _, name, _, _ in found}
    for name in kept:
        if {f"agg_{name}", f"agg_{name}_empty"} & (wrong | missing):
            connection.rows("DELETE FROM aggregations WHERE name = ?", (name,))
            wrong.add(f"agg_{name}")
    for kind, name, table, _ in found:
        if name in wrong and (kind != "table" or name.startswith("agg_")) and table not in wrong - {name}:
            connection.rows(f"DROP {kind} IF EXISTS {_quoted(name)}")


def _make_missing(connection: Connection, expected: dict[str, str]) -> None:
    found = {name for _, name, _, _ in _objects(connection)}
    for name in sorted(expected.keys() - found - set(_PRECIOUS)):
        connection.rows(expected[name])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
