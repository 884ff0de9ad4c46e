"""The query, a selection and the columns to group by, and its answer, the report."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from attrs import frozen

from timecode_core.selection import Selection

Value = str | int | date
"""A group's value: `day`, `week`, `month` are dates (the first day); `hour`, `weekday` (Monday 0), `year` integers."""


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
class Report:
    """A query's answer. Rows are by time first where the query groups by time, then largest first, then by name.

    `answered_by` names the aggregation that the answer came from, or "events" when it was computed from the raw events.
    `day_start` is when its days begin, in microseconds after midnight.
    """

    query: Query
    rows: tuple[Row, ...]
    answered_by: str
    day_start: int = 0

    @property
    def total(self) -> int:
        """All credited time of the report in microseconds."""
        return sum(row.time for row in self.rows)
