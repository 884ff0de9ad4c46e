"""The examination: what is wrong with the file itself, its schema, and what it keeps beside the events."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import apsw
from timecode_core import UnreadableError

from timecode_store_sqlite.label_sets import MARK, NAMED, mark_of
from timecode_store_sqlite.layout import layout_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from timecode_store_sqlite.connection import Connection

_MOST = 20
"""How many findings of one kind are told."""
OBJECTS = "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite~_%' ESCAPE '~'"
"""Every table, index, view and trigger but SQLite's own."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
_ORPHANS = "SELECT DISTINCT context FROM {} WHERE context NOT IN (SELECT id FROM contexts) LIMIT ?"
_CONTEXT = f"SELECT {', '.join(NAMED)}, mark FROM contexts WHERE id = ?"  # noqa: S608
COUNTED = "(SELECT context, count(*) AS n FROM events GROUP BY context)"
"""How many events each context has, by one pass: they have no index by context."""
_MISCOUNTED = f"""
SELECT c.id, c.events, coalesce(e.n, 0) FROM contexts c LEFT JOIN {COUNTED} e ON e.context = c.id
WHERE c.events <> coalesce(e.n, 0) LIMIT ?
"""  # noqa: S608


def examine(connection: Connection, migrations: Sequence[str]) -> list[str]:
    """Give a line for each fault, none for a sound file. Reads all of it."""
    found = "\n".join(str(row[0]) for row in connection.rows(f"PRAGMA integrity_check({_MOST})"))
    if found != "ok":
        return [f"SQLite finds damage: {line}" for line in found.splitlines() if not line.startswith("***")]
    kept = kept_aggregations(connection)
    faults = [f"the columns of the aggregation {name!r} can't be read" for name, columns in kept if columns is None]
    tables = {name: columns for name, columns in kept if columns is not None}
    return [
        *faults,
        *_schema(connection, migrations, tables),
        *_state(connection),
        *_contexts(connection),
        *_orphans(connection, tables),
    ]


def kept_aggregations(connection: Connection) -> list[tuple[str, tuple[str, ...] | None]]:
    """Give the aggregations that the file keeps, with their columns; None for what can be none."""
    return [
        (name, columns_of(text) if isinstance(name, str) and _NAME.fullmatch(name) else None)
        for name, text in connection.rows("SELECT name, columns FROM aggregations")
    ]


def columns_of(text: str) -> tuple[str, ...] | None:
    """Give the columns of an aggregation from the text that the file keeps of them; None for what is no such thing."""
    try:
        columns = json.loads(text)
    except (ValueError, TypeError):
        return None
    if not isinstance(columns, list) or not all(isinstance(one, str) and _NAME.fullmatch(one) for one in columns):
        return None
    return tuple(columns) if columns[:1] == ["day"] and len(set(columns)) == len(columns) else None


def expected_schema(migrations: Sequence[str], tables: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """Give every table and index by name with its SQL, as a new file with these aggregations has them."""
    model = apsw.Connection(":memory:")
    try:
        model.create_scalar_function(MARK, mark_of, deterministic=True)
        for script in (*migrations, *(sql for name, columns in tables.items() for sql in layout_of(name, columns).ddl)):
            model.execute(script).fetchall()
        return {str(name): plain(str(sql)) for _, name, _, sql in model.execute(OBJECTS)}
    finally:
        model.close()


def plain(sql: str) -> str:
    """Give the SQL of a table or index as it compares: SQLite keeps the blanks and line ends of whoever made it."""
    return re.sub(r"\s+", " ", sql)


def _schema(connection: Connection, migrations: Sequence[str], tables: dict[str, tuple[str, ...]]) -> Iterator[str]:
    expected = expected_schema(migrations, tables)
    found = {str(name): plain(str(sql)) for _, name, _, sql in connection.rows(OBJECTS)}
    yield from (f"{name} is missing" for name in sorted(expected.keys() - found.keys()))
    yield from (f"{name} does not belong here" for name in sorted(found.keys() - expected.keys()))
    yield from (f"{n} is not as it was made" for n in sorted(expected.keys() & found.keys()) if expected[n] != found[n])


def _state(connection: Connection) -> Iterator[str]:
    rows = connection.rows("SELECT revision FROM state")
    if len(rows) != 1:
        yield f"the table state has {len(rows)} rows, not one"


def changed_contexts(connection: Connection) -> Iterator[tuple[int, int]]:
    """Give the contexts that somebody has changed, each with the mark that would fit; those that are no text apart."""
    for (number,) in connection.rows("SELECT id FROM contexts"):
        try:
            ((*labels, mark),) = connection.rows(_CONTEXT, (number,))
        except UnreadableError:
            continue
        if (fitting := mark_of(*labels)) != mark:
            yield number, fitting


def _contexts(connection: Connection) -> Iterator[str]:
    """Tell of contexts that were changed, and of those that count wrongly. One that is no text is told by others."""
    yield from (f"the context {number} was changed" for number, _ in changed_contexts(connection))
    for number, kept, counted in connection.rows(_MISCOUNTED, (_MOST,)):
        yield f"the context {number} counts {kept} events, and there are {counted}"


def _orphans(connection: Connection, tables: dict[str, tuple[str, ...]]) -> Iterator[str]:
    layouts = (layout_of(name, columns) for name, columns in tables.items())
    holders = ["events", *(layout.table for layout in layouts if layout.has_context)]
    present = {str(name) for (name,) in connection.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    for table in holders:
        if table in present:
            for (number,) in connection.rows(_ORPHANS.format(table), (_MOST,)):
                yield f"{table} refers to the missing context {number}"
