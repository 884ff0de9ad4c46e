"""What every store must do.

Subclass `StoreContract` and override its one fixture::

    class TestMyStore(StoreContract):
        @pytest.fixture
        def store_factory(self):
            return lambda path, writable: MyStore(path, writable=writable)
"""

from __future__ import annotations

from timecode_core.testing.events_contract import EventsContract
from timecode_core.testing.history_contract import HistoryContract
from timecode_core.testing.life_contract import LifeContract
from timecode_core.testing.metadata_contract import MetadataContract
from timecode_core.testing.opening import StoreFactory
from timecode_core.testing.runs_contract import RunsContract
from timecode_core.testing.totals_contract import TotalsContract
from timecode_core.testing.transactions_contract import TransactionsContract

__all__ = ["StoreContract", "StoreFactory"]


class StoreContract(  # pytest begins with the tests of the last
    LifeContract,
    HistoryContract,
    TransactionsContract,
    MetadataContract,
    TotalsContract,
    RunsContract,
    EventsContract,
):
    """The promises of `timecode_core.protocols.Store`, each a test. Needs pytest and hypothesis."""
