"""`timecode plugins`."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import click

from timecode_core.errors import TimecodeError
from timecode_core.wiring.installation import Installation
from timecode_core.wiring.plugins import PluginRecord

if TYPE_CHECKING:
    from rich.console import Console

_TABLE_WIDTH = 72


@click.command(short_help="List the plugins, their hooks, and what went wrong.")
@click.pass_obj
def plugins(installation: Installation) -> None:
    """List the plugins: where each comes from, the hooks it implements, and what went wrong.

    Exits with 1 if something that the settings need is missing or broken.
    """
    from rich.console import Console

    with suppress(TimecodeError):  # the check below tells it, after the table
        installation.survey()
        installation.plugins.load_commands()
    _print(Console(), [_described(record) for record in installation.plugins.records.values()])
    zone = installation.zone()
    click.echo(str(zone))
    if zone.problem:
        click.echo(f"failed: {zone.problem}")
    for failure in installation.plugins.failures:
        click.echo(f"failed: {failure}")
    try:
        installation.check()
    except TimecodeError as error:
        raise TimecodeError(f"the settings need something that is not there: {error}") from error


def _described(record: PluginRecord) -> tuple[str, str, str, str]:
    hooks = ", ".join(hook.removeprefix("timecode_") for hook in record.hooks)
    return record.name, record.distribution or record.module, record.version, hooks or "-"


def _print(console: Console, rows: list[tuple[str, str, str, str]]) -> None:
    """A table, or where the terminal is too narrow for it, the hooks of each below its name."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    if console.width < _TABLE_WIDTH:
        for name, distribution, version, hooks in rows:
            console.print(Text(f"{name} ({distribution} {version})"))
            console.print(Padding(Text(hooks), (0, 0, 0, 2)))
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for column in ("plugin", "distribution", "version", "hooks"):
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    console.print(table)
