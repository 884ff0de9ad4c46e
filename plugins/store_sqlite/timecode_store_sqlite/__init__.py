"""The default store: one SQLite file in the home folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timecode_core import Context, Provider, hookimpl

from timecode_store_sqlite.settings import TABLE, SqliteSettings

if TYPE_CHECKING:
    from timecode_core import Finding, Installation

    from timecode_store_sqlite.maintenance import SqliteMaintenance
    from timecode_store_sqlite.store import SqliteStore


@hookimpl
def timecode_stores() -> list[Provider]:
    """Offer the store `sqlite`."""
    return [Provider("sqlite", _build, TABLE, SqliteSettings, maintain=_maintain)]


@hookimpl
def timecode_findings(installation: Installation) -> list[Finding]:
    """Look at the database's file, where that is the store."""
    from timecode_store_sqlite.findings import findings

    return findings(installation)


def _build(settings: SqliteSettings, context: Context) -> SqliteStore:
    from timecode_store_sqlite.store import SqliteStore  # APSW is loaded only where this store is used

    if context.writable:
        context.home.make()
    return SqliteStore(settings.file(context.home.path), settings, writable=context.writable)


def _maintain(settings: SqliteSettings, context: Context) -> SqliteMaintenance:
    from timecode_store_sqlite.maintenance import SqliteMaintenance

    return SqliteMaintenance(settings.file(context.home.path), settings)
