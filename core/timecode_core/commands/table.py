"""A report as a table in the terminal."""

from __future__ import annotations

from timecode_core.commands.words import duration, range_name, shown
from timecode_core.query import Report

_BAR_WIDTH = 24


def print_report(report: Report, previous: Report | None = None) -> None:
    """Heading, total (against the time before, where that is given), and a row a group with its share and a bar."""
    from rich.bar import Bar  # rich takes a tenth of a second, which `serve` and `--version` need not wait for
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    console.print(Text(range_name(report.query.selection), style="bold"))
    console.print(Text(_total(report, previous)))
    if not report.rows or not report.query.group_by:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for column in report.query.group_by:
        table.add_column(column, overflow="fold")
    table.add_column("time", justify="right", no_wrap=True)
    table.add_column("share", justify="right", no_wrap=True)
    table.add_column("", width=_BAR_WIDTH)
    longest = max(row.time for row in report.rows)
    for row in report.rows:
        names = (Text(shown(c, v)) for c, v in zip(report.query.group_by, row.values, strict=True))
        bar = Bar(longest, 0, row.time, width=_BAR_WIDTH, color="cyan")
        table.add_row(*names, duration(row.time), f"{row.time / report.total:.0%}", bar)
    console.print(table)


def _total(report: Report, previous: Report | None) -> str:
    if not report.total:
        return "No time recorded."
    text = duration(report.total)
    if previous is not None and previous.total:
        change = report.total - previous.total
        before = (
            "the day before"
            if previous.query.selection.days == 1
            else f"the {previous.query.selection.days} days before"
        )
        text += f", {duration(abs(change))} {'more' if change >= 0 else 'less'} than {before}"
    return text
