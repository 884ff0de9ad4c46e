"""Taking events in: from decoded events to a receipt, and from a body to a durable one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bench.before.sides import beside, each, order
from bench.data import Beat, Supply, to_events, year
from bench.place import Place
from bench.raw import RawTable, rows
from bench.scale import BATCHES
from bench.section import Section, number
from bench.timing import seconds
from bench.versions import Version, lanes

_INTAKE = 40_000
"""How many events a round takes in where nothing is stored: some tenths of a second."""


def run(place: Place, both: Sequence[Version], folder: Path) -> Section:
    section = Section(
        "Taking events in, beside the version before, µs an event",
        (
            "events a batch",
            "intake",
            "before",
            "before / now",
            "body to receipt",
            "before",
            "before / now",
            "bare inserts",
        ),
        notes=[
            "Intake: decoded events to a receipt, nothing stored. Body to receipt: a request's body to its answer's,",
            "durable, without HTTP; other events than the intake's. Bare inserts: ready-made rows of those that were",
            "stored, in as many transactions.",
        ],
    )
    bare, other = _Bare(place, folder), Supply(year(), lap=1)
    with lanes(both, folder) as at_work:
        for size in BATCHES:
            found: dict[str, list[float]] = defaultdict(list)
            for turn in range(place.scale.rounds):
                unstored = other.batches(size, max(2, round(_INTAKE * place.scale.work / size)))
                stored = bare.supply.batches(size, place.scale.batches(size))
                for name in order(at_work, turn):
                    found[f"intake {name}"].append(each(at_work[name].took("intake", unstored), unstored))
                for name in order(at_work, turn):
                    found[f"body {name}"].append(each(at_work[name].took("body", stored), stored))
                found["bare"].append(each(bare.took(stored), stored))
            figures = {name: median(values) for name, values in found.items()}
            section.add(
                str(size),
                *beside(figures["intake now"], figures["intake before"]),
                *beside(figures["body now"], figures["body before"]),
                number(figures["bare"]),
            )
    bare.close()
    return section


class _Bare:
    """A table that gets the same events, and nothing else done."""

    def __init__(self, place: Place, folder: Path) -> None:
        self.supply = Supply(year())
        self._steps = place.installation().steps()
        self._table = RawTable(folder / "bare.db")

    def took(self, batches: Sequence[Sequence[Beat]]) -> float:
        made = [rows(to_events(batch, self._steps)) for batch in batches]
        return seconds(lambda: self._table.write_all(made))

    def close(self) -> None:
        self._table.close()
