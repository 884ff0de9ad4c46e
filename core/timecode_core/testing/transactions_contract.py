"""What every store must do with transactions."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from timecode_core.protocols import Store
from timecode_core.testing.failure import Deliberate, fail
from timecode_core.testing.opening import StoreOpening
from timecode_core.testing.samples import DAILY, DAYS, DERIVED, event, fill
from timecode_core.testing.views import everything, totals, view


class TransactionsContract(StoreOpening):
    """A transaction is done whole or not at all, and readers keep their view."""

    def test_a_failed_transaction_leaves_nothing_behind(self, store: Store) -> None:
        """All of a transaction is undone when its context raises, and the error is the caller's own."""
        with store.writing() as transaction:
            fill(transaction)
        with store.reading() as reader:
            before = view(reader)
        with pytest.raises(Deliberate), store.writing() as transaction:
            transaction.insert([event(100, project="new", source="new")])
            transaction.delete([event(1, project="p")])
            transaction.apply(DAYS, {(0,): 5})
            transaction.apply(DERIVED, {(0, "a", "b", "c"): 5})
            transaction.clear("entities")
            transaction.set_metadata("key", "changed")
            transaction.set_metadata("new", "new")
            fail()
        with store.reading() as reader:
            assert view(reader) == before

    def test_what_a_failed_transaction_learned_is_forgotten(self, store: Store) -> None:
        """After a failure labels are what they are, and not what the failed transaction would have made of them."""
        with pytest.raises(Deliberate), store.writing() as transaction:
            transaction.insert([event(1, project="x")])
            transaction.apply(DAILY, {(0, "x", "", "", "", "", ""): 5})
            view(transaction)
            fail()
        with store.writing() as transaction:
            transaction.insert([event(1, project="y"), event(2, project="x")])
            transaction.apply(DAILY, {(0, "z", "", "", "", "", ""): 1, (0, "x", "", "", "", "", ""): 2})
        with store.reading() as reader:
            assert [each.subject.project for each in everything(reader)] == ["y", "x"]
            assert totals(reader, DAILY, ("project",)) == {("z",): 1, ("x",): 2}
            assert reader.values("project") == ["x", "y"]

    def test_a_transaction_sees_its_own_writes(self, store: Store) -> None:
        """Every question within a transaction counts what it wrote."""
        with store.writing() as transaction:
            fill(transaction)
            inside = view(transaction)
        with store.reading() as reader:
            assert inside == view(reader)
            assert inside["count"] == 2

    def test_a_reader_keeps_its_view_while_others_write(self, store: Store) -> None:
        """Nothing that is written after a reader's first look reaches it; the next reader sees all of it."""
        with store.writing() as transaction:
            fill(transaction)
        with store.reading() as reader:
            before, revision_before = view(reader), reader.revision()
            with store.writing() as transaction:
                transaction.insert([event(50, project="new")])
                transaction.apply(DAYS, {(0,): 1})
                transaction.clear("entities")
                transaction.set_metadata("key", "new")
                assert view(reader) == before
            assert view(reader) == before
            assert reader.revision() == revision_before
        with store.reading() as reader:
            assert view(reader) != before

    def test_readers_can_be_nested(self, store: Store) -> None:
        """Two views may be open at once, each its own."""
        with store.reading() as first:
            assert first.count() == 0
            with store.writing() as transaction:
                transaction.insert([event(1)])
            with store.reading() as second:
                assert (first.count(), second.count()) == (0, 1)

    def test_many_threads_read_while_one_writes(self, store: Store) -> None:
        """Readers in other threads see whole transactions only, and later ones never less than earlier ones."""
        done = threading.Event()

        def read() -> int:
            seen = 0
            while True:
                ended = done.is_set()
                with store.reading() as reader:
                    count = reader.count()
                    assert count % 3 == 0
                    assert count >= seen
                    assert len(everything(reader)) == count
                    assert totals(reader, DAYS, ()) == ({(): count} if count else {})
                seen = count
                if ended:
                    return seen

        with ThreadPoolExecutor(6) as pool:
            readers = [pool.submit(read) for _ in range(6)]
            try:
                for n in range(20):
                    with store.writing() as transaction:
                        transaction.insert([event(n, entity=str(k)) for k in range(3)])
                        transaction.apply(DAYS, {(0,): 3})
            finally:
                done.set()
            assert [reader.result() for reader in readers] == [60] * 6

    def test_any_thread_may_write_in_turn(self, store: Store) -> None:
        """The one writer need not always be the same thread."""

        def write(n: int) -> None:
            with store.writing() as transaction:
                transaction.insert([event(n)])

        for n in range(3):
            with ThreadPoolExecutor(1) as pool:
                pool.submit(write, n).result()
        with store.reading() as reader:
            assert reader.count() == 3
