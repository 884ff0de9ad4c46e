"""Beside the version before: taking events in, questions with many groups, the start, and everything anew."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from bench.before import anew, intake, questions, start
from bench.place import Place
from bench.section import Section
from bench.versions import HERE, Version, earlier

_SECTIONS: Mapping[str, Callable[[Place, Sequence[Version], Path], Section]] = {
    "taking events in": intake.run,
    "questions over HTTP": questions.run,
    "the start": start.run,
    "everything anew": anew.run,
}


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
