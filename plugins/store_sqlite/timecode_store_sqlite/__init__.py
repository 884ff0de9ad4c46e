"""The default store: one SQLite file in the home folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timecode_core import Context, Provider, hookimpl

from timecode_store_sqlite.settings import SqliteSettings

if TYPE_CHECKING:
    from timecode_store_sqlite.maintenance import SqliteMaintenance
    from timecode_store_sqlite.store import SqliteStore


@hookimpl
def timecode_stores() -> list[Provider]:
    """Offer the store `sqlite`."""
    return [
        Provider(name="sqlite", table="store_sqlite", settings=SqliteSettings, build=_build, maintain=_maintain),
    ]


def _build(settings: SqliteSettings, context: Context) -> SqliteStore:
    from timecode_store_sqlite.store import SqliteStore  # APSW is loaded only where this store is used

    if context.writable:
        context.home.make()
    return SqliteStore(settings.file(context.home.path), settings, writable=context.writable)


def _maintain(settings: SqliteSettings, context: Context) -> SqliteMaintenance:
    from timecode_store_sqlite.maintenance import SqliteMaintenance  # as above

    return SqliteMaintenance(settings.file(context.home.path), settings)
