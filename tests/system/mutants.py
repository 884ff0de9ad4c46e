"""Services that lose something: the attacks of this folder must notice each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from system.power_cuts import Pipeline
from timecode_core.accounting.cells import Cells
from timecode_core.accounting.ledger import Ledger
from timecode_core.errors import StoreError
from timecode_core.event import Event
from timecode_core.protocols import Transaction
from timecode_store_sqlite.store import SqliteStore
from timecode_store_sqlite.transaction import SqliteTransaction


class WithoutSync(Pipeline):
    """Nothing is ever synced."""

    pragma = "PRAGMA synchronous = OFF"

    def opened(self) -> None:
        assert self.store._connections.writer is not None
        self.store._connections.writer.raw.execute(self.pragma)


class WithLateSync(WithoutSync):
    """Commits are synced only at checkpoints."""

    pragma = "PRAGMA synchronous = NORMAL"


_writing = SqliteStore.writing


class Hasty(SqliteStore):
    """Does not care how a commit ends."""

    @contextmanager
    def writing(self) -> Iterator[SqliteTransaction]:
        done = False
        try:
            with _writing(self) as transaction:
                yield transaction
                done = True
        except StoreError:
            if not done:
                raise


class TooHasty(Pipeline):
    """Acknowledges before the commit, however that ends."""

    store_type = Hasty


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
        self._settle()
        return verdicts

    def remove(self, events: Sequence[Event]) -> None:
        super().remove(events)
        self._settle()

    def _settle(self) -> None:
        assert isinstance(self.ledger, _Apart)
        self.writer.run(self.ledger.settle)
