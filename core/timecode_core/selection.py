"""The selection: which days, which part of them, and how they should look."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Literal

from attrs import evolve, field, frozen

from timecode_core.errors import QueryError

Theme = Literal["light", "dark"]


@frozen
class Selection:
    """The days `first` to `last`, both counted; `filters` maps a column to the values wanted ("" means none).

    Filters select credited time, never events. A column with several values takes any of them; columns combine by and.
    """

    first: date
    last: date
    filters: Mapping[str, tuple[str, ...]] = field(factory=lambda: MappingProxyType({}))
    theme: Theme = "light"

    def __attrs_post_init__(self) -> None:
        if self.last < self.first:
            raise QueryError(
                f"the range ends ({self.last}) before it begins ({self.first}).", remedy="Swap from and to."
            )

    @property
    def days(self) -> int:
        """How many days the range has, at least 1."""
        return (self.last - self.first).days + 1

    def previous(self) -> Selection:
        """The same number of days just before, with the same filters. Raises QueryError where the calendar begins."""
        try:
            first = self.first - timedelta(days=self.days)
        except OverflowError as error:
            raise QueryError(
                f"there are no {self.days} days before {self.first}.", remedy="Compare a shorter range."
            ) from error
        return evolve(self, first=first, last=self.first - timedelta(days=1))
