"""The erasure: which events are to be forgotten, and what came of that."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from attrs import field, frozen


@frozen(kw_only=True)
class Erasure:
    """Events that fit all that is given; of several in one field, any. With nothing given, it is none.

    `projects` and `entities` are patterns as in the settings `exclude_projects` and `exclude_paths`, but for paths as
    they are stored, which by default begin at the project. `machines` are ids. `first` and `last` are days, both
    counted, as lived where the event happened. `ahead` are those later than now.
    """

    projects: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    machines: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    ahead: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing is given."""
        return self == Erasure()


@frozen
class Erased:
    """What is, or would be, forgotten: how many events, and the time credited to them in microseconds, by project.

    `first` and `last` are the days that they are of; None where there are none.
    """

    events: int = 0
    projects: Mapping[str, int] = field(factory=dict)
    first: date | None = None
    last: date | None = None

    @property
    def time(self) -> int:
        """All the time credited to them, in microseconds."""
        return sum(self.projects.values())
