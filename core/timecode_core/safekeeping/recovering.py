"""Recovering: what a damaged database still yields becomes a new one."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from attrs import frozen

from timecode_core.accounting.crediting import FIRST_KEY
from timecode_core.accounting.ledger import Ledger
from timecode_core.accounting.terms import Terms
from timecode_core.accounting.upkeep import Progress, Upkeep, unseen
from timecode_core.accounting.verification import verify
from timecode_core.calendar import day_date
from timecode_core.errors import StoreError, TimecodeError
from timecode_core.event import Event
from timecode_core.protocols import Salvage, Store
from timecode_core.safekeeping.drafts import draft_folder
from timecode_core.safekeeping.fetching import COPY, check_file
from timecode_core.safekeeping.packing import is_packed, pack
from timecode_core.wiring.installation import Installation


@frozen
class Recovered:
    """What was recovered: `events`, the time that they are credited in microseconds, and their days.

    `losses` are what is known to be lost or altered, a line each; `failures` the aggregations that failed, and why.
    """

    events: int
    credited: int
    first: date
    last: date
    losses: Sequence[str]
    failures: Mapping[str, str]


def recover(installation: Installation, damaged: Path, new: Path, progress: Progress) -> Recovered:
    """Make a new database from what a damaged one yields, with totals by the settings of today, and look it through.

    It is made in a folder beside, which is gone afterwards with all that a store keeps around its data. Only a whole
    one, as `Store.backup` writes it, ever has the name. Raises TimecodeError.
    """
    maintenance, terms = installation.maintenance(), installation.terms()
    if os.path.realpath(new) == os.path.realpath(maintenance.path):  # be that a link that leads to itself
        raise TimecodeError(
            f"{new} is where your database belongs.",
            remedy="Name a new file: --into NEW. `timecode restore NEW` then puts it there.",
        )
    if os.path.lexists(new):
        raise TimecodeError(f"{new} exists already.", remedy="Move it away, or name a new file: --into NEW")
    check_file(damaged, "Name the damaged database, or a copy of it.")
    if is_packed(damaged):
        raise TimecodeError(
            f"{damaged} is packed.", remedy="Unpack it first (gunzip); one that is whole is for `timecode restore`."
        )
    salvage = maintenance.salvage(damaged, progress)
    ledger = terms.ledger()
    if not new.parent.is_dir():
        raise TimecodeError(f"there is no folder {new.parent}.", remedy="Create it first.")
    with draft_folder(new.parent) as folder:
        store = maintenance.open(folder / "filling.db", writable=True)
        try:
            _fill(store, salvage, terms, ledger)
            found = verify(terms, store, progress)
            if not found.events:
                raise StoreError(
                    f"{damaged} holds no event that can be recovered.", remedy="Name another copy of it, or a backup."
                )
            if not found.clean:
                raise StoreError(
                    f"what was recovered does not add up: {found.faults[0][1]}.",
                    remedy="Check the disk, and try again; or switch off the plugin whose totals these are.",
                )
            store.backup(folder / COPY)
            pack(folder / COPY, new, progress, packed=False)
            first, last = (day_date(ledger.calendar.day(one.time, one.utc_offset)) for one in _ends(store))
        finally:
            store.close()
    return Recovered(found.events, found.total, first, last, salvage.losses, dict(ledger.failures))


def _fill(store: Store, salvage: Salvage, terms: Terms, ledger: Ledger) -> None:
    """Store the events, each chunk in a transaction, and what they make of the totals, which begin empty."""
    with store.writing() as transaction:
        Upkeep.due(transaction.metadata(), terms, ledger).do(transaction, ledger, unseen)
    for events in salvage.events():
        with store.writing() as transaction:
            ledger.add(transaction, events)


def _ends(store: Store) -> tuple[Event, Event]:
    """The first event and the last."""
    with store.reading() as reader:
        (first,), last = reader.scan(FIRST_KEY, 2**63 - 1, 1), reader.last()
    assert last is not None  # noqa: S101  (there is a first)
    return first, last
