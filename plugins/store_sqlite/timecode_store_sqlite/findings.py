"""The findings: SQLite, where the database lies, who may read it, and how it was left. The file is not opened."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterator
from pathlib import Path

import apsw
from timecode_core import Finding, Installation, StoreError

from timecode_store_sqlite.location import FIRST_SAFE, MOUNTS, check_link, check_location, check_names, file_system
from timecode_store_sqlite.locks import lock_of
from timecode_store_sqlite.log import log_bytes, log_of, memory_of
from timecode_store_sqlite.marker import NO_RECORD, Marker
from timecode_store_sqlite.settings import TABLE, SqliteSettings

_MIB = 1024 * 1024
_TOPIC = "database file"


def findings(installation: Installation) -> list[Finding]:
    """All of them; none where another store is chosen."""
    if installation.settings.core.store != "sqlite":
        return []
    settings = installation.settings.table(TABLE, SqliteSettings)
    path = settings.file(installation.home.path)
    try:
        check_link(path)
        found, file = [_place(path)], path.resolve()
        file.stat()
    except StoreError as error:
        return [Finding.of(_TOPIC, error)]
    except FileNotFoundError:
        return [*found, Finding(_TOPIC, f"{path} is not there yet")]
    except OSError as error:
        text = f"{path} can't be read: {error.strerror}"
        return [*found, Finding(_TOPIC, text, "fault", "Check who owns it and its folder.")]
    return [*found, *_names(path, file), _state(file), *_log(file, settings)]


def _place(path: Path) -> Finding:
    try:
        check_location(path, mounts=MOUNTS)
    except StoreError as error:
        return Finding.of(_TOPIC, error)
    oldest = ".".join(map(str, FIRST_SAFE))
    kind = file_system(path, MOUNTS)
    on = f", on the file system {kind}" if kind else ""
    return Finding(_TOPIC, f"SQLite {apsw.sqlite_lib_version()} (at least {oldest}){on}")


def _names(path: Path, file: Path) -> Iterator[Finding]:
    """Its names, and whose it is."""
    try:
        check_names(path)
    except StoreError as error:
        yield Finding.of(_TOPIC, error)
    beside = [name for name in (file, log_of(file), memory_of(file)) if _is_open_to_others(name)]
    if beside:
        names = shlex.join(map(str, beside))
        yield Finding(_TOPIC, f"others may read {names}", "warning", f"Run: chmod 600 {names}")
    if os.name == "posix" and (owner := file.stat().st_uid) != os.geteuid():
        text = f"{file} belongs to the user with the number {owner}, not to you"
        yield Finding(_TOPIC, text, "fault", "Work as that user, or have the file given to you.")


def _is_open_to_others(path: Path) -> bool:
    try:
        return os.name == "posix" and bool(stat.S_IMODE(path.stat().st_mode) & 0o077)
    except OSError:
        return False


def _state(file: Path) -> Finding:
    """How it was left, by its marker."""
    if lock_of(file).taken:
        return Finding(_TOPIC, f"{file} is being written by {lock_of(file).holder or 'a process'}")
    mark = Marker(file).read()
    doubt = mark.doubt(file) if mark else NO_RECORD
    if doubt:
        remedy = "It is looked through before it is next served; `timecode verify` does it now."
        return Finding(_TOPIC, f"{file}: {doubt}", "warning", remedy)
    return Finding(_TOPIC, f"{file} was closed in good order")


def _log(file: Path, settings: SqliteSettings) -> Iterator[Finding]:
    """Whether its log is folded in time."""
    size = log_bytes(file)
    if size > 4 * settings.wal_limit_bytes + _MIB:
        text = (
            f"its log has grown to {size / _MIB:,.0f} MiB: a program that reads the database keeps it from being folded"
        )
        yield Finding(_TOPIC, text, "warning", "End that program; the service then folds the log by itself.")
