"""Label sets: what events share of their subjects, kept once, as a row of `contexts`, and referred to by its number."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING

from timecode_core import LABELS as COLUMNS, StoreError, Subject, declared

from timecode_store_sqlite.families import Families

if TYPE_CHECKING:
    from collections.abc import Callable

    from timecode_store_sqlite.connection import Connection

LABELS = tuple(label for label in COLUMNS if label != "entity")
"""The labels by which cells are grouped."""
OTHERS = tuple(name for name in declared(Subject) if name not in COLUMNS)
"""The rest of a subject, `source` the last of it; it is empty for cells."""
NAMED = (*LABELS, *OTHERS)
CACHED = 4096
"""How many label sets a connection remembers each way: about 2 MiB."""
SUBJECTS = 1024
"""How many subjects it remembers each way: most often a few hundred bytes each, at worst 4 KiB of path."""
FAMILIES = 8
"""By how many groups of labels it remembers the families."""
_MOST = 1 << 24
"""No file has so many contexts: a greater number is damage, and a table up to it would take all memory."""

Labels = tuple[str, ...]

shared = attrgetter(*NAMED)
"""The labels of a subject, and its source."""

MARK = "context_mark"
"""The SQL function by which migrations mark the contexts that there are: `mark_of`."""

_COLUMNS, _VALUES = ", ".join(NAMED), ", ".join("?" * len(NAMED))
_FIND = f"SELECT id FROM contexts WHERE ({_COLUMNS}) = ({_VALUES})"  # noqa: S608
_MAKE = f"INSERT INTO contexts ({_COLUMNS}, mark) VALUES ({_VALUES}, ?) RETURNING id"  # noqa: S608
_LOAD = f"SELECT {_COLUMNS} FROM contexts WHERE id = ?"  # noqa: S608


def mark_of(*labels: object) -> int:
    """56 bits of BLAKE2b over all of `NAMED`, joined by NUL: tells whether somebody has changed the row.

    A migration that adds to `NAMED` marks every row anew.

    An event's id tells that for all but the source, which is no part of it.
    """
    return int.from_bytes(hashlib.blake2b("\0".join(map(str, labels)).encode(), digest_size=7).digest())


class LabelSets:
    """Number to labels and back, through bounded caches.

    A number is never given twice (AUTOINCREMENT), so what was committed can be remembered for good.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        number = lru_cache(CACHED)(self._number)
        labels = lru_cache(CACHED)(self._labels)
        self.number: Callable[[Labels], int] = number
        """The number of these labels and this source; a row is made for new ones. Needs a write transaction."""
        self.labels: Callable[[int], Labels] = labels
        """The labels and the source of the number."""
        of = lru_cache(SUBJECTS)(lambda subject: number(shared(subject)))
        self.of: Callable[[Subject], int] = of
        """The number of a subject's labels, as `number`."""
        subject = lru_cache(SUBJECTS)(self._subject)
        self.subject: Callable[[int, str], Subject] = subject
        """The subject with the labels of the number and an entity: events share it."""
        families = lru_cache(FAMILIES)(self._families)
        self.families: Callable[[Labels, int], Families] = families
        """The families by these labels of the contexts up to the newest, whose number is given."""
        self._caches = (number, labels, of, subject, families)

    def forget(self) -> None:
        """Empty the caches: after a rollback of writing they hold numbers that stand for nothing."""
        for cache in self._caches:
            cache.cache_clear()

    def _number(self, labels: Labels) -> int:
        row = self._connection.one(_FIND, labels) or self._connection.one(_MAKE, (*labels, mark_of(*labels)))
        assert row is not None  # noqa: S101  (RETURNING gives the row that was made)
        return int(row[0])

    def _subject(self, number: int, entity: str) -> Subject:
        return Subject(entity, **dict(zip(NAMED, self.labels(number), strict=True)))

    def _labels(self, number: int) -> Labels:
        row = self._connection.one(_LOAD, (number,))
        if row is None:
            raise self._damaged(f"an event refers to the missing context {number}")
        return row

    def _families(self, labels: Labels, newest: int) -> Families:
        if newest > _MOST:
            raise self._damaged(f"a context has the number {newest}")
        rows = self._connection.rows(f"SELECT id, {', '.join(labels)} FROM contexts WHERE id > 0")  # noqa: S608
        return Families.of(labels, {row[0]: row[1:] for row in rows}, newest)

    def _damaged(self, what: str) -> StoreError:
        return StoreError(
            f"{self._connection.path}: {what}.",
            remedy="`timecode doctor` says what is left; `timecode restore FILE` puts a backup in its place.",
        )
