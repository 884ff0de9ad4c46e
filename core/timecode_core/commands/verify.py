"""`timecode verify`."""

from __future__ import annotations

import click

from timecode_core.accounting.verification import verify as verify_store
from timecode_core.commands.formatting import duration
from timecode_core.commands.progress import progress_bar
from timecode_core.errors import TimecodeError
from timecode_core.safekeeping.looking import REMEDY
from timecode_core.wiring.installation import Installation

_SHOWN = 5


@click.command(short_help="Compare every total with what the raw events say.")
@click.pass_obj
def verify(installation: Installation) -> None:
    """Recompute every total from the raw events and compare: to the microsecond, cell by cell.

    The database is looked through as well: its pages, its tables and indexes, and what it counts. Only reads, so the
    service may go on. Exits with 1 if anything is wrong.
    """
    installation.check()
    store = installation.store()
    try:
        with progress_bar("Recomputing") as tell:
            found = verify_store(installation.terms(), store, tell)
    finally:
        store.close()
    if found.read:
        click.echo(f"{found.events:,} events, {duration(found.total)} in all")
    else:
        click.echo("the events can't be read to their end")
    for name, differences in found.differences.items():
        click.echo(f"{name}: {len(differences) or 'no'} difference{'' if len(differences) == 1 else 's'}")
        for difference in differences[:_SHOWN]:
            click.echo(f"  {difference.cell!r}: kept {difference.kept} µs, events say {difference.computed} µs")
    for name in found.pending:
        click.echo(f"{name}: not kept in its present form; `timecode serve` or `timecode rebuild` will fill it")
    if found.miscounted:
        click.echo(f"the count of events is wrong by {found.miscounted}")
    if found.altered:
        click.echo(f"events whose id does not fit their content: {found.altered}")
    for line in found.damage:
        click.echo(f"damage: {line}")
    if not found.clean:
        raise TimecodeError("what is kept is not what the events say.", remedy=REMEDY)
