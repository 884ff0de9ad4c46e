"""`timecode rebuild`."""

from __future__ import annotations

from collections.abc import Sequence

import click

from timecode_core.accounting.renaming import rename_altered
from timecode_core.accounting.upkeep import Upkeep
from timecode_core.commands.progress import progress_bar
from timecode_core.errors import TimecodeError
from timecode_core.protocols import Guarded, Mending
from timecode_core.safekeeping.looking import BEYOND
from timecode_core.setup.lock import WriteLock
from timecode_core.wiring.installation import Installation


@click.command(short_help="Compute every total anew from the raw events.")
@click.pass_obj
def rebuild(installation: Installation) -> None:
    """Compute every total anew from the raw events, by the settings of today, in one transaction.

    Where something has changed the database behind our back, this mends whatever the events can tell. Nothing changes
    if it is interrupted. The service must not be running meanwhile.
    """
    installation.check()
    with WriteLock(installation.home) as lock:
        lock.acquire("rebuild")
        store = installation.store(writable=True)
        try:
            terms = installation.terms()
            ledger = terms.ledger()
            with progress_bar("Rebuilding") as tell, store.writing() as transaction:
                losses = transaction.mend() if isinstance(transaction, Mending) else ()
                altered = rename_altered(transaction)
                upkeep = Upkeep.due(transaction.metadata(), terms, ledger, everything=True)
                upkeep.do(transaction, ledger, tell)
                count = transaction.count()
            damage = _judged(store) if isinstance(store, Guarded) else ()
        finally:
            store.close()
    names = ", ".join(aggregation.name for aggregation in ledger.aggregations)
    click.echo(f"Rebuilt {names or 'nothing'} from {count:,} events.")
    for line in losses:
        click.echo(line)
    if altered:
        click.echo(f"Events that were not as they had been stored, and are kept as they are, with new ids: {altered}.")
    for name, reason in ledger.failures.items():
        click.echo(f"Left out {name}: {reason}", err=True)
    if damage:
        raise TimecodeError(
            f"the database is damaged beyond what the events can mend: {damage[0]}.",
            remedy=BEYOND,
        )


def _judged(store: Guarded) -> Sequence[str]:
    """What is wrong with the storage itself; where nothing is, it is trusted: what it holds has just been made."""
    damage = store.check()
    store.judge(store.opening, sound=not damage)
    return damage
