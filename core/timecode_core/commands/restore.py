"""`timecode restore`."""

from __future__ import annotations

from pathlib import Path

import click

from timecode_core.commands.interrupts import held
from timecode_core.commands.progress import progress_bar
from timecode_core.safekeeping.restoring import restore as restore_backup
from timecode_core.wiring.installation import Installation


@click.command(short_help="Put a backup in the place of what is stored.")
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.pass_obj
def restore(installation: Installation, file: Path) -> None:
    """Put FILE, a backup, in the place of what is stored now.

    It is looked through first, and brought up to date where an earlier Timecode has made it. What was stored until now
    is kept beside the database, whatever state it is in: this says where. The service must not be running; it starts
    with what was restored.
    """
    installation.check()
    with held():
        restored = restore_backup(installation, file, progress_bar)
        click.echo(f"Restored {restored.events:,} events from {file}.")
        if restored.kept:
            click.echo(f"What was there before is kept in {restored.kept}: remove all of that once you miss nothing.")
        for warning in restored.warnings:
            click.echo(f"timecode: {warning}", err=True)
        click.echo("Start the service: timecode serve")
