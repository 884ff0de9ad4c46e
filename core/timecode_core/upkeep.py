"""Upkeep: bringing a store's aggregations into line with the settings, the rule and the plugins of today."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from attrs import evolve, frozen

from timecode_core.aggregation import Aggregation
from timecode_core.errors import BusyError
from timecode_core.ledger import AGGREGATION_PREFIX, Ledger
from timecode_core.protocols import Rule, Transaction
from timecode_core.settings import CoreSettings

_ACCOUNTING = "accounting"
_KEYS = ("rule", "keystroke_timeout", "day_start")

Progress = Callable[[int, int], None]
"""Told how many events are done, and of how many."""


def _described(core: CoreSettings, rule_fingerprint: str) -> str:
    return json.dumps({**{key: getattr(core, key) for key in _KEYS}, "fingerprint": rule_fingerprint}, sort_keys=True)


def recorded(metadata: Mapping[str, str], core: CoreSettings) -> CoreSettings:
    """The settings that the store's totals were made with, which may not be those of today."""
    if _ACCOUNTING not in metadata:
        return core
    kept = json.loads(metadata[_ACCOUNTING])
    return evolve(core, **{key: kept[key] for key in _KEYS})


def recorded_rule(metadata: Mapping[str, str], core: CoreSettings, build: Callable[[CoreSettings], Rule]) -> Rule:
    """The rule that the store's totals were made with. Raises BusyError where it can't be had any more."""
    rule = build(recorded(metadata, core))
    if _ACCOUNTING in metadata and json.loads(metadata[_ACCOUNTING])["fingerprint"] != rule.fingerprint:
        raise BusyError(
            f"the totals were made with another version or other settings of the rule {rule.name!r}.",
            remedy="Run `timecode rebuild`, or start `timecode serve`, which does it, too.",
        )
    return rule


def filled(metadata: Mapping[str, str], aggregations: Sequence[Aggregation]) -> list[Aggregation]:
    """Those aggregations that the store keeps up to date in the form they have today."""
    return [a for a in aggregations if metadata.get(AGGREGATION_PREFIX + a.name) == a.fingerprint]


@frozen
class Work:
    """What must be done. `reason` is a text for people, empty when nothing has to be."""

    accounting: str
    fill: tuple[Aggregation, ...]
    drop: tuple[str, ...]
    reason: str

    @classmethod
    def due(cls, metadata: Mapping[str, str], core: CoreSettings, ledger: Ledger, *, everything: bool = False) -> Work:
        """Compare what a store has recorded with what is wanted; `everything` wants all of it computed anew."""
        accounting = _described(core, ledger.rule.fingerprint)
        changed = metadata.get(_ACCOUNTING) != accounting
        current = filled(metadata, ledger.aggregations)
        fill = tuple(a for a in ledger.aggregations if everything or changed or a not in current)
        wanted = {aggregation.name for aggregation in ledger.aggregations}
        kept = {key.removeprefix(AGGREGATION_PREFIX) for key in metadata if key.startswith(AGGREGATION_PREFIX)}
        reasons = [
            "all totals are asked for" if everything else "",
            "the settings of time accounting changed" if changed else "",
            f"new or changed: {', '.join(a.name for a in fill)}" if fill and not (changed or everything) else "",
            f"no longer there: {', '.join(sorted(kept - wanted))}" if kept - wanted else "",
        ]
        return cls(accounting, fill, tuple(sorted(kept - wanted)), "; ".join(filter(None, reasons)))

    @property
    def needed(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.reason)

    def do(self, transaction: Transaction, ledger: Ledger, progress: Progress) -> None:
        """Do it, in this transaction."""
        for name in self.drop:
            transaction.clear(name)
            transaction.set_metadata(AGGREGATION_PREFIX + name, None)
        if self.fill:
            ledger.fill(transaction, self.fill, progress)
        transaction.set_metadata(_ACCOUNTING, self.accounting)
