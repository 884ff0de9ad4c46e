"""The renderer *json*: a report in the shape that `GET /api/v1/stats` answers with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import cast

import orjson

from timecode_core.answering.renderers.grouping import REPORT, GroupingOptions, GroupingRenderer, stem
from timecode_core.protocols import Rendered
from timecode_core.query import Report
from timecode_core.selection import Selection

_AT_ONCE = 1000
"""How many groups are turned into JSON at a time: as dicts, all of them would take more memory than all else."""


def report_to_dict(report: Report) -> dict[str, object]:
    """`{"from", "to", "total_seconds", "groups": [{<columns>, "seconds"}], "answered_by"}`, ready for orjson.

    Without columns to group by there are no groups.
    """
    return _document(report, [group for part in _parts(report) for group in part])


def report_to_json(report: Report) -> bytes:
    """The same as JSON, UTF-8."""
    before, after = orjson.dumps(_document(report, [])).split(b"[]")
    groups = b",".join([orjson.dumps(part)[1:-1] for part in _parts(report)])
    return b"".join((before, b"[", groups, b"]", after))


def _document(report: Report, groups: list[dict[str, object]]) -> dict[str, object]:
    selection = report.query.selection
    return {
        "from": selection.first,
        "to": selection.last,
        "total_seconds": report.total / 1_000_000,
        "groups": groups,
        "answered_by": report.answered_by,
    }


def _parts(report: Report) -> Iterator[list[dict[str, object]]]:
    names, columns = report.query.group_by, (*report.groups.columns, report.groups.times)
    if names:
        for at in range(0, len(report.groups.times), _AT_ONCE):
            yield _grouping(names)(*[column[at : at + _AT_ONCE] for column in columns])


@lru_cache(64)
def _grouping(names: tuple[str, ...]) -> Callable[..., list[dict[str, object]]]:
    """What makes groups of columns with these names and one of times.

    It is written out as source, as named tuples are: `dict(zip(…))` takes thrice the time, and answers have thousands.
    """
    values = [f"value_{at}" for at in range(len(names))]
    items = "".join(f"{name!r}: {value}, " for name, value in zip(names, values, strict=True))
    source = f"lambda *columns: [{{{items}'seconds': time / 1_000_000}} for {', '.join(values)}, time in zip(*columns)]"
    return cast("Callable[..., list[dict[str, object]]]", eval(source))  # noqa: S307  (of names that are told by repr)


class JsonRenderer(GroupingRenderer):
    """One report as a JSON document."""

    def render(self, _selection: Selection, reports: Mapping[str, Report], _options: GroupingOptions) -> Rendered:
        """The document, UTF-8."""
        report = reports[REPORT]
        return Rendered(report_to_json(report) + b"\n", "application/json", stem(report), "json")
