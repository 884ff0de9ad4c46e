"""Reports: their groups by columns, as rows, and as JSON."""

from __future__ import annotations

from datetime import date, timedelta

import orjson
import pytest
from hypothesis import given, strategies as st
from timecode_core.answering.renderers.json import report_to_dict, report_to_json
from timecode_core.query import Groups, Query, Report, Row, Value
from timecode_core.selection import Selection

_FIRST = date(2026, 1, 1)
_DAYS = Selection(_FIRST, date(2026, 12, 31))


def _report(columns: tuple[str, ...], rows: list[Row]) -> Report:
    return Report(Query(_DAYS, columns), rows, "daily")


def _rows(number: int) -> list[Row]:
    return [Row((_FIRST + timedelta(n // 9), f'p"{n % 9}[]', n % 24), 10**9 // (n + 1)) for n in range(number)]


@given(st.lists(st.tuples(st.tuples(st.text(max_size=3), st.integers(0, 23)), st.integers(1))))
def test_groups_are_what_they_were_made_of(pairs: list[tuple[tuple[Value, ...], int]]) -> None:
    assert list(Groups.of(pairs)) == pairs
    assert list(_report(("project", "hour"), [Row(*pair) for pair in pairs]).rows) == pairs


def test_a_total_alone_is_one_group_without_values() -> None:
    report = _report((), [Row((), 1_500_000)])
    assert (report.rows, report.rows[0].seconds, report.total) == ((Row((), 1_500_000),), 1.5, 1_500_000)
    assert orjson.loads(report_to_json(report)) == {
        "from": "2026-01-01",
        "to": "2026-12-31",
        "total_seconds": 1.5,
        "groups": [],
        "answered_by": "daily",
    }


@pytest.mark.parametrize("number", [0, 1, 999, 1000, 1001, 2500])
def test_json_has_every_group_in_order(number: int) -> None:
    """However many there are: they are written some at a time."""
    columns, rows = ("day", "project", "hour"), _rows(number)
    report = _report(columns, rows)
    groups = [dict(zip((*columns, "seconds"), (*row.values, row.seconds), strict=True)) for row in rows]
    assert report_to_dict(report)["groups"] == groups
    assert report_to_json(report) == orjson.dumps({**report_to_dict(report), "groups": groups})
