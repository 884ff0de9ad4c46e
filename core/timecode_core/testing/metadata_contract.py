"""What every store must do with metadata, and with its revision."""

from __future__ import annotations

import pytest

from timecode_core.protocols import Store
from timecode_core.testing.failure import Deliberate, fail
from timecode_core.testing.opening import StoreOpening
from timecode_core.testing.samples import DAYS, NASTY, event
from timecode_core.testing.views import revision, view


class MetadataContract(StoreOpening):
    """Metadata is kept, and the revision tells of every change."""

    def test_metadata_is_kept_until_it_is_forgotten(self, store: Store) -> None:
        """A key has one text, the latest; None forgets it."""
        with store.writing() as transaction:
            for text in NASTY:
                transaction.set_metadata(f"key {text}", text)
            transaction.set_metadata("twice", "1")
            transaction.set_metadata("twice", "2")
            transaction.set_metadata("never", None)
            assert transaction.metadata().get("twice") == "2"
            assert transaction.metadata().get("key ") == ""
        with store.writing() as transaction:
            transaction.set_metadata("key ", None)
        with store.reading() as reader:
            assert reader.metadata() == {**{f"key {text}": text for text in NASTY if text}, "twice": "2"}

    def test_the_revision_differs_after_every_change(self, store: Store) -> None:
        """Each kind of write gives a revision that was never seen before."""
        seen = [revision(store)]

        def seen_anew() -> None:
            seen.append(revision(store))
            assert len(set(seen)) == len(seen), f"the revision {seen[-1]} comes twice"

        with store.writing() as transaction:
            transaction.insert([event(1)])
        seen_anew()
        with store.writing() as transaction:
            transaction.apply(DAYS, {(0,): 1})
        seen_anew()
        with store.writing() as transaction:
            transaction.apply(DAYS, {(0,): 1})
        seen_anew()
        with store.writing() as transaction:
            transaction.set_metadata("key", "value")
        seen_anew()
        with store.writing() as transaction:
            transaction.set_metadata("key", "other")
        seen_anew()
        with store.writing() as transaction:
            transaction.set_metadata("key", None)
        seen_anew()
        with store.writing() as transaction:
            transaction.clear("days")
        seen_anew()
        with store.writing() as transaction:
            transaction.delete([event(1)])
        seen_anew()

    def test_the_revision_stays_where_nothing_changed(self, store: Store) -> None:
        """Reading, empty transactions and failed ones leave the revision alone, so that what was cached stays good."""
        with store.writing() as transaction:
            transaction.insert([event(1)])
            transaction.set_metadata("key", "value")
        before = revision(store)
        with store.writing() as transaction:
            transaction.run((0, b""), 10, 10)
            transaction.insert([])
            transaction.delete([])
            transaction.apply(DAYS, {})
            transaction.apply(DAYS, {(0,): 0})
            transaction.clear("never_written")
            transaction.set_metadata("never", None)
            transaction.set_metadata("key", "value")
        assert revision(store) == before
        with pytest.raises(Deliberate), store.writing() as transaction:
            transaction.insert([event(2)])
            fail()
        with store.reading() as reader:
            view(reader)
        assert revision(store) == before
