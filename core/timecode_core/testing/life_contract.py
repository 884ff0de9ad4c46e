"""What every store must do from being opened to being closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from timecode_core.errors import StoreError
from timecode_core.protocols import Store
from timecode_core.testing.opening import StoreFactory, StoreOpening
from timecode_core.testing.samples import SECOND, event, fill
from timecode_core.testing.views import everything, revision, view

if TYPE_CHECKING:
    from pathlib import Path


class LifeContract(StoreOpening):
    """A store can be reopened, only read, backed up, asked how it is, and closed."""

    def test_what_was_written_is_there_when_reopened(
        self, store: Store, store_factory: StoreFactory, tmp_path: Path
    ) -> None:
        """Closing loses nothing, and a revision is not given again after reopening."""
        with store.writing() as transaction:
            fill(transaction)
        with store.reading() as reader:
            before, revision_before = view(reader), reader.revision()
        store.close()
        again = store_factory(tmp_path / "store", writable=True)
        try:
            with again.reading() as reader:
                assert (view(reader), reader.revision()) == (before, revision_before)
            with again.writing() as transaction:
                transaction.insert([event(500)])
            assert revision(again) != revision_before
        finally:
            again.close()

    def test_a_store_to_read_does_not_write(self, store: Store, store_factory: StoreFactory, tmp_path: Path) -> None:
        """Opened for reading, a store tells everything and refuses to write."""
        with store.writing() as transaction:
            fill(transaction)
        with store.reading() as reader:
            before = view(reader)
        reading = store_factory(tmp_path / "store", writable=False)
        try:
            with pytest.raises(StoreError), reading.writing() as transaction:
                transaction.insert([event(500)])
            with reading.reading() as reader:
                assert view(reader) == before
        finally:
            reading.close()

    def test_a_store_to_read_must_be_there(self, store_factory: StoreFactory, tmp_path: Path) -> None:
        """Reading a store that isn't there is an error, and makes none."""
        for _ in range(2):
            with pytest.raises(StoreError):
                store_factory(tmp_path / "nothing", writable=False)

    def test_a_backup_is_a_store_with_the_same_content(
        self, store: Store, store_factory: StoreFactory, tmp_path: Path
    ) -> None:
        """A backup holds all that was committed, goes its own way afterwards, and can be written."""
        with store.writing() as transaction:
            fill(transaction)
        with store.reading() as reader:
            before = view(reader)
            store.backup(tmp_path / "backup")
        with store.writing() as transaction:
            transaction.insert([event(500)])
        backup = store_factory(tmp_path / "backup", writable=True)
        try:
            with backup.reading() as reader:
                assert view(reader) == before
            with backup.writing() as transaction:
                transaction.insert([event(600)])
        finally:
            backup.close()
        with store.reading() as reader:
            assert [each.time for each in everything(reader)][-1] == 500 * SECOND

    def test_a_backup_overwrites_nothing(self, store: Store, tmp_path: Path) -> None:
        """A backup to a file that exists is refused, and the file stays as it is."""
        (tmp_path / "precious").write_bytes(b"precious")
        with pytest.raises(StoreError):
            store.backup(tmp_path / "precious")
        assert (tmp_path / "precious").read_bytes() == b"precious"

    def test_health_of_a_store_that_is_well(self, store: Store) -> None:
        """A usable store is healthy and has nothing to complain about."""
        health = store.health()
        assert (health.ok, health.error) == (True, "")
        assert all(isinstance(value, str | int) for value in health.details.values())

    def test_closing_twice_is_fine(self, store: Store) -> None:
        """Closing a closed store does nothing; using it is an error; its health says why and doesn't raise."""
        store.close()
        store.close()
        with pytest.raises(StoreError), store.reading():
            pass
        with pytest.raises(StoreError), store.writing():
            pass
        health = store.health()
        assert not health.ok
        assert health.error
