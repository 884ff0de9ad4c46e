"""The renderer *csv*: a report as a table for spreadsheets, RFC 4180."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from timecode_core.protocols import Rendered
from timecode_core.query import Report, Value
from timecode_core.renderers.grouping import REPORT, GroupingOptions, GroupingRenderer, stem
from timecode_core.selection import Selection

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")


class CsvRenderer(GroupingRenderer):
    """A line of headings, then a line a group: its columns and its seconds."""

    def render(self, _selection: Selection, reports: Mapping[str, Report], _options: GroupingOptions) -> Rendered:
        """The table, UTF-8. A text that a spreadsheet would take for a formula gets a leading apostrophe."""
        report = reports[REPORT]
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow((*report.query.group_by, "seconds"))
        for row in report.rows:
            writer.writerow((*map(_cell, row.values), f"{row.time // 1_000_000}.{row.time % 1_000_000:06d}"))
        return Rendered(text.getvalue().encode(), "text/csv; charset=utf-8", stem(report), "csv")


def _cell(value: Value) -> Value:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
