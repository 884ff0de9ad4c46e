"""Families: the contexts that have some labels in common. Cells are summed and sorted by a family's number.

A number takes SQLite less time than texts that it has to look up for each cell, and Python less than texts of each row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_BYTES = 4
NUMBER = f"substr(?, a.context * {_BYTES} + 1, {_BYTES})"
"""A context's family in SQL. It binds `Families.numbers`, the one kind of table that SQLite need not search."""
NONE = f"x'{bytes(_BYTES).hex()}'"
"""What stands there for a context that is missing."""


class Families(NamedTuple):
    """The families by some labels. Their numbers are in the order of these labels' texts."""

    numbers: bytes
    """For each context the number of its family."""
    texts: Mapping[str, Mapping[bytes, str]]
    """For each label its text in a family, by number."""

    @classmethod
    def of(cls, labels: Sequence[str], contexts: Mapping[int, tuple[str, ...]], newest: int) -> Families:
        """Those of the contexts, the texts of these labels by context, of which the newest has the highest number."""
        found = sorted(set(contexts.values()))
        number = {texts: at.to_bytes(_BYTES) for at, texts in enumerate(found, 1)}
        numbers = bytearray((newest + 1) * _BYTES)
        for context, texts in contexts.items():
            numbers[context * _BYTES : (context + 1) * _BYTES] = number[texts]
        return cls(
            bytes(numbers),
            {label: {number[texts]: texts[at] for texts in found} for at, label in enumerate(labels)},
        )
