"""Families: they are those of the contexts of today, whatever was remembered of others."""

from __future__ import annotations

from contextlib import closing, suppress
from pathlib import Path

import apsw
import pytest
from timecode_core.aggregation import Aggregation
from timecode_core.errors import StoreError
from timecode_core.protocols import Cell, Reader
from timecode_store_sqlite.store import SqliteStore

LANGUAGES = Aggregation("languages", ("day", "project", "language"))


def found(reader: Reader) -> dict[Cell, int]:
    return dict(reader.totals(LANGUAGES, (0, 0), ("project", "language"), {}))


def write(store: SqliteStore, project: str, language: str = "", time: int = 1) -> None:
    with store.writing() as transaction:
        transaction.apply(LANGUAGES, {(0, project, language): time})


def test_a_context_that_is_new_since_they_were_asked_for_is_in_one(store: SqliteStore) -> None:
    """The same reading connection is asked again and again."""
    expected: dict[Cell, int] = {}
    for project, language in (("b", "x"), ("a", "x"), ("b", "y"), ("", ""), ("a", "x")):
        write(store, project, language)
        expected[project, language] = expected.get((project, language), 0) + 1
        with store.reading() as reader:
            assert found(reader) == expected


def test_a_context_that_was_rolled_back_is_forgotten(store: SqliteStore) -> None:
    """The next one gets its number."""
    with suppress(KeyError), store.writing() as transaction:
        transaction.apply(LANGUAGES, {(0, "gone", "x"): 1})
        assert found(transaction) == {("gone", "x"): 1}
        raise KeyError
    with store.writing() as transaction:
        transaction.apply(LANGUAGES, {(0, "kept", "y"): 1})
        assert found(transaction) == {("kept", "y"): 1}


@pytest.mark.parametrize("other", [False, True])
def test_cells_of_a_missing_context_are_in_no_group(store: SqliteStore, path: Path, other: bool) -> None:
    """Be its number among those that there are or beyond; `timecode verify` tells of it."""
    write(store, "a")
    write(store, "b", time=2)
    store.close()
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute("DELETE FROM contexts WHERE project = ?", ("a" if other else "b",))
    with SqliteStore(path, writable=False).reading() as reader:
        assert found(reader) == ({("b", ""): 2} if other else {("a", ""): 1})


def test_a_number_beyond_all_reason_is_damage(store: SqliteStore, path: Path) -> None:
    """A table up to it would take all memory."""
    write(store, "a")
    store.close()
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute("UPDATE contexts SET id = ?", (2**40,))
    with SqliteStore(path, writable=False).reading() as reader, pytest.raises(StoreError, match=r"the number \d+"):
        found(reader)
