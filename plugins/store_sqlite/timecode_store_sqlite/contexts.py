"""Contexts: the labels that events share, kept once each and referred to by number."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING

from timecode_core.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from timecode_store_sqlite.connection import Connection

LABELS = ("project", "branch", "language", "editor", "machine_id", "category", "type")
"""The labels by which cells are grouped; `source` comes after them, and is empty for cells."""
CACHED = 4096
"""How many contexts a connection remembers each way: about 2 MiB."""

Labels = tuple[str, ...]

MARK = "context_mark"
"""The SQL function by which migrations mark the contexts that there are: `mark_of`."""

_FIND = f"SELECT id FROM contexts WHERE ({', '.join(LABELS)}, source) = (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
_MAKE = f"INSERT INTO contexts ({', '.join(LABELS)}, source, mark) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id"  # noqa: S608
_LOAD = f"SELECT {', '.join(LABELS)}, source FROM contexts WHERE id = ?"  # noqa: S608


def mark_of(*labels: object) -> int:
    """56 bits of BLAKE2b over the eight labels, joined by NUL: tells whether somebody has changed the row.

    An event's id tells that for all but the source, which is no part of it.
    """
    return int.from_bytes(hashlib.blake2b("\0".join(map(str, labels)).encode(), digest_size=7).digest())


class Contexts:
    """Number to labels and back, through two bounded caches.

    A number is never given twice (AUTOINCREMENT), so what was committed can be remembered for good.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        number = lru_cache(CACHED)(self._number)
        labels = lru_cache(CACHED)(self._labels)
        self.number: Callable[[Labels], int] = number
        """The number of these eight labels; a row is made for new ones. Needs a write transaction."""
        self.labels: Callable[[int], Labels] = labels
        """The eight labels of the number."""
        self._clear = (number.cache_clear, labels.cache_clear)

    def forget(self) -> None:
        """Empty the caches: after a rollback of writing they hold numbers that stand for nothing."""
        for clear in self._clear:
            clear()

    def _number(self, labels: Labels) -> int:
        row = self._connection.one(_FIND, labels) or self._connection.one(_MAKE, (*labels, mark_of(*labels)))
        assert row is not None  # noqa: S101  (RETURNING gives the row that was made)
        return int(row[0])

    def _labels(self, number: int) -> Labels:
        row = self._connection.one(_LOAD, (number,))
        if row is None:
            raise StoreError(
                f"{self._connection.path}: an event refers to the missing context {number}.",
                remedy="Stop the service, and put a backup in the place of the database and its log.",
            )
        return row
