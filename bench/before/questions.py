"""Questions with many groups, over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from bench.before.sides import NOW, THEN, copied
from bench.data import LAST
from bench.place import Place
from bench.section import Section, ms, number, ratio
from bench.server import Server, memory, serving
from bench.timing import interleave, seconds
from bench.versions import Version

_GROUPED = "day,project,language"
_ASKED = 3
"""How often a round asks each question."""


def run(place: Place, both: Sequence[Version], folder: Path) -> Section:
    history = place.history
    section = Section(
        f"Questions over HTTP at {history.events:,} events, beside the version before, ms",
        ("by day, project and language", "bytes", "now", "before", "now / before"),
    )
    held: list[str] = []
    homes = {version.name: copied(place, version, folder) for version in both}
    with (
        serving(homes[NOW], both[0].environment) as (now, _),
        serving(homes[THEN], both[1].environment) as (then, _),
    ):
        for name, days in {"30 days": 30, "1 year": 365, "10 years": 3650}.items():
            path = f"/api/v1/stats?from={LAST - timedelta(days=days - 1)}&to={LAST}&group_by={_GROUPED}"
            first = now.answer(path)
            if first != then.answer(path):
                raise RuntimeError(f"{path} has another answer than before")
            found = interleave(
                {NOW: lambda: _asked(now, path), THEN: lambda: _asked(then, path)},  # noqa: B023
                _ASKED * place.scale.rounds,
            )
            section.add(name, f"{len(first):,}", ms(found[NOW]), ms(found[THEN]), ratio(found[NOW], found[THEN]))
        held = [number(used) for server in (now, then) if (used := memory(server.process.pid))]
    if held:
        section.notes.append(f"Afterwards the service holds {held[0]} MiB; the version before {held[1]} MiB (PSS).")
    return section


def _asked(server: Server, path: str) -> float:
    return seconds(lambda: server.answer(path))
