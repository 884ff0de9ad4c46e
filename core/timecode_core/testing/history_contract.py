"""What every store must do whatever happens to it."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from timecode_core.protocols import Cell
from timecode_core.testing.failure import Deliberate, fail
from timecode_core.testing.memory import MemoryStore
from timecode_core.testing.opening import StoreFactory, StoreOpening
from timecode_core.testing.samples import ENTITIES, event, ordered
from timecode_core.testing.strategies import EVENTS, SETTINGS, TEXT, cells
from timecode_core.testing.views import everything, totals, view, whole


class HistoryContract(StoreOpening):
    """A store tells what a plain one tells, after any transactions and with any text."""

    @SETTINGS
    @given(data=st.data())
    def test_any_history(
        self, store_factory: StoreFactory, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
    ) -> None:
        """After any transactions, failed ones too, and at any time reopened, a store tells what a plain one tells."""
        path = tmp_path_factory.mktemp("history") / "store"
        store, plain = store_factory(path, writable=True), MemoryStore()
        pool = ordered(data.draw(EVENTS))
        try:
            for _ in range(data.draw(st.integers(1, 4))):
                chosen = data.draw(st.lists(st.sampled_from(pool), unique_by=lambda e: e.id)) if pool else []
                changes = data.draw(st.lists(cells(), max_size=3))
                cleared = data.draw(st.sampled_from(["", "daily", "days", "select"]))
                kept = data.draw(st.sampled_from(["", "ü", None]))
                fails = data.draw(st.booleans())
                for each in (store, plain):
                    try:
                        with each.writing() as transaction:
                            stored = {e.id for e in everything(transaction)}
                            transaction.insert([e for e in pool if e in chosen and e.id not in stored])
                            transaction.delete([e for e in pool if e in chosen and e.id in stored])
                            if cleared:
                                transaction.clear(cleared)
                            for aggregation, spans in changes:
                                transaction.apply(aggregation, spans)
                            transaction.set_metadata("key", kept)
                            if fails:
                                fail()
                    except Deliberate:
                        pass
                if data.draw(st.booleans()):
                    store.close()
                    store = store_factory(path, writable=True)
                with store.reading() as reader, plain.reading() as plainly:
                    assert view(reader) == view(plainly)
        finally:
            store.close()

    @SETTINGS
    @given(texts=st.lists(st.tuples(TEXT, TEXT), max_size=5, unique=True))
    def test_any_text(
        self, store_factory: StoreFactory, tmp_path_factory: pytest.TempPathFactory, texts: list[tuple[str, str]]
    ) -> None:
        """Any text that UTF-8 can write comes back, from events and from cells."""
        store = store_factory(tmp_path_factory.mktemp("text") / "store", writable=True)
        events = [event(n, project=project, entity=entity) for n, (project, entity) in enumerate(texts)]
        spread: dict[Cell, int] = {(0, project, entity): 1 for project, entity in texts}
        try:
            with store.writing() as transaction:
                transaction.insert(events)
                transaction.apply(ENTITIES, spread)
            with store.reading() as reader:
                assert whole(everything(reader)) == whole(events)
                assert totals(reader, ENTITIES, ENTITIES.columns) == spread
                assert list(reader.values("project")) == sorted({project for project, _ in texts})
        finally:
            store.close()
