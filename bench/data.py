"""The heartbeats that are measured with: the sample's, sent as an editor does, with full paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache, reduce
from itertools import count, islice
from typing import cast

from attrs import evolve
from timecode_core.event import Event
from timecode_core.observation import Observation
from timecode_core.protocols import Step
from timecode_core.sample import sample_heartbeats
from timecode_core.wire import observation_from_wire

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
    return [
        reduce(
            lambda observation, step: cast("Observation", step(observation)),
            steps.values(),
            observation_from_wire(beat, "bench"),
        ).to_event()
        for beat in beats
    ]


def years(steps: Mapping[str, Step], events: int) -> Iterator[Event]:
    """So many events, in order: the sample's year again and again, the last of them ending at `LAST`."""
    one = to_events(year(), steps)
    rounds = -(-events // len(one))
    shifted = (
        evolve(event, time=event.time - (rounds - 1 - index) * _YEAR_US) for index in range(rounds) for event in one
    )
    return islice(shifted, rounds * len(one) - events, None)


class Supply:
    """Deals the year's heartbeats out, batch by batch, and begins another year when one is over."""

    def __init__(self, beats: Sequence[Beat]) -> None:
        self._beats = _repeated(beats)

    def batches(self, size: int, number: int) -> list[list[Beat]]:
        """The next `number` batches."""
        return [list(islice(self._beats, size)) for _ in range(number)]


def _repeated(beats: Sequence[Beat]) -> Iterator[Beat]:
    for lap in count():
        for beat in beats:
            yield {**beat, "branch": f"{beat['branch']}-{lap}"} if lap else beat
