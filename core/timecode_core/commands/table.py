"""A report as a table in the terminal."""

from __future__ import annotations

from itertools import starmap
from operator import add
from typing import TYPE_CHECKING

from timecode_core.commands.formatting import duration, range_name, shown
from timecode_core.query import Query, Report

if TYPE_CHECKING:
    from rich.console import Console

NOW, BEFORE = "now", "before"
_FIGURES = ("time", "share")
_BAR_WIDTH, _LEAST_BAR = 24, 8
_BAR = "█▉▊▋▌▍▎▏▐▕"
"""What rich draws bars with."""
_GAP = 2
_LEAST_NAME = 12
"""A column of names narrower than this is no longer read, it is spelt."""


def compared(query: Query) -> dict[str, Query]:
    """The query and, where there is something to compare with, the same of the days before."""
    previous = query.selection.previous()
    return {NOW: query} | ({BEFORE: Query(previous, query.group_by)} if previous else {})


def print_report(report: Report, previous: Report | None = None) -> None:
    """Heading, total (against the time before, where that is given), and a row a group with its share and a bar."""
    from rich.console import Console  # rich takes a tenth of a second, which `serve` and `--version` need not wait for
    from rich.text import Text

    console = Console()
    console.print(Text(range_name(report.query.selection), style="bold"))
    console.print(Text(_total(report, previous)))
    if report.rows and report.query.group_by:
        _print_rows(console, report)


def _print_rows(console: Console, report: Report) -> None:
    """Where the terminal is narrow or can't show it, the bar goes first; the names share a column; the shares go.

    A column of a letter or two would have its names run down the page.
    """
    from rich.bar import Bar
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    columns = report.query.group_by
    names = [tuple(starmap(shown, zip(columns, row.values, strict=True))) for row in report.rows]
    figures = [(duration(row.time), f"{row.time / report.total:.0%}") for row in report.rows]
    *widths, time, share = (
        max(map(cell_len, column)) + _GAP
        for column in zip((*columns, *_FIGURES), *map(add, names, figures), strict=True)
    )
    shown_figures = _FIGURES if console.width - time - share >= _LEAST_NAME else _FIGURES[:1]
    room = console.width - time - (share if shown_figures == _FIGURES else 0)
    bar = _bar_width(console, room - sum(widths))
    if sum(min(width, _LEAST_NAME + _GAP) for width in widths) > room:
        columns, names = (" / ".join(columns),), [(" / ".join(row),) for row in names]
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="dim")
    for column in columns:
        table.add_column(column, overflow="fold")
    for figure in shown_figures:
        table.add_column(figure, justify="right", no_wrap=True)
    if bar:
        table.add_column("", width=bar)
    longest = max(row.time for row in report.rows)
    for row, texts, numbers in zip(report.rows, names, figures, strict=True):
        drawn = [Bar(longest, 0, row.time, width=bar, color="cyan")] if bar else []
        table.add_row(*map(Text, texts), *numbers[: len(shown_figures)], *drawn)
    console.print(table)


def _bar_width(console: Console, room: int) -> int:
    """How wide a bar may be; 0 where there is too little room, or where the encoding lacks its characters."""
    try:
        _BAR.encode(console.encoding)
    except UnicodeEncodeError:
        return 0
    return min(_BAR_WIDTH, room) if room >= _LEAST_BAR else 0


def _total(report: Report, previous: Report | None) -> str:
    if not report.total:
        return "No time recorded."
    text = duration(report.total)
    before = report.query.selection.before
    if previous is not None and previous.total and before is not None:
        change = report.total - previous.total
        text += f", {duration(abs(change))} {'more' if change >= 0 else 'less'} than {before.words}"
    return text
