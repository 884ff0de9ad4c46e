"""`timecode serve`: to its first answer, and at rest."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench.before.sides import NOW, THEN, copied
from bench.place import Place
from bench.section import Section, ms, number, ratio
from bench.server import memory, serving
from bench.timing import interleave, seconds
from bench.versions import Version

_LIBRARIES = "apsw, attrs, cattrs, click, falcon, gunicorn.app.base, gunicorn.workers.gthread, orjson, pluggy"
"""What `timecode serve` is made of."""
_SETTLED_S = 3
"""How long after its start a service is taken to be at rest."""


def run(place: Place, both: Sequence[Version], folder: Path) -> Section:
    section = Section("`timecode serve` to its first answer, beside the version before, ms", ("what", "ms", "of now"))
    homes = {version.name: copied(place, version, folder) for version in both}

    def started(version: Version) -> float:
        with serving(homes[version.name], version.environment) as (_, took):
            return took

    def at_rest(version: Version) -> float:
        with serving(homes[version.name], version.environment) as (server, _):
            time.sleep(_SETTLED_S)
            return memory(server.process.pid) or 0.0

    for version in both:
        started(version)  # looks its copy through, once
    found = interleave(
        {
            NOW: lambda: started(both[0]),
            THEN: lambda: started(both[1]),
            "an interpreter that imports the same libraries": lambda: seconds(
                lambda: subprocess.run([sys.executable, "-c", f"import {_LIBRARIES}"], check=True, capture_output=True)
            ),
        },
        2 * place.scale.rounds,
    )
    for name, span in found.items():
        section.add(name, ms(span), ratio(span, found[NOW]))
    held = interleave({NOW: lambda: at_rest(both[0]), THEN: lambda: at_rest(both[1])}, place.scale.few)
    if all(held.values()):
        section.notes.append(
            f"{_SETTLED_S} s later it holds {number(held[NOW])} MiB; the version before {number(held[THEN])} MiB "
            "(PSS, all processes)."
        )
    return section
