"""How the tests of stores open the store at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

from timecode_core.protocols import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class StoreFactory(Protocol):
    """Opens the store that lives at a path; for writing, it is made where there is none."""

    def __call__(self, path: Path, *, writable: bool) -> Store:
        """Give the store. Raises StoreError for one to read that isn't there."""


class StoreOpening:
    """The fixtures of every contract of stores."""

    @pytest.fixture
    def store_factory(self) -> StoreFactory:
        """Override this: how to open your store."""
        raise NotImplementedError("override the fixture `store_factory`")

    @pytest.fixture
    def store(self, store_factory: StoreFactory, tmp_path: Path) -> Iterator[Store]:
        """Open an empty store, and close it afterwards."""
        store = store_factory(tmp_path / "store", writable=True)
        yield store
        store.close()
