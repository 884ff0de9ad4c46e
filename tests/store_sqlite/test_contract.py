"""The default store keeps the promises that every store makes."""

from pathlib import Path

import pytest
from timecode_core.testing import StoreContract, StoreFactory
from timecode_store_sqlite.store import SqliteStore


class TestSqliteStore(StoreContract):
    @pytest.fixture
    def store_factory(self) -> StoreFactory:
        def build(path: Path, *, writable: bool) -> SqliteStore:
            return SqliteStore(path, writable=writable)

        return build
