"""Upkeep: bringing a store's aggregations into line with the settings, the rule and the plugins of today."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from attrs import evolve, frozen

from timecode_core.aggregation import Aggregation
from timecode_core.errors import BusyError, StoreError
from timecode_core.ledger import AGGREGATION_PREFIX, Ledger
from timecode_core.protocols import Rule, Transaction
from timecode_core.settings import CoreSettings

_ACCOUNTING = "accounting"
_KEYS = {"rule": str, "keystroke_timeout": int, "day_start": str}

Progress = Callable[[int, int], None]
"""Told how many events are done, and of how many."""


def _described(core: CoreSettings, rule_fingerprint: str) -> str:
    return json.dumps({**{key: getattr(core, key) for key in _KEYS}, "fingerprint": rule_fingerprint}, sort_keys=True)


def recorded(metadata: Mapping[str, str], core: CoreSettings) -> CoreSettings:
    """The settings that the store's totals were made with, which may not be those of today. Raises StoreError."""
    kept = _kept(metadata)
    if kept is None:
        return core
    try:
        return evolve(core, **{key: kept[key] for key in _KEYS})
    except (KeyError, TypeError, ValueError) as error:
        raise _unreadable(error) from error


def recorded_rule(metadata: Mapping[str, str], core: CoreSettings, build: Callable[[CoreSettings], Rule]) -> Rule:
    """The rule that the store's totals were made with. Raises BusyError where it can't be had any more, StoreError."""
    kept = _kept(metadata)
    rule = build(recorded(metadata, core))
    if kept is not None and kept.get("fingerprint") != rule.fingerprint:
        raise BusyError(
            f"the totals were made with another version or other settings of the rule {rule.name!r}.",
            remedy="Run `timecode rebuild`, or start `timecode serve`, which does it, too.",
        )
    return rule


def _kept(metadata: Mapping[str, str]) -> dict[str, Any] | None:
    """What the store has recorded; None where it has not yet."""
    if _ACCOUNTING not in metadata:
        return None
    try:
        kept = json.loads(metadata[_ACCOUNTING])
    except (ValueError, RecursionError) as error:
        raise _unreadable(error) from error
    types = {key: type(kept.get(key)) for key in _KEYS} if isinstance(kept, dict) else {}
    if types != _KEYS:
        raise _unreadable(TypeError(f"it is {metadata[_ACCOUNTING]!r:.80}"))
    return cast("dict[str, Any]", kept)


def _unreadable(error: Exception) -> StoreError:
    return StoreError(
        f"what the store has recorded of time accounting can't be read: {error!s:.120}.",
        remedy="Run `timecode rebuild`, which records it anew.",
    )


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
        new = _ACCOUNTING not in metadata
        changed = not new and metadata[_ACCOUNTING] != accounting
        current = filled(metadata, ledger.aggregations)
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
