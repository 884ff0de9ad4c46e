"""Runs the attacks on all cores, shows how far it is, and prints a table of what came of them.

    python -m torture [small|reported|large|FACTOR] [FILE.json] [WORD …]

The size is also taken from TIMECODE_TORTURE. With words, only the attacks whose names hold one of them are run.
"""

from __future__ import annotations

import contextlib
import json
import logging
import multiprocessing
import os
import platform
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from attrs import Factory, define

from torture.attacks import ATTACKS, SIZES, Attack

_EVERY_S = 60.0
_LEAST = 60
"""So often, if not more, is tried what must be noticed at least once."""
_SHOWN = 5


@define
class Tally:
    """What came of the tries of one attack."""

    fault: str
    tries: int = 0
    lost: int = 0
    caught: int | None = None
    outcomes: Counter[str] = Factory(Counter)
    seconds: float = 0.0
    """Of one core."""
    failures: list[str] = Factory(list)

    def add(self, seed: int, outcome: str, fault: str, seconds: float) -> None:
        """Count a try: what came of it, or how it failed."""
        self.tries += 1
        self.seconds += seconds
        if outcome:
            self.outcomes[outcome] += 1
        elif self.caught is not None:
            self.caught += 1
        else:
            self.lost += 1
            self.failures.append(f"seed {seed}: {fault}")

    @property
    def bad(self) -> bool:
        """Whether something was lost, or a mutant got through."""
        return bool(self.lost) or self.caught == 0

    @property
    def told(self) -> str:
        """How it recovered, the most frequent first."""
        if self.caught is not None:
            return f"{self.caught} caught"
        return "; ".join(f"{count}: {outcome}" for outcome, count in self.outcomes.most_common(_SHOWN))


def attempt(index: int, seed: int) -> tuple[str, str, float]:
    """One try, in a process of its own: what came of it, else how it failed, and how many seconds it took."""
    logging.disable()
    with tempfile.TemporaryDirectory(prefix="timecode-") as folder:
        began = time.monotonic()
        try:
            outcome, fault = ATTACKS[index].attempt(seed, Path(folder)), ""
        except Exception as error:  # noqa: BLE001  (whatever it is, it belongs into the table)
            outcome, fault = "", f"{type(error).__name__}: {error}\n{traceback.format_exc(limit=-3)}"
        return outcome, fault, time.monotonic() - began


def _take_ports(count: Any) -> None:
    """Each process has a share of the ports, as the workers of xdist have (`support.ports`)."""
    with count.get_lock():
        count.value += 1
        os.environ["PYTEST_XDIST_WORKER"] = f"gw{count.value}"


def _fast() -> str | None:
    """In memory where the machine offers that: power cuts and failing calls are simulated."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def run(size: str, words: Sequence[str]) -> list[Tally]:
    """All attacks, or those whose names hold one of the words."""
    factor = SIZES[size] if size in SIZES else float(size)
    chosen = [index for index, attack in enumerate(ATTACKS) if not words or any(word in attack.fault for word in words)]
    tries = {index: _tries(ATTACKS[index], factor) for index in chosen}
    tallies = {index: Tally(ATTACKS[index].fault, caught=0 if ATTACKS[index].catches else None) for index in chosen}
    with progress(sum(tries.values())) as show:
        for alone in (False, True):
            wanted = [index for index in chosen if ATTACKS[index].alone == alone]
            cores = 1 if alone else os.cpu_count() or 1
            with ProcessPoolExecutor(cores, initializer=_take_ports, initargs=(multiprocessing.Value("i"),)) as pool:
                asked: dict[Future[tuple[str, str, float]], tuple[int, int]] = {
                    pool.submit(attempt, index, seed): (index, seed) for index in wanted for seed in range(tries[index])
                }
                for one in as_completed(asked):
                    index, seed = asked[one]
                    tallies[index].add(seed, *one.result())
                    show(tallies[index])
    return [*tallies.values()]


def _tries(attack: Attack, factor: float) -> int:
    least = _LEAST if attack.catches else 1
    return max(least, round(attack.reported * (min(1, factor) if attack.whole else factor)))


@contextlib.contextmanager
def progress(count: int) -> Iterator[Show]:
    """A line that is written over; where nobody looks, one a minute."""
    show = Show(count, rewritten=sys.stderr.isatty())
    yield show
    show.end()


class Show:
    """Tells how far it is."""

    def __init__(self, count: int, *, rewritten: bool) -> None:
        self._count, self._rewritten = count, rewritten
        self._done = 0
        self._began = self._told = time.monotonic()
        self._lost = 0

    def __call__(self, tally: Tally) -> None:
        """One more try is done."""
        self._done += 1
        now = time.monotonic()
        if now - self._told >= (0.1 if self._rewritten else _EVERY_S):
            self._told = now
            self._tell(f"{self._done:,} of {self._count:,} tries, {now - self._began:.0f} s: {tally.fault}")

    def _tell(self, line: str) -> None:
        if self._rewritten:
            width = shutil.get_terminal_size().columns - 1
            sys.stderr.write(f"\r{line[:width]:{width}}")
        else:
            sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    def end(self) -> None:
        """Leave the line."""
        if self._rewritten:
            sys.stderr.write("\r\x1b[K")


def table(tallies: Sequence[Tally]) -> str:
    """As Markdown, for a page of documentation."""
    rows = [
        f"| {one.fault} | {one.tries:,} | {'' if one.caught is not None else one.lost} | {one.told} |"
        for one in tallies
    ]
    return "\n".join(["| fault | tries | lost | how it recovered |", "|---|---:|---:|---|", *rows])


def report(size: str, seconds: float, tallies: Sequence[Tally]) -> dict[str, object]:
    """The same, for a program."""
    attacks = [
        {
            "fault": one.fault,
            "tries": one.tries,
            "lost": one.lost,
            "caught": one.caught,
            "outcomes": dict(one.outcomes.most_common()),
            "seconds_of_one_core": round(one.seconds, 1),
            "failures": one.failures,
        }
        for one in tallies
    ]
    machine = {"python": platform.python_version(), "system": platform.system(), "cores": os.cpu_count()}
    return {"size": size, "seconds": round(seconds), **machine, "attacks": attacks}


def main() -> int:
    """Exit code 1 where anything was lost, or a mutant was not noticed."""
    given = [word for word in sys.argv[1:] if word]
    size = given.pop(0) if given and _is_size(given[0]) else os.environ.get("TIMECODE_TORTURE") or "reported"
    if not _is_size(size):
        sys.exit(f"torture: {size!r} is no size: {', '.join(SIZES)}, or a factor of the reported one.")
    file = Path(given.pop(0)) if given and given[0].endswith(".json") else None
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="timecode-torture-", dir=_fast()) as folder:
        tempfile.tempdir = folder  # of the processes that are forked from this, too
        tallies = run(size, given)
    seconds = time.monotonic() - began
    print(table(tallies))
    for one in tallies:
        for failure in one.failures[:_SHOWN]:
            print(f"\n{one.fault}, {failure}")
    print(f"\nSize {size}: {sum(one.tries for one in tallies):,} tries in {seconds / 60:.1f} minutes.")
    if file:
        file.write_text(json.dumps(report(size, seconds, tallies), indent=2) + "\n", encoding="utf-8")
    return int(any(one.bad for one in tallies))


def _is_size(word: str) -> bool:
    try:
        return word in SIZES or float(word) > 0
    except ValueError:
        return False


if __name__ == "__main__":
    sys.exit(main())
