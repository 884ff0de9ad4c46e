"""Every command that writes, killed in the middle: the next start goes on by itself, and nothing acknowledged is lost.

A command that is added to `COMMANDS` is killed like the others, by `make torture` and among the tests.
"""

from __future__ import annotations

import gzip
import http.client
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from attrs import Factory, define, frozen
from support.installations import running
from support.ports import free_port
from support.scratch import scratch
from support.server import Server, environment
from system.damage import beats, build, command, served
from system.power_cuts import of_version_1

_LAUNCHER = Path(__file__).with_name("broken_off.py")
_SETTINGS = {"core__timezone": "UTC", "core__paths": "absolute", "ingest_http__server": "waitress"}
_PATIENCE_S = 240
_BATCHES = 8
_SIZE = 25

Stored = dict[str, Any]
"""Events as `timecode events` prints them, by id."""


@define
class Work:
    """A command at work on a home, and what it has acknowledged meanwhile: ids. `last` was sent, and not answered."""

    home: Path
    port: int
    process: subprocess.Popen[bytes]
    acknowledged: set[str] = Factory(set)
    last: list[dict[str, Any]] = Factory(list)


@frozen
class Command:
    """A command that writes: its words, the home that it finds, what is done meanwhile, and what must be afterwards.

    `{home}` in a word is that home, `{backup}` one of other work. `home` names the folder below it whose events are its
    own to change, if it is not that itself. `changes`: it changes events, so that there are those from before or those
    from after, and no others.
    """

    words: tuple[str, ...]
    prepare: Callable[[], Path]
    drive: Callable[[Work], None] = lambda _work: None
    home: str = ""
    changes: bool = False

    def at(self, home: Path) -> tuple[str, ...]:
        """Its words for a home."""
        backup = other_backup() if "{backup}" in self.words else None
        return tuple(word.format(home=home, backup=backup) for word in self.words)


# --- The homes that commands find


@cache
def lived_in() -> Path:
    """With the work of some weeks, closed in good order."""
    build(home := scratch() / "lived-in")
    return home


@cache
def killed() -> Path:
    """The same, as a kill -9 leaves it."""
    build(home := scratch() / "killed", unfolded=True)
    return home


@cache
def with_demo() -> Path:
    """With an earlier demo in it."""
    home = scratch() / "with-demo"
    shutil.copytree(lived_in(), home, copy_function=shutil.copy2)
    assert command(home, *_DEMO)[0] == 0
    return home


@cache
def with_backups() -> Path:
    """With two backups, as many days apart, of all its work."""
    home = scratch() / "with-backups"
    shutil.copytree(lived_in(), home, copy_function=shutil.copy2)
    assert command(home, "backup")[0] == 0
    (made,) = (home / "backups").iterdir()
    shutil.copy2(made, made.with_name("timecode-20250101-120000.db.gz"))
    return home


@cache
def other_backup() -> Path:
    """A backup of other work."""
    backup = scratch() / "other.db.gz"
    with running(scratch() / "other") as service:
        service.submit(beats(300, seed=9), "test")
    assert command(scratch() / "other", "backup", str(backup))[0] == 0
    return backup


def nothing() -> Path:
    """An empty one."""
    (home := scratch() / "nothing").mkdir(exist_ok=True)
    return home


# --- What is done meanwhile


def post(work: Work) -> None:
    """Send batches, each with some that are known, until all are taken or the service is gone; then end it."""
    rng = random.Random(7)
    with suppress(OSError, http.client.HTTPException):
        token = _token(work)
        server = Server(work.home, work.port, work.process, work.home, token)
        _wait_ready(server)
        coming = beats(_BATCHES * _SIZE, seed=3)
        for begin in range(0, len(coming), _SIZE):
            work.last = [*coming[begin : begin + _SIZE], *rng.sample(coming[: begin + 1], 1)]
            answer = server.request("POST", "/api/v1/events", work.last)
            if answer.status == 200:
                work.acknowledged |= set(answer.json()["ids"])
                work.last = []
        work.process.send_signal(signal.SIGTERM)


def _token(work: Work) -> str:
    while not (work.home / "token").exists():
        if work.process.poll() is not None:
            raise ConnectionError
        time.sleep(0.005)
    return (work.home / "token").read_text(encoding="utf-8").strip()


def _wait_ready(server: Server) -> None:
    while True:
        try:
            answer = server.get("/api/v1/status")
            if answer.status == 200 and answer.json()["ready"]:
                return
        except (OSError, http.client.HTTPException):
            if server.process.poll() is not None:
                raise
        time.sleep(0.005)


_DEMO = ("demo", "--no-serve", "--days", "2")
COMMANDS = {
    "serve, for the first time": Command(("serve",), nothing, post),
    "serve": Command(("serve",), lived_in, post),
    "serve, after a kill": Command(("serve",), killed, post),
    "serve, with a database of an earlier version": Command(("serve",), of_version_1, post),
    "rebuild": Command(("rebuild",), lived_in),
    "rebuild, after a kill": Command(("rebuild",), killed),
    "demo": Command(_DEMO, lived_in, home="demo"),
    "demo, where there was one": Command(_DEMO, with_demo, home="demo"),
    "keys new": Command(("keys", "new", "laptop"), lived_in),
    "backup": Command(("backup",), lived_in),
    "backup, to a file": Command(("backup", "{home}.copy.db.gz"), killed),
    "restore": Command(("restore", "{backup}"), lived_in, changes=True),
    "restore, after a kill": Command(("restore", "{backup}"), killed, changes=True),
    "restore, into nothing": Command(("restore", "{backup}"), nothing, changes=True),
    "recover": Command(("recover", "{home}/timecode.db"), killed),
    "forget": Command(("forget", "--project", "p1", "--yes"), lived_in, changes=True),
    "forget, in backups too": Command(("forget", "--project", "p1", "--yes", "--backups"), with_backups, changes=True),
}
"""What is killed. Those that need a service are ended by whoever drives them."""


