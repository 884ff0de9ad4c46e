"""The ledger: keeps the aggregations equal to the events, whatever comes in whatever order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter

from attrs import Factory, frozen

from timecode_core.accounting.cells import Cells
from timecode_core.accounting.crediting import chunks, credited, parts
from timecode_core.aggregation import Aggregation
from timecode_core.calendar import SECOND_US, Calendar
from timecode_core.event import Event
from timecode_core.protocols import Key, Rule, Run, Transaction

_CLUSTER_GAP_US = 300 * SECOND_US
"""New events further apart are read in separate runs: it costs less than reading what is stored between them."""

_key = attrgetter("time", "id")  # `Event.key`, in C
_placeless = attrgetter("time", "duration", "is_write", "subject.identity")
AGGREGATION_PREFIX = "aggregation:"
"""Before an aggregation's name: the metadata key of its fingerprint."""


@frozen
class Added:
    """What became of events: the ids of those that were new, and, where an event is stored by another id, that id."""

    new: set[bytes] = Factory(set)
    known_as: dict[bytes, bytes] = Factory(dict)


class Ledger:
    """Adds events to a store or takes them out, with the difference they make to its aggregations, in one transaction.

    How it stays exact: a rule credits each gap by its two ends and what still runs over it. So events that come or go
    change only the gap before them and those up to their own ends. That run is read, credited as it stood (minus) and
    as it will stand (plus), and the sum is applied.
    """

    def __init__(self, rule: Rule, calendar: Calendar, aggregations: Sequence[Aggregation]) -> None:
        self.rule = rule
        self.calendar = calendar
        self.aggregations = list(aggregations)
        self.failures: dict[str, str] = {}

    def add(self, transaction: Transaction, events: Iterable[Event]) -> Added:
        """Store those events that are not stored yet."""
        self._drop_again(transaction)
        cells = Cells(self.calendar, self.aggregations)
        added = Added()
        unique: dict[Key, Event] = {}
        for event in events:
            key = _key(event)
            if key not in unique or not event.offset_assumed:  # who tells the place has the say
                unique[key] = event
        ordered = sorted(unique.values(), key=_key)
        for cluster in self._clusters(transaction, ordered):
            self._add_cluster(transaction, cluster, cells, added)
        if added.new:
            self._apply(transaction, cells)
        return added

    def _clusters(self, transaction: Transaction, ordered: Sequence[Event]) -> Iterable[Sequence[Event]]:
        """The events in parts, each of which is read in a run of its own.

        What is later than all that is stored is one, however long: there is nothing to read between its events.
        """
        if len(ordered) < 2:
            return (ordered,) if ordered else ()
        last = transaction.last()
        return (ordered,) if last is None or last.time < ordered[0].time else _far_apart(ordered)

    def _add_cluster(self, transaction: Transaction, cluster: Sequence[Event], cells: Cells, added: Added) -> None:
        run = self._around(transaction, cluster)
        new = list(_unknown(cluster, run.inside, added.known_as))
        if not new:
            return
        self._credit(run, run.inside, cells, -1)
        self._credit(run, sorted((*run.inside, *new), key=_key), cells)
        transaction.insert(new)
        added.new.update(event.id for event in new)

    def drop_others(self, transaction: Transaction) -> None:
        """Drop the aggregations that are kept and are none of ours, so that nothing in them outlives its events.

        They are filled anew when they return.
        """
        ours = {aggregation.name for aggregation in self.aggregations}
        for key in transaction.metadata():
            name = key.removeprefix(AGGREGATION_PREFIX)
            if name != key and name not in ours:
                transaction.clear(name)
                transaction.set_metadata(key, None)

    def remove(self, transaction: Transaction, events: Sequence[Event]) -> None:
        """Take stored events out, and bring the aggregations to what the others say."""
        self._drop_again(transaction)
        cells = Cells(self.calendar, self.aggregations)
        for cluster in _far_apart(sorted(events, key=_key)):
            gone = {event.id for event in cluster}
            run = self._around(transaction, cluster)
            self._credit(run, run.inside, cells, -1)
            self._credit(run, [event for event in run.inside if event.id not in gone], cells)
            transaction.delete(cluster)
        self._apply(transaction, cells)

    def _around(self, transaction: Transaction, cluster: Sequence[Event]) -> Run:
        """What is stored around these events."""
        first = (cluster[0].time, b"")  # with all of that instant: another's id may come before
        return transaction.run(first, max(event.end for event in cluster), self.rule.look_back)

    def _credit(self, run: Run, inside: Sequence[Event], cells: Cells, sign: int = 1) -> None:
        """Credit the gaps of a run that has these events inside."""
        before = [*run.open, run.before] if run.before else []
        after = [run.after] if run.after else []
        start, stop = max(0, len(before) - 1), len(before) + len(inside)
        cells.add(self.rule.stretches([*before, *inside, *after], start, stop), sign)

    def _apply(self, transaction: Transaction, cells: Cells) -> None:
        for name, reason in cells.failures.items():
            self._drop(transaction, name, reason)
        for aggregation in self.aggregations:
            if changes := cells.of(aggregation):
                transaction.apply(aggregation, changes)

    def _drop(self, transaction: Transaction, name: str, reason: str) -> None:
        """Give up an aggregation that fails: what it holds would be wrong from here on.

        It is filled anew when it returns.
        """
        self.failures[name] = reason
        self.aggregations = [aggregation for aggregation in self.aggregations if aggregation.name != name]
        transaction.clear(name)
        transaction.set_metadata(AGGREGATION_PREFIX + name, None)

    def _drop_again(self, transaction: Transaction) -> None:
        """Repeat what a transaction that was rolled back had dropped."""
        if self.failures:
            kept = transaction.metadata()
            for name, reason in self.failures.items():
                if AGGREGATION_PREFIX + name in kept:
                    self._drop(transaction, name, reason)

    def fill(
        self,
        transaction: Transaction,
        aggregations: Sequence[Aggregation],
        progress: Callable[[int, int], None] = lambda _done, _all: None,
    ) -> None:
        """Compute these aggregations from all stored events, in place of what they held.

        `progress` is told how many events are done, and of how many.
        """
        for aggregation in aggregations:
            transaction.clear(aggregation.name)
        done, count = 0, transaction.count()
        active = list(aggregations)

        def counted() -> Iterator[Sequence[Event]]:
            nonlocal done
            for chunk in chunks(transaction):
                yield chunk
                done += len(chunk)
                progress(done, count)

        for part in parts(credited(self.rule, counted())):
            cells = Cells(self.calendar, active)
            cells.add(part)
            for name, reason in cells.failures.items():
                self._drop(transaction, name, reason)
                active = [aggregation for aggregation in active if aggregation.name != name]
            if not active:
                return
            for aggregation in active:
                transaction.apply(aggregation, cells.of(aggregation))
        for aggregation in active:
            transaction.set_metadata(AGGREGATION_PREFIX + aggregation.name, aggregation.fingerprint)


