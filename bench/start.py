"""Starting: `timecode serve` to its first answer, its memory, and `timecode today`, against a bare interpreter."""

from __future__ import annotations

import subprocess
import sys

from bench.place import Place
from bench.section import Section, ms, number, ratio
from bench.server import memory, serving
from bench.timing import interleave, seconds
from bench.versions import HERE


def run(place: Place) -> Section:
    history = place.history
    home = history.installation.home
    pss: list[float | None] = []

    def serve() -> float:
        with serving(home) as (server, took):
            pss.append(memory(server.process.pid))
            return took

    def command(*arguments: str) -> float:
        environment = {**HERE.environment, "TIMECODE_HOME": str(home.path)}
        return seconds(
            lambda: subprocess.run([sys.executable, *arguments], env=environment, check=True, capture_output=True)
        )

    found = interleave(
        {
            "python -c pass": lambda: command("-c", "pass"),
            "timecode today": lambda: command("-m", "timecode_core", "today"),
            "timecode serve, to its first answer": serve,
        },
        place.scale.rounds,
    )
    section = Section(f"Starting, {history.events:,} events in the store", ("what", "ms", "of a bare interpreter"))
    for name, took in found.items():
        section.add(name, ms(took), ratio(took, found["python -c pass"]))
    known = [value for value in pss if value is not None]
    section.notes.append(
        f"`serve` holds {number(max(known))} MiB (proportional set size, all its processes) after its first answer."
        if known
        else "Memory: this system does not tell the proportional set size."
    )
    return section
