"""`timecode rebuild`."""

from __future__ import annotations

import click

from timecode_core.commands.progress import progress_bar
from timecode_core.installation import Installation
from timecode_core.lock import WriteLock
from timecode_core.upkeep import Work


@click.command()
@click.pass_obj
def rebuild(installation: Installation) -> None:
    """Compute every total anew from the raw events, by the settings of today, in one transaction.

    Nothing changes if it is interrupted. The service must not be running meanwhile.
    """
    installation.check()
    with WriteLock(installation.home) as lock:
        lock.acquire("rebuild")
        store = installation.store(writable=True)
        try:
            ledger = installation.ledger()
            with progress_bar("Rebuilding") as tell, store.writing() as transaction:
                work = Work.due(transaction.metadata(), installation.settings.core, ledger, everything=True)
                work.do(transaction, ledger, tell)
                count = transaction.count()
        finally:
            store.close()
    names = ", ".join(aggregation.name for aggregation in ledger.aggregations)
    click.echo(f"Rebuilt {names or 'nothing'} from {count:,} events.")
    for name, reason in ledger.failures.items():
        click.echo(f"Left out {name}: {reason}", err=True)
