"""Changes the code in ways that must not go unnoticed, one at a time, and runs the tests that are to notice.

    python tools/mutants [--only TEXT] [--jobs N]

Each entry of the tables beside this file is a mutant: what stands in a file once (`was`), what is put in its place
(`is`), and the tests that then have to fail (`by`). One that survives with good reason has that as `survives`. The exit
status is 1 where one survives without, is killed though the table says that it can't be, doesn't apply, or where its
tests don't run.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from attrs import frozen

ROOT = Path(__file__).resolve().parents[2]
TABLES = sorted(Path(__file__).parent.glob("*.toml"))
LONGEST_S = 300
FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


@frozen
class Mutant:
    """One change, and what is to notice it."""

    file: str
    was: str
    put: str
    by: str
    survives: str = ""

    def of(self, source: str) -> str:
        """The source with the change. Raises ValueError, SyntaxError where there is no such change."""
        if source.count(self.was) != 1:
            raise ValueError(f"{self.file} has {source.count(self.was)} times {self.was!r}")
        changed = source.replace(self.was, self.put)
        compile(changed, self.file, "exec")
        return changed

    def __str__(self) -> str:
        line = next((line.strip() for line in self.put.splitlines() if line.strip()), "(nothing)")
        return f"{self.file.rpartition('/')[2]}: {line}"


def mutants() -> Iterator[Mutant]:
    """All of the tables, in order."""
    for table in TABLES:
        for file, entries in tomllib.loads(table.read_text(encoding="utf-8")).items():
            for entry in entries["mutants"]:
                yield Mutant(file, entry["was"], entry["is"], entry.get("by", entries["by"]), entry.get("survives", ""))


@frozen
class Fate:
    """What became of a mutant: the test that killed it, if any; or why that can't be said."""

    killer: str = ""
    broken: str = ""

    def expected(self, mutant: Mutant) -> bool:
        """Whether it is as the table says."""
        return not self.broken and bool(self.killer) != bool(mutant.survives)

    def told(self, mutant: Mutant) -> str:
        """In a line."""
        if self.broken:
            return f"NOT AS THE TABLE SAYS: {self.broken}"
        if self.killer:
            return f"killed by {self.killer}"
        return f"survives: {mutant.survives}" if mutant.survives else "SURVIVES"


class Bench:
    """A copy of the sources in which one mutant at a time lives."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name in ("core", "plugins"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        sources = [folder / "core", *sorted((folder / "plugins").iterdir()), ROOT / "tests"]
        self._environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, sources)),
            "PYTHONDONTWRITEBYTECODE": "1",
            "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / "hypothesis"),
        }

    def fate(self, mutant: Mutant) -> Fate:
        """Killed by the first test that notices, if any does."""
        path = self._folder / mutant.file
        source = path.read_text(encoding="utf-8")
        path.write_text(mutant.of(source), encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", *mutant.by.split()]
        try:
            run = subprocess.run(
                command, cwd=ROOT, env=self._environment, capture_output=True, text=True, timeout=LONGEST_S, check=False
            )
        except subprocess.TimeoutExpired:
            return Fate("no end")
        finally:
            path.write_text(source, encoding="utf-8")
        if run.returncode == 0:
            return Fate()
        found = FAILED.search(run.stdout)
        if run.returncode != 1 or not found:
            return Fate(broken=f"pytest ended with {run.returncode}: {run.stdout[-2000:]}{run.stderr[-2000:]}")
        return Fate(found[1])


def applying(todo: Iterable[Mutant], bad: list[str]) -> list[Mutant]:
    """Those that can be tried; the others are told of, and put to the bad ones, before any test has run."""
    found = []
    for mutant in todo:
        try:
            mutant.of((ROOT / mutant.file).read_text(encoding="utf-8"))
        except (OSError, ValueError, SyntaxError) as error:
            print(f"{mutant}  {Fate(broken=str(error)).told(mutant)}", flush=True)
            bad.append(str(mutant))
        else:
            found.append(mutant)
    return found


def main() -> int:
    """Run them, and tell of each as it ends."""
    parser = argparse.ArgumentParser(prog="tools/mutants", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", default="", metavar="TEXT", help="those whose file or change has this text")
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="how many at once (default: one a processor)"
    )
    chosen = parser.parse_args()
    every = [one for one in mutants() if chosen.only in f"{one.file}\n{one.was}\n{one.put}"]
    bad: list[str] = []
    todo = applying(every, bad)
    with tempfile.TemporaryDirectory(prefix="timecode-mutants-") as folder, ThreadPoolExecutor(chosen.jobs) as pool:
        benches: SimpleQueue[Bench] = SimpleQueue()
        for number in range(chosen.jobs):
            benches.put(Bench(Path(folder) / str(number)))

        def tried(mutant: Mutant) -> tuple[Fate, float]:
            bench = benches.get()
            began = time.monotonic()
            try:
                return bench.fate(mutant), time.monotonic() - began
            finally:
                benches.put(bench)

        for number, (mutant, (fate, took)) in enumerate(zip(todo, pool.map(tried, todo), strict=True), 1):
            print(f"{number}/{len(todo)}  {mutant}  {fate.told(mutant)}  ({took:.0f} s)", flush=True)
            if not fate.expected(mutant):
                bad.append(str(mutant))
    print(f"{len(every)} mutants, {len(bad)} not as the table says")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
