"""Upkeep: bringing a store's aggregations into line with the settings, the rule and the plugins of today."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import frozen

from timecode_core.accounting.ledger import AGGREGATION_PREFIX, Ledger
from timecode_core.accounting.terms import ACCOUNTING, Terms
from timecode_core.aggregation import Aggregation
from timecode_core.protocols import Transaction

Progress = Callable[[int, int], None]
"""Told how much is done, and of how much: events, or bytes. It may wait, or raise to break off."""


def unseen(_done: int, _count: int) -> None:
    """Progress that nobody looks at."""


@frozen
class Upkeep:
    """What must be done. `reason` is a text for people, empty when nothing has to be."""

    accounting: str
    fill: tuple[Aggregation, ...]
    reason: str

    @classmethod
    def due(cls, metadata: Mapping[str, str], terms: Terms, ledger: Ledger, *, everything: bool = False) -> Upkeep:
        """Compare what a store has recorded with what is wanted; `everything` wants all of it computed anew."""
        accounting = terms.described(ledger.rule)
        new = ACCOUNTING not in metadata
        changed = not new and metadata[ACCOUNTING] != accounting
        current = terms.filled(metadata)
        fill = tuple(a for a in ledger.aggregations if everything or new or changed or a not in current)
        wanted = {aggregation.name for aggregation in ledger.aggregations}
        kept = {key.removeprefix(AGGREGATION_PREFIX) for key in metadata if key.startswith(AGGREGATION_PREFIX)}
        reasons = [
            "all totals are asked for" if everything else "",
            "there are none yet" if new else "",
            "the settings of time accounting changed" if changed else "",
            f"new or changed: {', '.join(a.name for a in fill)}" if fill and not (new or changed or everything) else "",
            f"no longer there: {', '.join(sorted(kept - wanted))}" if kept - wanted else "",
        ]
        return cls(accounting, fill, "; ".join(filter(None, reasons)))

    @property
    def needed(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.reason)

    def do(self, transaction: Transaction, ledger: Ledger, progress: Progress) -> None:
        """Do it, in this transaction."""
        ledger.drop_others(transaction)
        if self.fill:
            ledger.fill(transaction, self.fill, progress)
        transaction.set_metadata(ACCOUNTING, self.accounting)
