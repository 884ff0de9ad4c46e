"""What the plain renderers share: one report, grouped as their option says."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from timecode_core.query import Query, Report
from timecode_core.selection import Selection

REPORT = "report"
"""The name of the one query."""


@frozen
class GroupingOptions:
    """`group_by`: the columns to group by, none for the total alone."""

    group_by: tuple[str, ...] = ()


class GroupingRenderer:
    """A renderer of one report."""

    version = "1"
    options = GroupingOptions

    def queries(self, selection: Selection, options: GroupingOptions) -> Mapping[str, Query]:
        """The one report, grouped as the option says."""
        return {REPORT: Query(selection, options.group_by)}


def stem(report: Report) -> str:
    """A file name that tells the range and the grouping."""
    selection = report.query.selection
    return "-".join(("timecode", *report.query.group_by, selection.first.isoformat(), selection.last.isoformat()))
