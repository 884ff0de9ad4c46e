"""What an event costs on its way in, by part: processor time of one thread, the best of several."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar, cast

import orjson
from timecode_core.event import Event
from timecode_core.intake.intake import Intake
from timecode_core.intake.wire import event_from_wire, quick_when
from timecode_core.protocols import EventStep
from timecode_core.receipt import Outcome, kept

from bench.data import Beat, to_events, year
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
        notes=[
            "The intake is all of it up to the writer, and the receipt. Parsing the JSON comes before it.",
            "Most events are of a subject that is known. The last rows, without a ratio, are paid once a subject:",
            "the slow way and the steps.",
        ],
    )
    beats = year()[:_EVENTS]
    installation = place.installation()
    steps = installation.steps()
    parts: dict[str, float] = {}
    parts["parse JSON (orjson)"] = _best(orjson.loads, [orjson.dumps(beat) for beat in beats])[0]
    parts["know the instant"] = _best(quick_when, beats)[0]
    events = to_events(beats, steps)
    parts["make the Event, with its id"] = _best(
        lambda e: Event.on(e.subject, e.time, e.utc_offset, e.duration, e.is_write), events
    )[0]
    once: dict[str, float] = {}
    once["the slow way: structure all of it"], structured = _best(lambda beat: event_from_wire(beat, "bench"), beats)
    seen = [what for _, what in structured]
    for name, step in steps.items():
        if not isinstance(step, EventStep):
            once[f"a new subject: step {name}"], made = _best(step, seen)
            seen = [one for one in made if one]
    whole = min(_processor(lambda: _take(Intake(steps, _nowhere, ""), beats)) for _ in range(_TIMES))
    for name, cost in parts.items():
        section.add(name, number(cost), ratio(cost, whole))
    section.add("the intake, whole", number(whole), "")
    for name, cost in once.items():
        section.add(name, number(cost), "")
    store = installation.store(writable=True)
    try:
        ledger = installation.terms().ledger()

        def add(size: int) -> None:
            for begin in range(0, len(events), size):
                with store.writing() as transaction:
                    ledger.add(transaction, events[begin : begin + size])

        for size in (1000, 25):
            with store.writing() as transaction:
                transaction.delete(events)
                for aggregation in ledger.aggregations:
                    transaction.clear(aggregation.name)
            cost = _processor(lambda size=size: add(size))  # type: ignore[misc]
            section.add(f"ledger and store, {size} a transaction", number(cost), ratio(cost, whole))
    finally:
        store.close()
    return section


def _take(intake: Intake, beats: Sequence[Beat]) -> None:
    intake.submit(cast("Sequence[object]", beats), "bench")


def _nowhere(events: Sequence[Event]) -> list[Outcome]:
    return [kept(event.id, new=True) for event in events]


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
