"""The table `[store_sqlite]`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
from attrs import field, frozen
from timecode_core import usable_path


def _at_least(low: int) -> Any:  # noqa: ANN401  (attrs validators are untyped callables)
    def check(_instance: object, attribute: attrs.Attribute[Any], value: int) -> None:
        if value < low:
            raise ValueError(f"{attribute.name} must be at least {low}, not {value}")

    return check


TABLE = "store_sqlite"


@frozen
class SqliteSettings:
    """How the SQLite store works. The defaults suit everybody but the curious."""

    path: str = field(default="", validator=usable_path)
    """The database file; empty means `timecode.db` in the home folder. Relative paths start at the home folder."""
    busy_timeout_ms: int = field(default=5_000, validator=_at_least(0))
    """How long to wait for another process that is writing, in milliseconds."""
    wal_limit_bytes: int = field(default=16 * 1024 * 1024, validator=_at_least(0))
    """How large the write-ahead log may grow before it is folded into the database and emptied, in bytes."""

    def file(self, home: Path) -> Path:
        """Where the database is, seen from the home folder."""
        return home / Path(self.path or "timecode.db").expanduser()
