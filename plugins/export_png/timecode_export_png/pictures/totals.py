"""The figures above a picture: the total, and how it compares to the days before."""

from __future__ import annotations

from collections.abc import Mapping

from timecode_core import Query, Report, Selection
from timecode_dashboard_bokeh.drawing import duration

TOTAL, PREVIOUS = "total", "previous"
MANY_TIMES = 300


def queries(selection: Selection) -> dict[str, Query]:
    """The total of these days, and of those that they are compared with."""
    previous = selection.previous()
    return {TOTAL: Query(selection)} | ({PREVIOUS: Query(previous)} if previous else {})


def total(reports: Mapping[str, Report]) -> int:
    """All of the time, in microseconds."""
    return reports[TOTAL].total


def comparison(selection: Selection, reports: Mapping[str, Report]) -> str:
    """A few words: "12 % more than the 7 days before (28 h 40 m)"; empty where there is nothing to compare."""
    now, before = reports[TOTAL].total, reports[PREVIOUS].total if PREVIOUS in reports else 0
    if not before or not selection.before:
        return ""
    percent = round(100 * (now - before) / before)
    against = f"{selection.before.words} ({duration(before)})"
    if percent == 0:
        return f"about the same as {against}"
    if percent >= MANY_TIMES:
        return f"{round(now / before)} times {against}"
    return f"▲ {percent} % more than {against}" if percent > 0 else f"▼ {-percent} % less than {against}"
