"""Beside the version before: taking events in, questions with many groups, the start, and everything anew."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path
from statistics import median

from timecode_core import Home

from bench.data import LAST, Beat, Supply, decade, to_events, year
from bench.place import Place
from bench.raw import RawTable, rows
from bench.scale import BATCHES
from bench.section import Section, ms, number, ratio
from bench.server import Server, memory, serving
from bench.timing import interleave, seconds
from bench.versions import HERE, Version, earlier, lanes

NOW, THEN = HERE.name, "before"
LIBRARIES = "apsw, attrs, cattrs, click, falcon, gunicorn.app.base, gunicorn.workers.gthread, orjson, pluggy"
"""What `timecode serve` is made of."""
GROUPED = "day,project,language"
_INTAKE = 40_000
"""How many events a round takes in where nothing is stored: some tenths of a second."""
_ASKED = 3
"""How often a round asks each question."""
_SETTLED_S = 3
"""How long after its start a service is taken to be at rest."""
_TURN = 5
"""How many batches of the decade one version stores before it is the other's turn."""


def run(place: Place) -> Iterator[Section]:
    """A section for each, as it is measured; one that says why where there is nothing to show."""
    with tempfile.TemporaryDirectory(prefix="timecode-before-", dir=place.folder) as folder:
        try:
            both = HERE, earlier(Path(folder))
        except (OSError, RuntimeError) as error:
            yield _missing("the version before", error)
            return
        for what, one in _SECTIONS.items():
            try:
                yield one(place, both, Path(tempfile.mkdtemp(dir=folder)))
            except (OSError, RuntimeError, subprocess.SubprocessError) as error:
                yield _missing(f"{what}, beside the version before", error)


def _missing(what: str, error: Exception) -> Section:
    section = Section(f"Not measured: {what}", (), notes=[f"{type(error).__name__}: {error}"])
    if isinstance(error, subprocess.CalledProcessError):
        section.notes.append(error.stderr.decode(errors="replace")[-500:])
    return section


def _intake(place: Place, both: Sequence[Version], folder: Path) -> Section:
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
                for name in _order(at_work, turn):
                    found[f"intake {name}"].append(_each(at_work[name].took("intake", unstored), unstored))
                for name in _order(at_work, turn):
                    found[f"body {name}"].append(_each(at_work[name].took("body", stored), stored))
                found["bare"].append(_each(bare.took(stored), stored))
            each = {name: median(values) for name, values in found.items()}
            section.add(
                str(size),
                *_beside(each["intake now"], each["intake before"]),
                *_beside(each["body now"], each["body before"]),
                number(each["bare"]),
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


def _order(names: Iterable[str], turn: int) -> list[str]:
    """Who goes first takes turns."""
    return sorted(names, reverse=turn % 2 == 1)


def _each(took_s: float, batches: Sequence[Sequence[Beat]]) -> float:
    """µs an event."""
    return took_s / sum(map(len, batches)) * 1e6


def _beside(now: float, before: float) -> tuple[str, str, str]:
    return number(now), number(before), ratio(before, now)


def _copied(place: Place, version: Version, folder: Path) -> Home:
    """A home of the version's own with the long history."""
    home = Home(folder / version.name)
    home.make()
    database = place.history.installation.home.path / "timecode.db"
    (home.path / database.name).write_bytes(database.read_bytes())
    return home


def _questions(place: Place, both: Sequence[Version], folder: Path) -> Section:
    history = place.history
    section = Section(
        f"Questions over HTTP at {history.events:,} events, beside the version before, ms",
        ("by day, project and language", "bytes", "now", "before", "now / before"),
    )
    held: list[str] = []
    homes = {version.name: _copied(place, version, folder) for version in both}
    with (
        serving(homes[NOW], both[0].environment) as (now, _),
        serving(homes[THEN], both[1].environment) as (then, _),
    ):
        for name, days in {"30 days": 30, "1 year": 365, "10 years": 3650}.items():
            path = f"/api/v1/stats?from={LAST - timedelta(days=days - 1)}&to={LAST}&group_by={GROUPED}"
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


def _start(place: Place, both: Sequence[Version], folder: Path) -> Section:
    section = Section("`timecode serve` to its first answer, beside the version before, ms", ("what", "ms", "of now"))
    homes = {version.name: _copied(place, version, folder) for version in both}

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
                lambda: subprocess.run([sys.executable, "-c", f"import {LIBRARIES}"], check=True, capture_output=True)
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


def _anew(place: Place, both: Sequence[Version], folder: Path) -> Section:
    history, again = place.history, place.scale.few
    section = Section("Everything anew, beside the version before, seconds", ("what", "now", "before", "before / now"))
    with lanes(both, folder / "empty") as at_work:
        spent, sent = dict.fromkeys(at_work, 0.0), 0
        for turn, batches in enumerate(_decade(place.scale.events * 5 // 9)):
            sent += sum(map(len, batches))
            for name in _order(at_work, turn):
                spent[name] += at_work[name].took("body", batches)
        section.add(f"{sent:,} events of ten years in random order", *_beside(spent[NOW], spent[THEN]))
    database = history.installation.home.path / "timecode.db"
    with lanes(both, folder / "full", database) as at_work:
        found = interleave({name: lambda one=one: one.took("read") for name, one in at_work.items()}, again)  # type: ignore[misc]
        section.add(f"reading {history.events:,} events", *_beside(found[NOW], found[THEN]))
    homes = {version.name: _copied(place, version, folder) for version in both}
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
        section.add(f"timecode {command}", *_beside(found[NOW], found[THEN]))
    return section


def _decade(events: int) -> Iterator[list[list[Beat]]]:
    """Ten years in random order: the batches of a thousand of each turn."""
    beats = decade(events)
    while batches := [batch for _ in range(_TURN) if (batch := list(islice(beats, 1000)))]:
        yield batches


_SECTIONS: Mapping[str, Callable[[Place, Sequence[Version], Path], Section]] = {
    "taking events in": _intake,
    "questions over HTTP": _questions,
    "the start": _start,
    "everything anew": _anew,
}
