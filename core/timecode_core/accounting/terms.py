"""The terms on which time is credited: those of today's settings, and those that a store's totals were made on."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from attrs import evolve, frozen

from timecode_core.accounting.ledger import AGGREGATION_PREFIX, Ledger
from timecode_core.aggregation import Aggregation
from timecode_core.calendar import SECOND_US, Calendar
from timecode_core.errors import BusyError, UnknownRuleError
from timecode_core.protocols import Rule
from timecode_core.setup.settings import CoreSettings

ACCOUNTING = "accounting"
"""The metadata key under which a store keeps the settings and the rule that its totals were made with."""
_KEYS = {"rule": str, "keystroke_timeout": int, "day_start": str}


@frozen
class Terms:
    """Today's settings, how to build the rule of any settings, and the aggregations on offer."""

    core: CoreSettings
    build_rule: Callable[[CoreSettings], Rule]
    aggregations: Sequence[Aggregation]

    def ledger(self) -> Ledger:
        """A ledger on today's terms."""
        return Ledger(self.build_rule(self.core), calendar_of(self.core), self.aggregations)

    def recorded_ledger(self, metadata: Mapping[str, str]) -> Ledger:
        """A ledger on the terms that the store's totals were made on, for the aggregations it keeps in today's form.

        Raises BusyError, StoreError, as `recorded_rule`.
        """
        return Ledger(self.recorded_rule(metadata), self.recorded_calendar(metadata), self.filled(metadata))

    def described(self, rule: Rule) -> str:
        """What a store keeps of today's settings and their rule."""
        settings = {key: getattr(self.core, key) for key in _KEYS}
        return json.dumps({**settings, "fingerprint": rule.fingerprint}, sort_keys=True)

    def recorded(self, metadata: Mapping[str, str]) -> CoreSettings:
        """The settings that the store's totals were made with, which may not be those of today. Raises StoreError."""
        kept = _kept(metadata)
        if kept is None:
            return self.core
        try:
            return evolve(self.core, **{key: kept[key] for key in _KEYS})
        except (KeyError, TypeError, ValueError) as error:
            raise _unreadable(error) from error

    def recorded_calendar(self, metadata: Mapping[str, str]) -> Calendar:
        """The calendar that the store's totals were made with. Raises StoreError."""
        return calendar_of(self.recorded(metadata))

    def recorded_rule(self, metadata: Mapping[str, str]) -> Rule:
        """The rule that the store's totals were made with. Raises BusyError where it can't be had now, StoreError."""
        kept = _kept(metadata)
        rule = self.build_rule(self.recorded(metadata))
        if kept is not None and kept.get("fingerprint") != rule.fingerprint:
            raise BusyError(
                f"the totals were made with another version or other settings of the rule {rule.name!r}.",
                remedy="Run `timecode rebuild`, or start `timecode serve`, which does it, too.",
            )
        return rule

    def filled(self, metadata: Mapping[str, str]) -> list[Aggregation]:
        """Those aggregations that the store keeps up to date in the form they have today."""
        return [a for a in self.aggregations if metadata.get(AGGREGATION_PREFIX + a.name) == a.fingerprint]


def calendar_of(core: CoreSettings) -> Calendar:
    """The calendar of these settings."""
    return Calendar(core.day_start_s * SECOND_US)


def _kept(metadata: Mapping[str, str]) -> dict[str, Any] | None:
    """What the store has recorded; None where it has not yet."""
    if ACCOUNTING not in metadata:
        return None
    try:
        kept = json.loads(metadata[ACCOUNTING])
    except (ValueError, RecursionError) as error:
        raise _unreadable(error) from error
    types = {key: type(kept.get(key)) for key in _KEYS} if isinstance(kept, dict) else {}
    if types != _KEYS:
        raise _unreadable(TypeError(f"it is {metadata[ACCOUNTING]!r:.80}"))
    return cast("dict[str, Any]", kept)


def _unreadable(error: Exception) -> UnknownRuleError:
    return UnknownRuleError(
        f"what the store has recorded of time accounting can't be read: {error!s:.120}.",
        remedy="Run `timecode rebuild`, which records it anew.",
    )
