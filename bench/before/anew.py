"""Everything anew: ten years in random order, reading them all, `timecode rebuild` and `timecode verify`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from bench.before.sides import NOW, THEN, beside, copied, order
from bench.data import Beat, decade
from bench.place import Place
from bench.section import Section
from bench.timing import interleave, seconds
from bench.versions import Version, lanes

_TURN = 5
"""How many batches of the decade one version stores before it is the other's turn."""


def run(place: Place, both: Sequence[Version], folder: Path) -> Section:
    history, again = place.history, place.scale.few
    section = Section("Everything anew, beside the version before, seconds", ("what", "now", "before", "before / now"))
    with lanes(both, folder / "empty") as at_work:
        spent, sent = dict.fromkeys(at_work, 0.0), 0
        for turn, batches in enumerate(_decade(place.scale.events * 5 // 9)):
            sent += sum(map(len, batches))
            for name in order(at_work, turn):
                spent[name] += at_work[name].took("body", batches)
        section.add(f"{sent:,} events of ten years in random order", *beside(spent[NOW], spent[THEN]))
    database = history.installation.home.path / "timecode.db"
    with lanes(both, folder / "full", database) as at_work:
        found = interleave({name: lambda one=one: one.took("read") for name, one in at_work.items()}, again)  # type: ignore[misc]
        section.add(f"reading {history.events:,} events", *beside(found[NOW], found[THEN]))
    homes = {version.name: copied(place, version, folder) for version in both}
    for command, times in (("rebuild", 1), ("verify", again)):  # that version's rebuild takes minutes
        found = interleave(
            {
                version.name: lambda version=version: seconds(  # type: ignore[misc]
                    lambda: subprocess.run(
                        [sys.executable, "-m", "timecode_core", command],  # noqa: B023
                        env={**version.environment, "TIMECODE_HOME": str(homes[version.name].path)},
                        check=True,
                        capture_output=True,
                    )
                )
                for version in both
            },
            times,
        )
        section.add(f"timecode {command}", *beside(found[NOW], found[THEN]))
    return section


def _decade(events: int) -> Iterator[list[list[Beat]]]:
    """Ten years in random order: the batches of a thousand of each turn."""
    beats = decade(events)
    while batches := [batch for _ in range(_TURN) if (batch := list(islice(beats, 1000)))]:
        yield batches
