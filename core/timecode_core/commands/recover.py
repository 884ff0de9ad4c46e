"""`timecode recover`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from timecode_core.commands.formatting import duration
from timecode_core.commands.interrupts import held
from timecode_core.commands.progress import progress_bar
from timecode_core.safekeeping.recovering import recover as recover_into
from timecode_core.wiring.installation import Installation


@click.command(short_help="Save what a damaged database still yields.")
@click.argument("file", required=False, type=click.Path(path_type=Path, readable=False))
@click.option(
    "--into",
    metavar="NEW",
    type=click.Path(path_type=Path, readable=False),
    help="The new file, which must not exist (default: FILE's name with .recovered added).",
)
@click.pass_obj
def recover(installation: Installation, file: Path | None, into: Path | None) -> None:
    """Make a new database of what the damaged one in FILE still yields, and say what is lost.

    Without FILE, your own database is meant. FILE and the log beside it are only read, and stay as they are. Every
    event proves by its id that it is as it was stored; all totals are computed anew, by the settings of today. No
    service must be writing to FILE meanwhile.
    """
    installation.check()
    file = file or installation.maintenance().path
    real = Path(os.path.realpath(file))  # a link's other files lie beside what it leads to
    new = into or real.with_name(f"{real.name}.recovered")
    with held():
        with progress_bar("Recovering") as tell:
            made = recover_into(installation, file, new, tell)
        click.echo(
            f"Recovered {made.events:,} events, {duration(made.credited)} in all, from {made.first} to {made.last}, "
            f"into {new}."
        )
        for line in made.losses or ("As far as can be told, nothing is lost.",):
            click.echo(line)
    for name, reason in made.failures.items():
        click.echo(f"Left out {name}: {reason}", err=True)
    click.echo(f"To put it in the place of your database, stop the service and run: timecode restore {new}")
