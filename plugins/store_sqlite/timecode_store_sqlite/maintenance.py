"""The maintenance: what can be done for databases at rest, be they damaged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timecode_store_sqlite.salvage import SqliteSalvage
from timecode_store_sqlite.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from timecode_store_sqlite.settings import SqliteSettings


class SqliteMaintenance:
    """`timecode_core.protocols.Maintenance` for the database at `path` and for copies of it."""

    def __init__(self, path: Path, settings: SqliteSettings) -> None:
        self._path = path
        self._settings = settings

    def open(self, path: Path, *, writable: bool = False) -> SqliteStore:
        """Open the database at another path; writable, it is made where it is missing."""
        return SqliteStore(path, self._settings, writable=writable)

    def restore(self, path: Path) -> Path | None:
        """Put the file in the place of the database."""
        raise NotImplementedError  # lead: restoring.py

    def salvage(self, path: Path, progress: Callable[[int, int], None]) -> SqliteSalvage:
        """Read what can be read of a damaged file. Raises StoreError, BusyError."""
        return SqliteSalvage(path, progress)
