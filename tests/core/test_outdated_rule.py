"""Totals made by a rule that is no longer what it was: nobody mistakes them for wrong, and nobody mixes two rules."""

from __future__ import annotations

import pytest
from attrs import frozen
from support.installations import ALWAYS, fresh_home, installation, running
from timecode_core import hookimpl
from timecode_core.accounting.rules.join_gaps import JoinGaps
from timecode_core.accounting.verification import verify
from timecode_core.answering.answers import Answers
from timecode_core.errors import BusyError
from timecode_core.protocols import Provider, Store
from timecode_core.query import Query
from timecode_core.selection import Selection
from timecode_core.wiring.plugins import Plugins

_BEATS = [{"time": 1_700_000_000 + k * 60, "entity": "a.py"} for k in range(5)]


@frozen
class Generous(JoinGaps):
    """A rule whose own settings, not the core's, decide what it gives."""

    edition: int = 1

    @property
    def fingerprint(self) -> str:
        return f"generous:{self.edition}"


class Offering:
    """A plugin that offers the rule in one edition."""

    def __init__(self, edition: int) -> None:
        self._edition = edition

    @hookimpl
    def timecode_rules(self) -> list[Provider]:
        return [Provider("generous", lambda _settings, _context: Generous(900_000_000, self._edition))]


def _plugins(edition: int) -> Plugins:
    plugins = Plugins()
    plugins.register(Offering(edition), "offering")
    return plugins


def _by_type(answers: Answers) -> int:
    return answers.report(Query(Selection(*ALWAYS), ("type",))).total


def test_a_rule_that_changed_is_named_and_no_difference_is_reported() -> None:
    """Reading goes on from what is kept; what needs the rule says to rebuild; the next start of the service does it."""
    with fresh_home() as home:
        with running(home, {"rule": "generous"}, _plugins(1)) as service:
            service.submit(_BEATS, "test")
        later = installation(home, {"rule": "generous"}, _plugins(2))
        store: Store = later.store()
        try:
            answers = Answers(later.terms(), store)
            assert answers.report(Query(Selection(*ALWAYS), ("project",))).total == 240_000_000
            with pytest.raises(BusyError, match="rebuild"):
                _by_type(answers)
            with pytest.raises(BusyError, match="rebuild"):
                verify(later.terms(), store)
        finally:
            store.close()
        with running(home, {"rule": "generous"}, _plugins(2)) as service:
            assert _by_type(service.answers) == 240_000_000
