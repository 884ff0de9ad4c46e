"""A benchmark's findings: a table, with notes on what was compared."""

from __future__ import annotations

from attrs import Factory, define
from rich.console import Console
from rich.table import Table


@define
class Section:
    """Rows of text under a title; the first column names the case."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]] = Factory(list)
    notes: list[str] = Factory(list)

    def add(self, *cells: str) -> None:
        """Append a row."""
        self.rows.append(cells)

    def show(self, console: Console) -> None:
        """Print the table, then the notes."""
        table = Table(title=self.title, title_justify="left", title_style="bold")
        for index, column in enumerate(self.columns):
            table.add_column(column, justify="right" if index else "left")
        for row in self.rows:
            table.add_row(*row)
        if self.columns:
            console.print(table)
        else:
            console.print(self.title, style="bold", markup=False, highlight=False)
        for note in self.notes:
            console.print(f"  {note}", markup=False, highlight=False)
        console.print()


def number(value: float) -> str:
    """Three digits that count, thousands set apart."""
    if value >= 1000:
        digits = len(str(int(value))) - 3
        return f"{round(value, -digits):,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def ratio(value: float, reference: float) -> str:
    """How many times the reference."""
    return f"× {value / reference:.2f}"


def ms(seconds: float) -> str:
    """Seconds as milliseconds."""
    return number(seconds * 1000)
