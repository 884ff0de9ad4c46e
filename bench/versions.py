"""This version and an earlier one, side by side under the same libraries: what a change has made of the figures."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, cast

import orjson
from attrs import define, frozen

BEFORE = "10260c506f897090adf924692057c001f244b5a5"
"""The last version whose event was one flat record."""
ROOT = Path(__file__).resolve().parents[1]
_PARTS = ("core", "plugins/store_sqlite", "plugins/ingest_http", "plugins/dashboard_bokeh", "plugins/export_png")


@frozen
class Version:
    """A version's name in the tables, and where its sources are."""

    name: str
    sources: Path

    @property
    def environment(self) -> Mapping[str, str]:
        """What makes a new interpreter run it rather than what is installed, and compile it but once, as if it were."""
        path = os.pathsep.join(str(self.sources / part) for part in _PARTS)
        return {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": ""}


HERE = Version("now", ROOT)
"""The version that these benchmarks stand beside."""


def earlier(folder: Path) -> Version:
    """The earlier version, whose sources are put into the folder. Raises OSError, RuntimeError."""
    command = ["git", "-C", str(ROOT), "archive", BEFORE, *_PARTS]
    archive = subprocess.run(command, check=False, capture_output=True)
    if archive.returncode:
        why = archive.stderr.decode(errors="replace").strip()
        raise RuntimeError(f"it is commit {BEFORE[:7]}, and the whole history is not here ({why})")
    sources = folder / "sources"
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as packed:
        packed.extractall(sources, filter="data")
    return Version("before", sources)


@define
class Lane:
    """A version at work; see `lane.py`."""

    _process: subprocess.Popen[str]
    _bodies: Path
    _errors: Path

    def took(self, what: str, batches: Sequence[Sequence[object]] = ()) -> float:
        """The seconds that it took to do that with each batch's events. Raises RuntimeError where it failed."""
        self._bodies.write_bytes(b"\n".join(orjson.dumps(batch) for batch in batches))
        return float(self.told(f"{what} {self._bodies}"))

    def told(self, line: str = "") -> str:
        """Its next line, to one of ours where that is given. Raises RuntimeError where it has ended."""
        sink, source = cast("IO[str]", self._process.stdin), cast("IO[str]", self._process.stdout)
        with suppress(BrokenPipeError):
            if line:
                sink.write(f"{line}\n")
                sink.flush()
        answer = source.readline()
        if not answer:
            said = self._errors.read_text(encoding="utf-8", errors="replace").splitlines() or ["without a word"]
            raise RuntimeError(f"{self._errors.stem} has ended: {said[-1]}")
        return answer.strip()


@contextmanager
def lane(version: Version, folder: Path, database: Path | None = None) -> Iterator[Lane]:
    """The version with a home of its own in the folder, with a copy of the database where one is given."""
    home = folder / f"home-{version.name}"
    folder.mkdir(exist_ok=True)
    if database:
        home.mkdir(mode=0o700)
        (home / database.name).write_bytes(database.read_bytes())
    errors = folder / f"lane-{version.name}.log"
    with errors.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            # -P: beside lane.py lies an http.py
            [sys.executable, "-P", str(Path(__file__).with_name("lane.py")), str(home)],
            env=version.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        found = Lane(process, folder / f"bodies-{version.name}", errors)
        found.told()
        yield found
    finally:
        process.communicate()


@contextmanager
def lanes(both: Sequence[Version], folder: Path, database: Path | None = None) -> Iterator[dict[str, Lane]]:
    """A lane for each version, by its name."""
    with ExitStack() as stack:
        yield {version.name: stack.enter_context(lane(version, folder, database)) for version in both}
