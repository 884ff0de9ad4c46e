"""The connection: rows that are inserted many with a statement, and statements that stay prepared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from timecode_store_sqlite.connection import Connection
from timecode_store_sqlite.store import SqliteStore

INTO = "INSERT INTO kept (name, time)"
ADDING = "ON CONFLICT DO UPDATE SET time = time + excluded.time"


@pytest.fixture
def connection(path: Path) -> Iterator[Connection]:
    """One that writes, to a file with a table of our own."""
    SqliteStore(path).close()
    connection = Connection(path, writes=True, busy_timeout_ms=1000)
    connection.rows("CREATE TABLE kept (name TEXT PRIMARY KEY, time INTEGER NOT NULL) STRICT")
    yield connection
    connection.close()


def kept(connection: Connection) -> list[tuple[object, ...]]:
    return connection.rows("SELECT name, time FROM kept ORDER BY name")


@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 100, 149, 1000])
def test_every_row_is_inserted_once_however_many_there_are(connection: Connection, count: int) -> None:
    rows = [(f"{number:04}", number) for number in range(count)]
    connection.insert(INTO, rows)
    assert kept(connection) == rows


@pytest.mark.parametrize("count", [1, 50, 120])
def test_rows_that_are_there_are_added_to(connection: Connection, count: int) -> None:
    rows = [(f"{number:04}", number) for number in range(count)]
    connection.insert(INTO, rows[::2])
    connection.insert(INTO, rows, ADDING)
    assert kept(connection) == [(name, time * (1 if time % 2 else 2)) for name, time in rows]


def test_many_rows_leave_every_other_statement_prepared(connection: Connection) -> None:
    """APSW keeps statements in a ring, in which each use takes another place."""
    rows = [(f"{number:04}", 1) for number in range(1049)]

    def work() -> int:
        connection.insert(INTO, rows, ADDING)
        connection.many("UPDATE kept SET time = time - 1 WHERE name = ?", [(name,) for name, _ in rows[:250]])
        kept(connection)
        return int(connection.raw.cache_stats()["misses"])

    assert work() == work() == work()