def _unknown(events: Sequence[Event], stored: Sequence[Event], known_as: dict[bytes, bytes]) -> Iterator[Event]:
    """Those of the events that are not stored.

    A sender who says nothing of the place may send an event again after the time zone has changed, by which its offset
    was filled in: it is stored already, with the offset of the first time. `known_as` is told under which id.
    """
    ids = {event.id for event in stored}
    placeless: dict[tuple[object, ...], bytes] | None = None
    for event in events:
        if event.id in ids:
            continue
        if event.offset_assumed:
            if placeless is None:  # those that do tell their place come first, in whatever order they came
                told = [*stored, *(other for other in events if not other.offset_assumed)]
                placeless = {_placeless(other): other.id for other in told}
            twin = placeless.setdefault(_placeless(event), event.id)
            if twin != event.id:
                known_as[event.id] = twin
                continue
        yield event


def _far_apart(events: Sequence[Event]) -> Iterator[Sequence[Event]]:
    """Cut events in order where the next comes late enough to be read in a run of its own."""
    cluster: list[Event] = []
    reach = 0
    for event in events:
        if cluster and event.time > reach + _CLUSTER_GAP_US:
            yield cluster
            cluster = []
            reach = 0
        cluster.append(event)
        reach = max(reach, event.end)
    if cluster:
        yield cluster
