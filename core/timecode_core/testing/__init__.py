"""For the tests of plugins: contracts to subclass, and a store in memory."""

import pytest

REWRITTEN = (
    "events_contract",
    "failure",
    "history_contract",
    "life_contract",
    "metadata_contract",
    "opening",
    "runs_contract",
    "samples",
    "store",
    "strategies",
    "totals_contract",
    "transactions_contract",
    "views",
)
"""Modules whose failing assertions show what was compared, and not a bare AssertionError."""
pytest.register_assert_rewrite(*(f"{__name__}.{name}" for name in REWRITTEN))

from timecode_core.testing.memory import MemoryStore  # noqa: E402
from timecode_core.testing.store import StoreContract, StoreFactory  # noqa: E402

__all__ = ["MemoryStore", "StoreContract", "StoreFactory"]
