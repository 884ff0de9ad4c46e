"""The aggregation: a named grouping of credited time that the store keeps up to date."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from hashlib import blake2b
from types import MappingProxyType

from attrs import field, frozen

from timecode_core.stretch import Stretch
from timecode_core.subject import LABELS

CLOCK = ("day", "hour")
"""Time buckets, integers: `day` counts local days since 1970-01-01, each beginning at `day_start`;
`hour` is 0 to 23."""

RESERVED = frozenset(
    (
        *CLOCK,
        *LABELS,
        "week",
        "month",
        "year",
        "weekday",
        "seconds",
        "from",
        "to",
        "period",
        "theme",
        "group_by",
        "limit",
        "after",
    )
)
"""Names that a derived column may not take: columns that there are already, and parameters of questions."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")


@frozen
class Aggregation:
    """A grouping as data: which columns make a cell. A cell's value is credited time in microseconds.

    `columns` come from `CLOCK`, `LABELS` and the keys of `derived`, and must begin with "day". `derived` maps a
    column's name to a pure function of a stretch (already cut at the hour) that returns its text. Raise `version`
    whenever such a function changes its answers: name, version and columns make the fingerprint, and a changed one
    is filled again from the raw events.
    """

    name: str
    columns: tuple[str, ...]
    version: int = 1
    derived: Mapping[str, Callable[[Stretch], str]] = field(factory=lambda: MappingProxyType({}), eq=False)

    def __attrs_post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"aggregation name {self.name!r}: lower-case letters, digits and _ only")
        if self.columns[:1] != ("day",) or len(set(self.columns)) != len(self.columns):
            raise ValueError(f"aggregation {self.name}: columns must begin with 'day' and name none twice")
        for column in self.columns:
            if column in self.derived and column in RESERVED:
                raise ValueError(f"aggregation {self.name}: {column!r} has a meaning of its own")
            if not _NAME.fullmatch(column) or not (column in CLOCK or column in LABELS or column in self.derived):
                raise ValueError(f"aggregation {self.name}: unknown column {column!r}")

    @property
    def fingerprint(self) -> str:
        """Changes when the meaning of the kept cells does."""
        text = "\0".join((self.name, str(self.version), *self.columns))
        return blake2b(text.encode(), digest_size=8).hexdigest()
