"""What every store must do with events."""

from __future__ import annotations

import pytest

from timecode_core.event import MAX_DURATION_US, Event
from timecode_core.protocols import Key, Store
from timecode_core.subject import LABELS, TEXTS, Subject
from timecode_core.testing.opening import StoreOpening
from timecode_core.testing.samples import DAILY, NASTY, SECOND, event, ordered
from timecode_core.testing.views import everything, remade, view, view_of_nothing, whole


class EventsContract(StoreOpening):
    """Events come back whole, in order and page by page."""

    def test_a_new_store_is_empty(self, store: Store) -> None:
        """A new store holds nothing, and says so without failing."""
        with store.reading() as reader:
            assert view(reader) == view_of_nothing()

    def test_events_come_back_whole_and_in_order(self, store: Store) -> None:
        """Every field of an event is kept, its source too, and events are in the order of (time, id)."""
        events = [
            event(5, 60, type="app", category="debugging", project="p", branch="b", language="l", editor="e"),
            event(-5, machine_id="m", is_write=True, source="http"),
            *(event(5, entity=f"{n}.py", source=f"s{n}") for n in range(20)),
        ]
        with store.writing() as transaction:
            transaction.insert(ordered(events))
        with store.reading() as reader:
            assert whole(everything(reader)) == whole(ordered(events))
            assert all(each.id == remade(each).id for each in everything(reader))

    def test_an_event_keeps_the_id_that_it_was_stored_under(self, store: Store) -> None:
        """Though another would follow from its fields, as after a repair: nothing is computed anew."""
        ids = (b"\x01" + bytes(15), b"\x01" + b"\xff" * 15)
        events = [Event.stored(one, Subject("a.py", source="s"), SECOND, 3600, 5, is_write=True) for one in ids]
        with store.writing() as transaction:
            transaction.insert(events)
        with store.reading() as reader:
            assert whole(everything(reader)) == whole(events)

    def test_events_come_in_order_whatever_order_they_were_stored_in(self, store: Store) -> None:
        """The order of arrival leaves no trace."""
        for at in (5, 1, 9, -3, 5, 7):
            with store.writing() as transaction:
                transaction.insert([event(at, entity=f"{at}{transaction.count()}")])
        with store.reading() as reader:
            found = everything(reader)
            assert found == ordered(found)
            assert [each.time // SECOND for each in found] == [-3, 1, 5, 5, 7, 9]
            assert reader.last() == found[-1]

    def test_the_last_event_before_an_instant_is_earlier_than_it(self, store: Store) -> None:
        """The instant is left out; of several at one instant the last in order counts; before all there is none."""
        events = ordered([event(n // 3, entity=str(n)) for n in range(9)])
        with store.writing() as transaction:
            transaction.insert(events)
            assert transaction.last(SECOND) == events[2]
        with store.reading() as reader:
            assert reader.last() == reader.last(None) == reader.last(2**62) == events[8]
            assert reader.last(2 * SECOND + 1) == events[8]
            assert reader.last(2 * SECOND) == reader.last(SECOND + 1) == events[5]
            assert reader.last(SECOND) == events[2]
            assert reader.last(0) is None
            assert reader.last(-SECOND) is None

    def test_scan_pages_without_gap_or_repetition(self, store: Store) -> None:
        """Going on after the last key of a page of any size gives every event once, ties included."""
        events = ordered([event(n // 4, entity=str(n)) for n in range(40)])
        with store.writing() as transaction:
            transaction.insert(events)
        with store.reading() as reader:
            for size in (1, 3, 7, 40, 100):
                found: list[Event] = []
                start: Key = (-1, b"")
                while page := reader.scan(start, 2**60, size):
                    assert len(page) <= size
                    found += page
                    start = page[-1].key
                assert found == events

    def test_scan_begins_after_its_start_and_ends_before_its_stop(self, store: Store) -> None:
        """The start is a key and left out; the stop is an instant and left out."""
        events = ordered([event(n // 2, entity=str(n)) for n in range(8)])
        with store.writing() as transaction:
            transaction.insert(events)
        with store.reading() as reader:
            assert reader.scan(events[2].key, 3 * SECOND, 100) == events[3:6]
            assert reader.scan((SECOND, b""), 2 * SECOND, 100) == events[2:4]
            assert reader.scan((-1, b""), 0, 100) == []
            assert reader.scan((3 * SECOND, b"\xff" * 16), 2**60, 100) == []
            assert reader.scan((-1, b""), 2**60, 0) == []
            assert reader.scan((5 * SECOND, b""), SECOND, 100) == []

    def test_delete_removes_these_events_only(self, store: Store) -> None:
        """Deleted events are gone from everything that is asked; others at the same instant stay."""
        events = ordered([event(1, entity=str(n), project=f"p{n % 3}", source=f"s{n}") for n in range(9)])
        gone = [each for each in events if each.subject.project == "p1"]
        kept = [each for each in events if each.subject.project != "p1"]
        with store.writing() as transaction:
            transaction.insert(events)
        with store.writing() as transaction:
            # the source is no part of an event's identity
            transaction.delete([remade(each, source="other") for each in gone])
            assert transaction.count() == 6
        with store.reading() as reader:
            assert whole(everything(reader)) == whole(kept)
            assert (reader.count(), reader.values("project"), reader.last()) == (6, ["p0", "p2"], kept[-1])

    def test_deleted_events_can_be_stored_again(self, store: Store) -> None:
        """Deletion leaves no tombstone."""
        for _ in range(2):
            with store.writing() as transaction:
                transaction.insert([event(1, project="p")])
            with store.writing() as transaction:
                transaction.delete([event(1, project="p")])
        with store.reading() as reader:
            assert view(reader) == view_of_nothing()

    def test_values_are_distinct_sorted_and_those_of_events(self, store: Store) -> None:
        """`values` gives what stored events hold, the empty text included, and nothing that only cells hold."""
        with store.writing() as transaction:
            transaction.insert([event(n, project=p, editor="vim") for n, p in enumerate(["b", "a", "", "b", "ü", "B"])])
            transaction.apply(DAILY, {(0, "only in a cell", "", "", "", "", ""): 1})
            assert list(transaction.values("project")) == ["", "B", "a", "b", "ü"]
        with store.reading() as reader:
            assert list(reader.values("project")) == ["", "B", "a", "b", "ü"]
            assert list(reader.values("editor")) == ["vim"]
            assert list(reader.values("type")) == ["file"]

    @pytest.mark.parametrize("field", TEXTS)
    def test_every_text_comes_back_as_it_was(self, store: Store, field: str) -> None:
        """Any Unicode text is data in every field, and texts that look alike stay apart."""
        events = [event(n, **{field: text}) for n, text in enumerate(NASTY)]
        with store.writing() as transaction:
            transaction.insert(events)
        with store.reading() as reader:
            assert whole(everything(reader)) == whole(events)
            if field in LABELS and field != "entity":
                assert list(reader.values(field)) == sorted(NASTY)

    def test_instants_far_away_are_exact(self, store: Store) -> None:
        """Times are exact to the microsecond from year 1 to 9999, durations up to the longest."""
        instants = (-62_135_596_800_000_000, -1, 0, 1, 253_402_300_799_999_999)
        events = [
            Event.of(time=time, utc_offset=-43_200, duration=MAX_DURATION_US - n, entity="a")
            for n, time in enumerate(instants)
        ]
        with store.writing() as transaction:
            transaction.insert(events)
        with store.reading() as reader:
            assert whole(everything(reader)) == whole(events)
