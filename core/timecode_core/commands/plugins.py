"""`timecode plugins`."""

from __future__ import annotations

from contextlib import suppress

import click

from timecode_core.errors import TimecodeError
from timecode_core.installation import Installation
from timecode_core.zone import zone_in_force


@click.command()
@click.pass_obj
def plugins(installation: Installation) -> None:
    """List the plugins: where each comes from, the hooks it implements, and what went wrong.

    Exits with 1 if something that the settings need is missing or broken.
    """
    from rich.console import Console
    from rich.table import Table

    with suppress(TimecodeError):  # the check below tells it, after the table
        installation.survey()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for column in ("plugin", "distribution", "version", "hooks"):
        table.add_column(column, overflow="fold")
    for record in installation.plugins.records.values():
        hooks = ", ".join(hook.removeprefix("timecode_") for hook in record.hooks)
        table.add_row(record.name, record.distribution or record.module, record.version, hooks or "-")
    Console().print(table)
    zone = zone_in_force(installation.settings.core.timezone)
    click.echo(str(zone))
    if zone.problem:
        click.echo(f"failed: {zone.problem}")
    for failure in installation.plugins.failures:
        click.echo(f"failed: {failure}")
    try:
        installation.check()
    except TimecodeError as error:
        raise TimecodeError(f"the settings need something that is not there: {error}") from error
