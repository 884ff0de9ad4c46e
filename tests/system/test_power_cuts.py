"""After a power cut at any moment there is what was acknowledged, whole; and the test would notice a store that loses.

`make torture` makes ten thousand cuts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.installations import fresh_home
from system.power_cuts import Lost, Pipeline, attempt
from timecode_core.accounting.cells import Cells
from timecode_core.accounting.ledger import Ledger
from timecode_core.errors import StoreError
from timecode_core.event import Event
from timecode_core.protocols import Transaction
from timecode_store_sqlite.store import SqliteStore
from timecode_store_sqlite.transaction import SqliteTransaction

CUTS = 150
CUTS_OF_MUTANTS = 60
PARTS = 2
"""So that several workers share the work."""


@pytest.fixture
def folder() -> Iterator[Path]:
    with fresh_home() as folder:
        folder.mkdir()
        yield folder


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_acknowledged_is_lost_and_nothing_is_there_by_half(folder: Path, part: int) -> None:
    """Events, totals, what is sent again, backups, a migration: whatever was under way is done whole, or not at all."""
    for seed in range(part, CUTS, PARTS):
        attempt(seed, folder)


# --- Mutants: each must be caught


class WithoutSync(Pipeline):
    """Nothing is ever synced."""

    pragma = "PRAGMA synchronous = OFF"

    def opened(self) -> None:
        assert self.store._connections.writer is not None
        self.store._connections.writer.raw.execute(self.pragma)


class WithLateSync(WithoutSync):
    """Commits are synced only at checkpoints."""

    pragma = "PRAGMA synchronous = NORMAL"


class _Hasty(SqliteStore):
    @contextmanager
    def writing(self) -> Iterator[SqliteTransaction]:
        done = False
        try:
            with super().writing() as transaction:
                yield transaction
                done = True
        except StoreError:
            if not done:
                raise


class TooHasty(Pipeline):
    """Acknowledges before the commit, however that ends."""

    store_type = _Hasty


class _Apart(Ledger):
    """Leaves the cells to another transaction."""

    later: Cells | None = None

    def _apply(self, _transaction: Transaction, cells: Cells) -> None:
        self.later = cells

    def settle(self, transaction: Transaction) -> None:
        if self.later is not None:
            super()._apply(transaction, self.later)
            self.later = None


class TotalsApart(Pipeline):
    """Totals are brought up to date in a transaction of their own, behind that of the events."""

    def make_ledger(self) -> Ledger:
        ledger = super().make_ledger()
        return _Apart(ledger.rule, ledger.calendar, ledger.aggregations)

    def take(self, batch: Sequence[Event]) -> list[str]:
        verdicts = super().take(batch)
        assert isinstance(self.ledger, _Apart)
        self.writer.run(self.ledger.settle)
        return verdicts


def _caught(folder: Path, kind: type[Pipeline] = Pipeline, *, lies: int = 0) -> int:
    caught = 0
    for seed in range(CUTS_OF_MUTANTS):
        try:
            attempt(seed, folder, kind, lies=lies)
        except Lost:
            caught += 1
    return caught


@pytest.mark.parametrize("kind", [WithoutSync, WithLateSync, TooHasty, TotalsApart])
def test_a_service_that_loses_is_caught(folder: Path, kind: type[Pipeline]) -> None:
    """One that syncs late or never, acknowledges too soon, or keeps events and totals apart."""
    assert _caught(folder, kind) > 1


def test_a_disk_that_lies_is_caught(folder: Path) -> None:
    """One of three syncs does nothing: nobody could hold what was acknowledged then."""
    assert _caught(folder, lies=33) > CUTS_OF_MUTANTS // 10
