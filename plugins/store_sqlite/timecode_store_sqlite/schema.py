"""The schema: what the file holds, and how an older file becomes one of today.

Version 1:

- `events`, in the order of their keys, so that the newest are appended and any range is read in one sweep; the labels
  that events share are one `contexts` row.
- `contexts.events` counts the events of a context: what values there are is then known without reading the events.
- `agg_<name>`: one table an aggregation, made when it is first written; `aggregations` keeps its columns.
- `state`: one row, the revision. It begins with the time of creation: a new file repeats none of an old one's.
- `metadata`: texts by key.

Version 2: `contexts.mark`, by which a changed row is known.
"""

from __future__ import annotations

import secrets
import time

from timecode_store_sqlite.label_sets import MARK

APPLICATION_ID = 0x54434F44
"""ASCII "TCOD": SQLite keeps it in the file's header."""

REVISE = "UPDATE state SET revision = CASE WHEN revision < ?1 THEN ?1 ELSE revision + ?2 END RETURNING revision"
"""Binds what `revising` gives."""


def revising() -> tuple[int, int]:
    """The time in microseconds, and a random step for where the clock is behind.

    So no number is given twice, not even by a copy of the file that goes its own way.
    """
    return time.time_ns() // 1000, secrets.randbelow(1 << 16) + 1


STATE = "CREATE TABLE state (one INTEGER PRIMARY KEY CHECK (one = 1), revision INTEGER NOT NULL) STRICT"
"""One row on one page: whatever page of a log has the revision can be read without the rest."""

_LABELS = "project, branch, language, editor, machine_id, category, type"
"""The labels of versions 1 and 2. A migration is of its time: what is declared today may be more."""

MIGRATIONS: tuple[str, ...] = (
    f"""
    CREATE TABLE contexts (
        id INTEGER PRIMARY KEY AUTOINCREMENT, {_LABELS.replace(",", " TEXT NOT NULL,")} TEXT NOT NULL,
        source TEXT NOT NULL, events INTEGER NOT NULL DEFAULT 0, UNIQUE ({_LABELS}, source)
    ) STRICT;
    CREATE TABLE events (
        time INTEGER NOT NULL, id BLOB NOT NULL CHECK (length(id) = 16), utc_offset INTEGER NOT NULL,
        duration INTEGER NOT NULL CHECK (duration BETWEEN 0 AND 3600000000), context INTEGER NOT NULL,
        is_write INTEGER NOT NULL CHECK (is_write IN (0, 1)), entity TEXT NOT NULL,
        PRIMARY KEY (time, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX events_with_duration ON events (time, duration) WHERE duration > 0;
    CREATE TABLE aggregations (name TEXT PRIMARY KEY, columns TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE metadata (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    {STATE};
    INSERT INTO state VALUES (1, unixepoch() * 1000000);
    """,  # noqa: S608
    f"""
    ALTER TABLE contexts ADD COLUMN mark INTEGER NOT NULL DEFAULT 0;
    UPDATE contexts SET mark = {MARK}({_LABELS}, source);
    """,  # noqa: S608
)
"""The script at index n makes a file of version n one of version n + 1; a new file goes through all of them."""
