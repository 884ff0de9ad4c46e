"""Migration: making a file of an earlier version one of today, with a copy of it kept beside."""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from itertools import chain, count
from typing import TYPE_CHECKING

import apsw
from timecode_core import StoreError

from timecode_store_sqlite.backup import copy
from timecode_store_sqlite.connection import FROM_BACKUP
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
    Raises StoreError for a file that isn't ours or is newer than we; where one fails, the file stays as it was, and the
    copy goes: it would be made again at each try.
    """
    new = not _version(connection, migrations)
    connection.raw.create_scalar_function(MARK, mark_of, deterministic=True)
    connection.rows("PRAGMA journal_mode = WAL")  # once we know that it is ours; a restored backup lacks it too
    while (version := _version(connection, migrations)) < len(migrations):
        kept = None if new else _keep(connection, version)
        try:
            if kept:
                begin()
            _migrate_from(connection, migrations, version)
        except BaseException as error:
            undone = connection.rollback() and not isinstance(error.__cause__, apsw.IOError)  # else the log may have it
            with suppress(StoreError, OSError):
                if kept and undone and _version(connection, migrations) == version:
                    kept.unlink()
            if isinstance(error.__cause__, UnicodeError | apsw.SQLError):  # a rebuild would meet it, too
                raise StoreError(str(error.args[0]), remedy=FROM_BACKUP) from error
            raise


def _keep(connection: Connection, version: int) -> Path:
    """Copy the file as it is, beside it: where its name is a link, beside what that leads to."""
    file = connection.path.resolve()
    kept = free_name(file.with_name(f"{file.name}.v{version}.backup"))
    copy(connection, kept)
    _log.warning("%s gets a new form; as it was, it is kept in %s, until you remove that", connection.path, kept)
    return kept


def _migrate_from(connection: Connection, migrations: Sequence[str], version: int) -> None:
    """Go on to the next version, in a transaction."""
    connection.rows("BEGIN IMMEDIATE")
    if _version(connection, migrations) == version:
        connection.rows(migrations[version])
        connection.rows(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.rows(f"PRAGMA user_version = {version + 1}")
    connection.rows("COMMIT")


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
    names = chain([path], (path.with_name(f"{path.name}.{n}") for n in count(1)))
    return next(name for name in names if not os.path.lexists(name))