# --- One kill


def attempt(name: str, seed: int, folder: Path) -> str:
    """Kill a command before a change that the seed chooses. Says how it went on; raises AssertionError."""
    chosen = COMMANDS[name]
    last = random.Random(f"{name} {seed}").randint(1, changes(name))
    home = folder / f"{seed}-home"
    with _copied(chosen.prepare(), home):
        before = _known(chosen.prepare)
        work, code, _ = _run(chosen, home, last)
        what = f"{name}, killed before change {last}"
        assert code in (-signal.SIGKILL, 0), f"{what}: it ended by {code}"
        found = _went_on(home, what)
        if chosen.changes:
            after = _made(name)
            assert after != before
            assert found in (before, after), f"{what}: neither what was there nor what was to be"
        elif not chosen.home:
            _check_events(before, found, work, what)
        else:
            assert found == before, f"{what}: it has changed what is not its own"
            if (home / chosen.home).exists():
                _went_on(home / chosen.home, what)
        if chosen.words[0] != "serve":
            again, _, errors = command(home, *chosen.at(home))
            assert again == 0 or "already" in errors or "exists" in errors, f"{what}: done again, it says {errors}"
            assert again or not [*home.rglob("timecode-draft-*")], f"{what}: a draft is left for ever"
            for backup in (home / "backups").glob("*.gz"):
                assert gzip.decompress(backup.read_bytes()), f"{what}: a backup is there by half"
    return "went on by itself" if code else "had ended"


@cache
def _made(name: str) -> Stored:
    """The events that a command leaves where it comes to its end."""
    with tempfile.TemporaryDirectory(prefix="timecode-") as folder:
        home = Path(folder) / "home"
        with _copied(COMMANDS[name].prepare(), home):
            _run(COMMANDS[name], home, 0)
            return _went_on(home, f"{name}, done")


def changes(name: str) -> int:
    """How many changes a command makes where it lives."""
    if name not in _counted:
        with tempfile.TemporaryDirectory(prefix="timecode-") as folder:
            home = Path(folder) / "home"
            with _copied(COMMANDS[name].prepare(), home):
                _, code, count = _run(COMMANDS[name], home, 0)
                assert code == 0, f"{name} ended by {code}"
            _counted[name] = count
    return _counted[name]


_counted: dict[str, int] = {}


@contextmanager
def _copied(home: Path, copy: Path) -> Iterator[None]:
    shutil.copytree(home, copy, copy_function=shutil.copy2)
    try:
        yield
    finally:
        shutil.rmtree(copy)


def _run(chosen: Command, home: Path, last: int) -> tuple[Work, int, int]:
    """Run it, to its end or to that change. Gives its exit code, and how many changes it made if it came to its end."""
    port = free_port()
    words = (*chosen.at(home), "--port", str(port)) if chosen.words[0] == "serve" else chosen.at(home)
    count, log = home.with_suffix(".count"), home.with_suffix(".log")
    count.unlink(missing_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, str(_LAUNCHER), str(last), str(count), *words],
            env=environment(home, **_SETTINGS),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        work = Work(home, port, process)
        try:
            chosen.drive(work)
            code = process.wait(_PATIENCE_S)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    assert "Traceback" not in log.read_text(encoding="utf-8", errors="replace"), log.read_text(encoding="utf-8")
    return work, code, int(count.read_text()) if count.exists() else 0


def _went_on(home: Path, what: str) -> Stored:
    """Start a service on it, and give what it holds; all of it must be right."""
    why = served(home)
    assert not why, f"{what}: the next start says {why}"
    code, output, errors = command(home, "verify")
    assert code == 0, f"{what}: {output}{errors}"
    code, output, errors = command(home, "events", "--period", "all")
    assert code == 0, f"{what}: {errors}"
    events = map(json.loads, output.splitlines())
    return {event["id"]: event for event in events if event["entity"] != "new.py"}  # which that start has stored


@cache
def _known(prepare: Callable[[], Path]) -> Stored:
    """The events of a home that a command finds."""
    home = scratch() / f"seen-{prepare.__name__}"
    with _copied(prepare(), home):
        return _went_on(home, "before anything was done")


def _of(events: Iterable[Mapping[str, Any]]) -> set[tuple[float, str]]:
    """What tells the events apart, though their ids are not known to who sends them."""
    return {(datetime.fromisoformat(event["time"]).timestamp(), event["entity"]) for event in events}


def _check_events(before: Stored, found: Stored, work: Work, what: str) -> None:
    missing = (before.keys() | work.acknowledged) - found.keys()
    assert not missing, f"{what}: {len(missing)} acknowledged events are lost"
    assert all(found[key] == event for key, event in before.items()), f"{what}: an event has changed"
    settled = before.keys() | work.acknowledged
    due = {(beat["time"], beat["entity"]) for beat in work.last} - _of(found[key] for key in settled)
    more = _of(event for key, event in found.items() if key not in settled)
    assert more in (set(), due), f"{what}: of a batch of {len(due)} new events {len(more)} are there"
