"""What an event costs on its way in, by part: processor time of one thread, the best of several."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar, cast

import orjson
from timecode_core.event import Event
from timecode_core.intake import Intake
from timecode_core.observation import Observation
from timecode_core.protocols import Step
from timecode_core.receipt import Stored
from timecode_core.wire import observation_from_wire
from timecode_core.writer import Writer

from bench.data import year
from bench.place import Place
from bench.section import Section, number, ratio

A = TypeVar("A")
B = TypeVar("B")
_EVENTS = 4_000
_TIMES = 5


def run(place: Place) -> Section:
    section = Section(
        "Processor time an event on its way in, µs",
        ("part", "µs", "of the intake"),
        notes=["The intake is all of it up to the writer, and the receipt. Parsing the JSON comes before it."],
    )
    beats = year()[:_EVENTS]
    installation = place.installation()
    steps = installation.steps()
    parts: dict[str, float] = {}
    parts["parse JSON (orjson)"] = _best(orjson.loads, [orjson.dumps(beat) for beat in beats])[0]
    parts["structure (cattrs) and parse the time"], observations = _best(
        lambda beat: observation_from_wire(beat, "bench"), beats
    )
    for name, step in steps.items():
        parts[f"step {name}"], observations = _best(_sure(step), observations)
    parts["make the Event"], events = _best(Observation.to_event, observations)
    unhashed = [[o.to_event() for o in observations] for _ in range(_TIMES)]
    parts["hash the id"] = min(_processor(lambda lap=lap: [event.key for event in lap]) for lap in unhashed)  # type: ignore[misc]
    intake = Intake(steps, cast("Writer", _Nowhere()))
    whole = min(_processor(lambda: intake.submit(cast("Sequence[object]", beats), "bench")) for _ in range(_TIMES))
    for name, cost in parts.items():
        section.add(name, number(cost), ratio(cost, whole))
    section.add("the intake, whole", number(whole), "")
    store = installation.store(writable=True)
    try:
        ledger = installation.ledger()
        fresh = [event for event in events[:_EVENTS] if event.key]

        def add(size: int, events: Sequence[object]) -> None:
            for begin in range(0, len(events), size):
                with store.writing() as transaction:
                    ledger.add(transaction, fresh[begin : begin + size])

        for size in (1000, 25):
            with store.writing() as transaction:
                transaction.delete(fresh)
                for aggregation in ledger.aggregations:
                    transaction.clear(aggregation.name)
            cost = _processor(lambda size=size: add(size, fresh))  # type: ignore[misc]
            section.add(f"ledger and store, {size} a transaction", number(cost), ratio(cost, whole))
    finally:
        store.close()
    return section


class _Nowhere:
    """A writer that stores nothing."""

    def submit(self, events: Sequence[Event]) -> list[Stored]:
        return [Stored(event.id, new=True) for event in events]


def _sure(step: Step) -> Callable[[Observation], Observation]:
    return cast("Callable[[Observation], Observation]", step)


def _best(work: Callable[[A], B], items: Sequence[A]) -> tuple[float, list[B]]:
    """µs an item, and what came out."""
    made: list[B] = []
    best = float("inf")
    for _ in range(_TIMES):
        begin = time.thread_time()
        made = [work(item) for item in items]
        best = min(best, time.thread_time() - begin)
    return best / len(items) * 1e6, made


def _processor(work: Callable[[], object]) -> float:
    """µs of processor time for each of `_EVENTS`."""
    begin = time.thread_time()
    work()
    return (time.thread_time() - begin) / _EVENTS * 1e6
