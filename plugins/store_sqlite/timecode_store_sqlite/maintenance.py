"""The maintenance: what can be done for databases at rest, be they damaged."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from timecode_store_sqlite.log import log_of
from timecode_store_sqlite.marker import marker_of
from timecode_store_sqlite.restoring import copies_of, restore
from timecode_store_sqlite.salvage import SqliteSalvage
from timecode_store_sqlite.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from timecode_store_sqlite.settings import SqliteSettings


class SqliteMaintenance:
    """`timecode_core.Maintenance`. `path` is where the store's own database is, or would be."""

    def __init__(self, path: Path, settings: SqliteSettings) -> None:
        self.path = path
        self._settings = settings

    def open(self, path: Path, *, writable: bool = False) -> SqliteStore:
        """Open another database. Raises StoreError."""
        return SqliteStore(path, self._settings, writable=writable)

    def copies(self) -> list[Path]:
        """Give those of migrations, restores and recoveries; where the path is a link, those beside either name."""
        files = dict.fromkeys((Path(os.path.realpath(self.path)), self.path.parent.resolve() / self.path.name))
        return [path for file in files for path in copies_of(file)]

    def companions(self, path: Path) -> list[Path]:
        """Give its log, and the marker that tells whose that is."""
        return [log_of(path), marker_of(path)]

    def restore(self, path: Path) -> Path | None:
        """Put the database in the file into the place of our own. Raises StoreError, BusyError."""
        store = self.open(path)
        try:
            with store.reading() as reader:
                return restore(reader.connection, self.path)
        finally:
            store.close()

    def salvage(self, path: Path, progress: Callable[[int, int], None]) -> SqliteSalvage:
        """Read what can be read of a damaged file. Raises StoreError, BusyError."""
        return SqliteSalvage(path, progress)
