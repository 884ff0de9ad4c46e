"""The heartbeats that are measured with: the sample's, sent as an editor does, with full paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import count, islice
from random import Random
from typing import cast

from timecode_core.event import Event
from timecode_core.intake.intake import Intake
from timecode_core.protocols import Step
from timecode_core.receipt import Outcome, kept
from timecode_core.sample import sample_heartbeats

Beat = dict[str, object]
LAST = date(2026, 6, 30)
_YEAR_US = 364 * 86_400_000_000
"""Whole weeks: a year that is repeated keeps its week days."""


@lru_cache(1)
def year() -> Sequence[Beat]:
    """About 150,000 heartbeats of a year, in order."""
    return [_sent(beat) for beat in sample_heartbeats(LAST, 365, "Europe/Berlin", 1)]


def _sent(beat: Beat) -> Beat:
    root = f"/home/somebody/code/{beat['project']}"
    return {**beat, "entity": f"{root}/{beat['entity']}", "project_root": root}


def to_events(beats: Sequence[Beat], steps: Mapping[str, Step]) -> list[Event]:
    """The events that the service would store."""
    events: list[Event] = []

    def keep(taken: Sequence[Event]) -> list[Outcome]:
        events.extend(taken)
        return [kept(event.id, new=True) for event in taken]

    Intake(steps, keep, "UTC").submit(cast("Sequence[object]", beats), "bench")
    return events


def years(steps: Mapping[str, Step], events: int) -> Iterator[Event]:
    """So many events, in order: the sample's year again and again, the last of them ending at `LAST`."""
    one = to_events(year(), steps)
    rounds = -(-events // len(one))
    shifted = (
        event.evolve(time=event.time - (rounds - 1 - index) * _YEAR_US) for index in range(rounds) for event in one
    )
    return islice(shifted, rounds * len(one) - events, None)


def decade(events: int) -> Iterator[Beat]:
    """About so many heartbeats of ten years in random order: a tenth of them, moved into each of the years."""
    part = year()[: events // 10]
    order = list(range(10 * len(part)))
    Random(7).shuffle(order)
    for place in order:
        back, index = divmod(place, len(part))
        time = datetime.fromisoformat(str(part[index]["time"])) - timedelta(microseconds=back * _YEAR_US)
        yield {**part[index], "time": time.isoformat()}


class Supply:
    """Deals the year's heartbeats out, batch by batch, and begins another lap when one is over.

    Every lap but 0 is on branches of its own: who begins with a later one gets none of the same events.
    """

    def __init__(self, beats: Sequence[Beat], lap: int = 0) -> None:
        self._beats = _repeated(beats, lap)

    def batches(self, size: int, number: int) -> list[list[Beat]]:
        """The next `number` batches."""
        return [list(islice(self._beats, size)) for _ in range(number)]


def _repeated(beats: Sequence[Beat], first: int) -> Iterator[Beat]:
    for lap in count(first):
        for beat in beats:
            yield {**beat, "branch": f"{beat['branch']}-{lap}"} if lap else beat
