"""The selection: which days, and which part of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from attrs import evolve, field, frozen

from timecode_core.errors import QueryError


@frozen
class Before:
    """The days that a range is compared with, both counted, and words for them, such as "the 7 days before"."""

    first: date
    last: date
    words: str


@frozen
class Selection:
    """The days `first` to `last`, both counted; `filters` maps a column to the values wanted ("" means none).

    Filters select credited time, never events. A column with several values takes any of them; columns combine by and.
    `before` is what the days are compared with, as `Answers.select` finds it; None where there is nothing.
    """

    first: date
    last: date
    filters: Mapping[str, tuple[str, ...]] = field(factory=lambda: MappingProxyType({}))
    before: Before | None = None

    def __attrs_post_init__(self) -> None:
        if self.last < self.first:
            raise QueryError(
                f"the range ends ({self.last}) before it begins ({self.first}).", remedy="Swap from and to."
            )

    @property
    def days(self) -> int:
        """How many days the range has, at least 1."""
        return (self.last - self.first).days + 1

    def previous(self) -> Selection | None:
        """The days to compare with, with the same filters; None where there is nothing to compare with."""
        if self.before is None:
            return None
        return evolve(self, first=self.before.first, last=self.before.last, before=None)
