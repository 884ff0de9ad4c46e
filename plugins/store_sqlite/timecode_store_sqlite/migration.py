"""Migration: making a file of an earlier version one of today, with a copy of it kept beside."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from timecode_core import StoreError

from timecode_store_sqlite.backup import copy
from timecode_store_sqlite.label_sets import MARK, mark_of
from timecode_store_sqlite.schema import APPLICATION_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from timecode_store_sqlite.connection import Connection


_log = logging.getLogger("timecode.store")


def check_version(connection: Connection, migrations: Sequence[str]) -> int:
    """Give the file's version. Raises StoreError for a file that isn't ours, or of another version."""
    version = _version(connection, migrations)
    if version < len(migrations):
        raise StoreError(
            f"{connection.path} is of an earlier version ({version}, not {len(migrations)}).",
            remedy="Start the service, which brings it up to date: timecode serve",
        )
    return version


def migrate(connection: Connection, migrations: Sequence[str], begin: Callable[[], object]) -> None:
    """Bring the file to the latest version, one transaction a version, each after a backup beside the file.

    `begin` is called before something is written to the log of a file that is not new.
    Raises StoreError for a file that isn't ours or is newer than we; where one fails, the file stays as it was.
    """
    new = not _version(connection, migrations)
    connection.raw.create_scalar_function(MARK, mark_of, deterministic=True)
    connection.rows("PRAGMA journal_mode = WAL")  # once we know that it is ours; a restored backup lacks it too
    while (version := _version(connection, migrations)) < len(migrations):
        if not new:
            kept = free_name(connection.path.with_name(f"{connection.path.name}.v{version}.backup"))
            copy(connection, kept)
            _log.warning(
                "%s gets a new form; as it was, it is kept in %s, until you remove that", connection.path, kept
            )
            begin()
        connection.rows("BEGIN IMMEDIATE")
        try:
            if _version(connection, migrations) == version:
                connection.rows(migrations[version])
                connection.rows(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.rows(f"PRAGMA user_version = {version + 1}")
            connection.rows("COMMIT")
        except BaseException:
            connection.rollback()
            raise


def _version(connection: Connection, migrations: Sequence[str]) -> int:
    ((application,),) = connection.rows("PRAGMA application_id")
    ((version,),) = connection.rows("PRAGMA user_version")
    if application != APPLICATION_ID and (application or connection.rows("SELECT 1 FROM sqlite_schema LIMIT 1")):
        raise StoreError(
            f"{connection.path} is another program's database.", remedy="Move it away, or set path in [store_sqlite]."
        )
    if version > len(migrations):
        raise StoreError(
            f"{connection.path} was written by a newer Timecode (version {version}; this one knows {len(migrations)}).",
            remedy="Start the newer Timecode that wrote it.",
        )
    return int(version)


def free_name(path: Path) -> Path:
    """Give a name beside the path that nothing has: its own, or with a number behind it."""
    names = (path, *(path.with_name(f"{path.name}.{n}") for n in range(1, 1000)))
    return next(name for name in names if not name.exists())
