"""Ingest in this process: `Service.submit` against bare inserts of the same rows."""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import cast

from timecode_core.serving.service import Service

from bench.data import Beat, Supply, to_events, year
from bench.place import Place
from bench.raw import RawTable, rows
from bench.scale import BATCHES
from bench.section import Section, number, ratio
from bench.timing import interleave, rate

Batches = Sequence[Sequence[Beat]]


def _submit(service: Service, batches: Batches) -> None:
    for batch in batches:
        service.submit(cast("Sequence[object]", batch), "bench")


class _Lane:
    """One order of arrival: a service and a bare table that get the same heartbeats, batch for batch."""

    def __init__(self, place: Place, stack: ExitStack, beats: Sequence[Beat]) -> None:
        installation = place.installation()
        self.service = stack.enter_context(place.service(installation))
        self._steps = installation.steps()
        self._supply = Supply(beats)
        self._raw = RawTable(Path(installation.home.path) / "raw.db")
        stack.callback(self._raw.close)
        self.last: Batches = ()
        self._rows = [rows([])]

    def submit(self, size: int, number_of: int) -> float:
        """Events a second through the service; the same are kept for the raw table and for the replay."""
        self.last = self._supply.batches(size, number_of)
        self._rows = [rows(to_events(batch, self._steps)) for batch in self.last]
        return rate(size * number_of, lambda: _submit(self.service, self.last))

    def insert(self) -> float:
        """Rows a second into the bare table."""
        return rate(sum(map(len, self._rows)), lambda: self._raw.write_all(self._rows))

    def replay(self) -> float:
        """Events a second when all are known already."""
        return rate(sum(map(len, self.last)), lambda: _submit(self.service, self.last))


def run(place: Place) -> Section:
    section = Section(
        "Ingest in process, events a second",
        (
            "events a batch",
            "live: bare inserts",
            "live: Timecode",
            "ratio",
            "shuffled: bare",
            "shuffled: Timecode",
            "ratio",
            "replay",
        ),
        notes=[
            "Timecode: the intake, which remembers what it made of each subject, the ids, the store and three exact",
            "aggregations, fsynced.",
            "Bare inserts: ready-made rows, the same schema and durability, no contexts to look up, no aggregations.",
            "Live: in order of time. Shuffled: a year in random order into one store. Replay: the live ones once more.",
        ],
    )
    scale = place.scale
    mixed = list(year())
    random.Random(5).shuffle(mixed)
    with ExitStack() as stack:
        live, late = _Lane(place, stack, year()), _Lane(place, stack, mixed)
        for size in BATCHES:
            batches = scale.batches(size)

            def both(lane: _Lane, size: int = size, batches: int = batches) -> float:
                return lane.submit(size, batches)

            found = interleave(
                {
                    "live": lambda: both(live),
                    "live bare": live.insert,
                    "replay": live.replay,
                    "late": lambda: both(late),
                    "late bare": late.insert,
                },
                scale.rounds,
            )
            section.add(
                str(size),
                number(found["live bare"]),
                number(found["live"]),
                ratio(found["live"], found["live bare"]),
                number(found["late bare"]),
                number(found["late"]),
                ratio(found["late"], found["late bare"]),
                number(found["replay"]),
            )
    return section
