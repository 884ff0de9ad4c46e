"""`timecode backup`."""

from __future__ import annotations

from pathlib import Path

import click

from timecode_core.commands.choosing import opened
from timecode_core.commands.interrupts import held
from timecode_core.commands.progress import progress_bar
from timecode_core.safekeeping.backups import Backups
from timecode_core.wiring.installation import Installation


@click.command(short_help="Write a copy of everything that is stored.")
@click.argument("file", required=False, type=click.Path(path_type=Path, readable=False))
@click.pass_obj
def backup(installation: Installation, file: Path | None) -> None:
    """Write a copy of everything that is stored to FILE, which must be new.

    It is packed where its name ends with .gz. Without FILE, it goes into the folder of the backups that the service
    makes by itself, once a day, and the old ones are thinned out (settings: [backups]).

    The service may go on meanwhile. The copy is looked through before it counts. `timecode restore` puts one back.
    """
    if file == Path("-"):
        raise click.BadParameter("a backup is not written to standard output: name a file.", param_hint="FILE")
    with held(), opened(installation) as (_, store):
        backups = Backups(installation.home, installation.settings.backups, installation.maintenance())
        with progress_bar("Writing", binary=True) as tell:
            if file is None:
                file = backups.make(store, installation.zone().now(), tell).path
            else:
                backups.write(store, file, tell)
        click.echo(f"{file} ({file.stat().st_size:,} bytes)")
