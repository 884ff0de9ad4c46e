"""Copies: what backups, and what was kept beside the store's data, hold of events that are to be forgotten."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from attrs import field, frozen

from timecode_core.accounting.terms import Terms
from timecode_core.accounting.upkeep import Upkeep
from timecode_core.erasure import Erased, Erasure
from timecode_core.errors import TimecodeError
from timecode_core.safekeeping.backups import Backups
from timecode_core.safekeeping.bars import Bars
from timecode_core.safekeeping.forgetting import Forgetting
from timecode_core.wiring.installation import Installation


@frozen
class Copy:
    """What a copy holds, or held, of it; or why that can't be told."""

    path: Path
    found: Erased = field(factory=Erased)
    error: TimecodeError | None = None


def search(installation: Installation, erasure: Erasure, now: int, bars: Bars, *, rewrite: bool) -> Iterator[Copy]:
    """Look into every copy, and take it out of each with `rewrite`; none is made meanwhile that could hold it.

    `now` in microseconds. Raises PluginError where the store has no copies of ours, BusyError where somebody makes one.
    """
    backups = Backups(installation.home, installation.settings.backups, installation.maintenance())
    terms = installation.terms()
    with backups.alone(patiently=True):
        try:
            backups.check_ours()
        except TimecodeError as error:
            yield Copy(backups.folder, error=error)
        for path in backups.everywhere():
            try:
                yield Copy(path, _look(backups, path, terms, erasure, now, bars, rewrite=rewrite))
            except TimecodeError as error:
                if os.path.lexists(path):  # else somebody has removed it
                    yield Copy(path, error=error)


def _look(
    backups: Backups, path: Path, terms: Terms, erasure: Erasure, now: int, bars: Bars, *, rewrite: bool
) -> Erased:
    """What one holds. It is rewritten on the terms of today, whatever it was made on: they are those of a restore."""
    with backups.opened(path) as (store, keep):
        ledger = terms.ledger()
        forgetting = Forgetting(erasure, ledger, now)
        with store.reading() as reader, bars(f"Looking into {path.name}") as progress:
            found = forgetting.survey(reader, progress)
        if found.events and rewrite:
            with bars(f"Rewriting {path.name}") as progress, store.writing() as transaction:
                upkeep = Upkeep.due(transaction.metadata(), terms, ledger)
                if upkeep.needed:
                    upkeep.do(transaction, ledger, progress)
                forgetting.do(transaction, progress)
            with bars(f"Packing {path.name}", binary=True) as progress:
                keep(progress)
        return found
