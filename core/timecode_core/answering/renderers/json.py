"""The renderer *json*: a report in the shape that `GET /api/v1/stats` answers with."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from timecode_core.answering.renderers.grouping import REPORT, GroupingOptions, GroupingRenderer, stem
from timecode_core.protocols import Rendered
from timecode_core.query import Report
from timecode_core.selection import Selection


def report_to_dict(report: Report) -> dict[str, object]:
    """`{"from", "to", "total_seconds", "groups": [{<columns>, "seconds"}], "answered_by"}`, ready for orjson.

    Without columns to group by there are no groups.
    """
    selection, columns = report.query.selection, report.query.group_by
    rows, names = report.rows if columns else (), (*columns, "seconds")
    return {
        "from": selection.first,
        "to": selection.last,
        "total_seconds": report.total / 1_000_000,
        "groups": [dict(zip(names, (*values, time / 1_000_000), strict=True)) for values, time in rows],
        "answered_by": report.answered_by,
    }


class JsonRenderer(GroupingRenderer):
    """One report as a JSON document."""

    def render(self, _selection: Selection, reports: Mapping[str, Report], _options: GroupingOptions) -> Rendered:
        """The document, UTF-8."""
        report = reports[REPORT]
        body = orjson.dumps(report_to_dict(report), option=orjson.OPT_APPEND_NEWLINE)
        return Rendered(body, "application/json", stem(report), "json")
