"""What every store must do with runs."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies as st

from timecode_core.event import MAX_DURATION_US, Event
from timecode_core.protocols import Key, Run, Store, Transaction
from timecode_core.testing.opening import StoreFactory, StoreOpening
from timecode_core.testing.samples import SECOND, event, ordered
from timecode_core.testing.strategies import EVENTS, SETTINGS
from timecode_core.testing.views import whole

if TYPE_CHECKING:
    from collections.abc import Sequence


class RunsContract(StoreOpening):
    """A run is the events around those that changed."""

    def test_a_run_of_an_empty_store_is_empty(self, store: Store) -> None:
        """There is nothing around the first event."""
        with store.writing() as transaction:
            check_run(transaction, [], (0, b""), SECOND, MAX_DURATION_US)

    def test_the_ends_of_a_run(self, store: Store) -> None:
        """A run begins with its first key and ends with the reach, both included, also among events of one instant."""
        events = ordered([event(n // 3, entity=str(n)) for n in range(12)])
        with store.writing() as transaction:
            transaction.insert(events)
            for first, reach in itertools.product([(-1, b""), *(e.key for e in events)], (0, 1, 2, 3, 4)):
                if first[0] <= reach * SECOND:
                    for shift in (-1, 0, 1):
                        check_run(transaction, events, first, max(reach * SECOND + shift, first[0]), MAX_DURATION_US)

    def test_a_key_between_events_of_one_instant_cuts_between_them(self, store: Store) -> None:
        """What comes before a run is decided by the whole key, not by the instant alone."""
        events = ordered([event(1, entity=str(n)) for n in range(6)])
        cut = (SECOND, bytes((*events[2].id[:-1], events[2].id[-1])))
        with store.writing() as transaction:
            transaction.insert([each for each in events if each.key != cut])
            run = transaction.run(cut, SECOND, MAX_DURATION_US)
            assert (run.before, list(run.inside), run.after) == (events[1], events[3:], None)

    def test_open_events_are_those_that_still_run(self, store: Store) -> None:
        """An event is open when its own duration reaches beyond `before`, which itself is never among them."""
        events = ordered(
            [event(0, 100), event(10, 30, entity="short"), event(20, 20), event(30, 10), event(35, 5), event(40, 50)]
        )
        with store.writing() as transaction:
            transaction.insert(events)
            run = transaction.run((41 * SECOND, b""), 50 * SECOND, MAX_DURATION_US)
            assert [each.time // SECOND for each in run.open] == [0]
            assert run.before == events[-1]
            for at in range(-1, 60):
                check_run(transaction, events, (at * SECOND, b""), at * SECOND, MAX_DURATION_US)

    def test_the_look_back_bounds_the_open_events(self, store: Store) -> None:
        """An event exactly as old as the look-back, counted from `before`, is open; an older one isn't."""
        events = [event(0, 3600), event(1, 3600), event(101), event(102)]
        with store.writing() as transaction:
            transaction.insert(events)
            run = transaction.run((102 * SECOND, b""), 102 * SECOND, 100 * SECOND)
            assert (list(run.open), run.before) == ([events[1]], events[2])

    @SETTINGS
    @given(
        events=EVENTS, first=st.integers(-6, 13), length=st.integers(0, 6), look_back=st.sampled_from([0, 1, 3, 3600])
    )
    def test_any_run(
        self,
        store_factory: StoreFactory,
        tmp_path_factory: pytest.TempPathFactory,
        events: list[Event],
        first: int,
        length: int,
        look_back: int,
    ) -> None:
        """A run is what the protocol says, for any events."""
        store = store_factory(tmp_path_factory.mktemp("run") / "store", writable=True)
        events = ordered(events)
        try:
            with store.writing() as transaction:
                transaction.insert(events)
                for key in [(first * SECOND, b""), *(each.key for each in events)]:
                    check_run(transaction, events, key, key[0] + length * SECOND, look_back * SECOND)
        finally:
            store.close()


def expected_run(events: Sequence[Event], first: Key, reach: int, look_back: int) -> Run:
    """Say what `Run` says, in the plainest way."""
    before = [each for each in events if each.key < first]
    last = before[-1] if before else None
    still = [e for e in before[:-1] if last and e.time + e.duration > last.time and e.time >= last.time - look_back]
    inside = [each for each in events if each.key >= first and each.time <= reach]
    after = [each for each in events if each.time > reach]
    return Run(still, last, inside, after[0] if after else None)


def check_run(transaction: Transaction, events: Sequence[Event], first: Key, reach: int, look_back: int) -> None:
    """Hold the store's run against the expected one."""
    found, expected = transaction.run(first, reach, look_back), expected_run(events, first, reach, look_back)
    assert whole(found.open) == whole(expected.open)
    assert whole([found.before] if found.before else []) == whole([expected.before] if expected.before else [])
    assert whole(found.inside) == whole(expected.inside)
    assert whole([found.after] if found.after else []) == whole([expected.after] if expected.after else [])
