"""From events to credited time, the slow and obvious way: the whole of it, in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from timecode_core.errors import StoreError
from timecode_core.event import Event
from timecode_core.protocols import Key, Reader, Rule
from timecode_core.stretch import Stretch

CHUNK = 2_000
"""How many events are read at a time. More take longer, and far more memory: they leave the processor's caches."""
PART = 5_000
"""How many stretches are summed at a time."""
FIRST_KEY: Key = (-(2**63), b"")
"""Before every event."""


def chunks(reader: Reader, start: int = FIRST_KEY[0], stop: int = 2**63 - 1) -> Iterator[Sequence[Event]]:
    """The stored events with start <= time < stop, in order, `CHUNK` at a time.

    Raises StoreError where they are not in order: no healthy store gives them so, and it might go on for ever.
    """
    after: Key = (start, b"")
    while chunk := reader.scan(after, stop, CHUNK):
        check_order(after, chunk)
        yield chunk
        after = chunk[-1].key


def check_order(after: Key, events: Sequence[Event]) -> None:
    """Raise StoreError unless the keys of the events grow, beginning beyond `after`."""
    for event in events:
        if event.key <= after:
            raise StoreError(
                "the store is damaged: it gives events out of order.",
                remedy="`timecode doctor` says what is left; `timecode restore FILE` puts a backup in its place.",
            )
        after = event.key


def parts(stretches: Iterator[Stretch]) -> Iterator[list[Stretch]]:
    """The stretches, `PART` at a time."""
    while part := list(islice(stretches, PART)):
        yield part


def credited(rule: Rule, events: Iterable[Sequence[Event]]) -> Iterator[Stretch]:
    """Every stretch of events that come in order, in any number of pieces."""
    pending: list[Event] = []
    start = 0
    for piece in events:
        joined = [*pending, *piece]
        stop = len(joined) - 1
        if stop < start:
            continue
        yield from rule.stretches(joined, start, stop)
        last = joined[-1]
        pending = [event for event in joined[:-1] if event.end > last.time and last.time - event.time <= rule.look_back]
        start = len(pending)
        pending.append(last)
    if pending:
        yield from rule.stretches(pending, start, len(pending))
