"""One version of Timecode at work in a process of its own. Run as a script, with that version's sources on the path.

    python -P bench/lane.py HOME

A line on its standard input says what to do, and with which file of request bodies, one a line; a line on its standard
output says how many seconds it took. It knows the names of both versions, and imports nothing of the benchmarks.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import orjson


def _module(*names: str) -> Any:  # noqa: ANN401
    """The first of the modules that this version has."""
    for name in names:
        try:
            return import_module(f"timecode_core.{name}")
        except ModuleNotFoundError as error:
            if not str(error.name).startswith("timecode_core"):
                raise
    raise ModuleNotFoundError(names[0])


class _Accepting:
    """Says of every event that it is stored, and stores none."""

    def __init__(self) -> None:
        receipt = _module("receipt")
        self._stored = getattr(receipt, "kept", None) or receipt.Stored

    def submit(self, events: list[Any]) -> list[Any]:
        return [self._stored(event.id, new=True) for event in events]


class Lane:
    """A home, its running service, and an intake that leads nowhere."""

    def __init__(self, folder: Path) -> None:
        home = _module("setup.home", "home").Home(folder)
        home.make()
        self.installation = _module("wiring.installation", "installation").Installation.load(home)
        self.service = _module("serving.service", "service").Service(self.installation)
        intake = _module("intake.intake", "intake").Intake
        steps = self.installation.steps()
        try:
            self._intake = intake(steps, _Accepting().submit, "")
        except TypeError:
            self._intake = intake(steps, _Accepting())
        self._receipt: Callable[[Any], Mapping[str, Any]] = import_module(
            "timecode_ingest_http.resources.events"
        )._receipt

    def rest(self) -> None:
        """Keep the service from what it does beside: half of the time it would look through what is measured."""
        self.service._keeper._next_look_at = float("inf")
        with suppress(ModuleNotFoundError, AttributeError):  # as that version's server does, if it does, once started
            threshold = import_module("timecode_ingest_http.hosting")._NEW_OBJECTS
            gc.freeze()
            gc.set_threshold(threshold)

    def intake(self, file: Path) -> float:
        """Decoded events to a receipt; nothing is stored."""
        took, receipt = 0.0, None
        for body in file.read_bytes().splitlines():
            batch = orjson.loads(body)
            began = time.perf_counter()
            receipt = self._intake.submit(batch, "bench")
            took += time.perf_counter() - began
        _check(self._receipt(receipt))
        return took

    def body(self, file: Path) -> float:
        """The body of a request to that of its answer, durable."""
        bodies = file.read_bytes().splitlines()
        answer = b""
        began = time.perf_counter()
        for body in bodies:
            answer = orjson.dumps(self._receipt(self.service.submit(orjson.loads(body), "bench")))
        took = time.perf_counter() - began
        _check(orjson.loads(answer))
        return took

    def read(self, _file: Path) -> float:
        """Every event out of the store, in order."""
        chunks = _module("accounting.crediting", "accounting").chunks
        began = time.perf_counter()
        with self.service._store.reading() as reader:
            for _ in chunks(reader):
                pass
        return time.perf_counter() - began


def _check(receipt: Mapping[str, Any]) -> None:
    """To refuse everything is quick, too."""
    if set(receipt["verdicts"]) != {"stored"}:
        raise RuntimeError(f"not everything was stored: {receipt['rejected'] or receipt['verdicts']}")


def main() -> None:
    """Do what is asked for until the input ends."""
    lane = Lane(Path(sys.argv[1]))
    lane.service.start()
    try:
        lane.service.wait()
        print("ready", flush=True)
        lane.rest()
        for line in sys.stdin:
            what, _, file = line.strip().partition(" ")
            print(getattr(lane, what)(Path(file)), flush=True)
    finally:
        lane.service.close()


if __name__ == "__main__":
    main()
