"""The two sides: who goes first, what stands beside what, and the same history for both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from timecode_core import Home

from bench.data import Beat
from bench.place import Place
from bench.section import number, ratio
from bench.versions import HERE, Version

NOW, THEN = HERE.name, "before"


def order(names: Iterable[str], turn: int) -> list[str]:
    """Who goes first takes turns."""
    return sorted(names, reverse=turn % 2 == 1)


def each(took_s: float, batches: Sequence[Sequence[Beat]]) -> float:
    """µs an event."""
    return took_s / sum(map(len, batches)) * 1e6


def beside(now: float, before: float) -> tuple[str, str, str]:
    """Both figures, and how many times the one now the other is."""
    return number(now), number(before), ratio(before, now)


def copied(place: Place, version: Version, folder: Path) -> Home:
    """A home of the version's own with the long history."""
    home = Home(folder / version.name)
    home.make()
    database = place.history.installation.home.path / "timecode.db"
    (home.path / database.name).write_bytes(database.read_bytes())
    return home
