"""The query, a selection and the columns to group by, and its answer, the report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from itertools import repeat
from typing import Generic, NamedTuple, TypeVar

from attrs import field, frozen

from timecode_core.selection import Selection

Value = str | int | date
"""A group's value: `day`, `week`, `month` are dates (the first day); `hour`, `weekday` (Monday 0), `year` integers."""
V = TypeVar("V", bound=Value)


@frozen
class Query:
    """Credited time in `selection`, a group for each combination of `group_by`; no column means the total alone."""

    selection: Selection
    group_by: tuple[str, ...] = ()


class Row(NamedTuple):
    """One group: its values in the order of the query's `group_by`, and its credited time in microseconds."""

    values: tuple[Value, ...]
    time: int

    @property
    def seconds(self) -> float:
        """Credited time in seconds."""
        return self.time / 1_000_000


@frozen
class Groups(Generic[V]):
    """Groups and their time, kept by columns: a tuple for each of tens of thousands takes time and memory.

    `columns` are the groups' values, a sequence for each column that groups; `times` are their microseconds. Iterating
    gives a pair of values and time for each group.
    """

    columns: Sequence[Sequence[V]]
    times: Sequence[int]

    @classmethod
    def of(cls, pairs: Iterable[tuple[tuple[V, ...], int]]) -> Groups[V]:
        """The same by columns."""
        values, times = tuple(zip(*pairs, strict=True)) or ((), ())
        return cls(tuple(zip(*values, strict=True)), times)

    def __iter__(self) -> Iterator[tuple[tuple[V, ...], int]]:
        values = zip(*self.columns, strict=True) if self.columns else repeat((), len(self.times))
        return zip(values, self.times, strict=True)


def _groups(given: Groups[Value] | Iterable[tuple[tuple[Value, ...], int]]) -> Groups[Value]:
    return given if isinstance(given, Groups) else Groups.of(given)


@frozen
class Report:
    """A query's answer. Rows are by time first where the query groups by time, then largest first, then by name.

    `groups` may be given as rows, too. `answered_by` names the aggregation that the answer came from, or "events" when
    it was computed from the raw events. `day_start` is when its days begin, in microseconds after midnight.
    """

    query: Query
    groups: Groups[Value] = field(converter=_groups)
    answered_by: str
    day_start: int = 0

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The groups one by one."""
        return tuple(map(Row._make, self.groups))

    @property
    def total(self) -> int:
        """All credited time of the report in microseconds."""
        return sum(self.groups.times)
