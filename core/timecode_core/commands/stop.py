"""`timecode stop`."""

from __future__ import annotations

import click

from timecode_core.commands.progress import waiting
from timecode_core.startup.stopping import stop_service
from timecode_core.wiring.installation import Installation


@click.command(short_help="End the service of this home folder in good order.")
@click.pass_obj
def stop(installation: Installation) -> None:
    """End the service of this home folder in good order, however it was started.

    What it has acknowledged is on disk, and what is under way is finished. Where none runs, that is said, and it is no
    error.
    """
    with waiting("Stopping"):
        stopped = stop_service(installation.home)
    click.echo(f"Stopped {stopped}." if stopped else f"No service runs for {installation.home.path}.")
