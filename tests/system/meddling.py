"""What can be done to a home folder behind a running service's back, and whether that loses what was acknowledged."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from attrs import Factory, define, frozen
from support.server import Server, start, timecode

Deed = Callable[[Path], None]
DATABASE, LOG, MEMORY, LOCK, MARKER = (f"timecode.db{suffix}" for suffix in ("", "-wal", "-shm", ".lock", ".state"))
_BEFORE_S = 0.4
_AFTER_S = 0.9
_PAUSE_S = 0.3


def _remove(name: str) -> Deed:
    return lambda home: (home / name).unlink()


def _replace(name: str, content: bytes) -> Deed:
    def deed(home: Path) -> None:
        (home / "other").write_bytes(content)
        (home / "other").replace(home / name)

    return deed


def _replace_by_an_earlier_one(home: Path) -> None:
    shutil.copy(home.parent / "earlier.db", home / "other")
    (home / "other").replace(home / DATABASE)


def _away_and_back(name: str) -> Deed:
    def deed(home: Path) -> None:
        (home / name).rename(home / "away")
        time.sleep(_PAUSE_S)
        (home / "away").rename(home / name)

    return deed


def _rename(name: str) -> Deed:
    def deed(home: Path) -> None:
        (home / name).rename(home / "away")

    return deed


def _truncate(name: str, part: float = 0) -> Deed:
    return lambda home: os.truncate(home / name, int((home / name).stat().st_size * part))


def _link(name: str) -> Deed:
    return lambda home: os.link(home / name, home / "second")


def _home_away_and_back(home: Path) -> None:
    home.rename(home.with_name("away"))
    time.sleep(_PAUSE_S)
    home.with_name("away").rename(home)


def _remove_home(home: Path) -> None:
    while home.exists():  # the service may make a file meanwhile
        shutil.rmtree(home, ignore_errors=True)


def _home_replaced(home: Path) -> None:
    home.rename(home.with_name("away"))
    home.mkdir(mode=0o700)
    shutil.copy(home.with_name("away") / "token", home / "token")


@frozen
class Meddling:
    """A deed; `keeps_all` says whether all that was acknowledged before it can be kept, too."""

    deed: Deed
    keeps_all: bool


MEDDLING = {
    "the database removed": Meddling(_remove(DATABASE), keeps_all=False),
    "the database replaced by an earlier one": Meddling(_replace_by_an_earlier_one, keeps_all=False),
    "the database replaced by an empty file": Meddling(_replace(DATABASE, b""), keeps_all=False),
    "the database replaced by a text": Meddling(_replace(DATABASE, b"no database " * 1000), keeps_all=False),
    "the database away and back": Meddling(_away_and_back(DATABASE), keeps_all=True),
    "the database truncated to nothing": Meddling(_truncate(DATABASE), keeps_all=False),
    "the database truncated to a half": Meddling(_truncate(DATABASE, 0.5), keeps_all=False),
    "the database linked": Meddling(_link(DATABASE), keeps_all=True),
    "the log removed": Meddling(_remove(LOG), keeps_all=True),
    "the log renamed": Meddling(_rename(LOG), keeps_all=True),
    "the log away and back": Meddling(_away_and_back(LOG), keeps_all=True),
    "the log replaced by nothing": Meddling(_replace(LOG, b""), keeps_all=True),
    "the log replaced by a text": Meddling(_replace(LOG, b"no log " * 1000), keeps_all=True),
    "the log truncated to nothing": Meddling(_truncate(LOG), keeps_all=False),
    "the log truncated to a half": Meddling(_truncate(LOG, 0.5), keeps_all=False),
    "the log linked": Meddling(_link(LOG), keeps_all=True),
    "the shared memory removed": Meddling(_remove(MEMORY), keeps_all=True),
    "the shared memory renamed": Meddling(_rename(MEMORY), keeps_all=True),
    "the shared memory away and back": Meddling(_away_and_back(MEMORY), keeps_all=True),
    "the shared memory replaced": Meddling(_replace(MEMORY, b"\0" * 32768), keeps_all=True),
    "the shared memory truncated": Meddling(_truncate(MEMORY), keeps_all=True),
    "the shared memory linked": Meddling(_link(MEMORY), keeps_all=True),
    "the lock removed": Meddling(_remove(LOCK), keeps_all=True),
    "the lock replaced": Meddling(_replace(LOCK, b""), keeps_all=True),
    "the lock truncated": Meddling(_truncate(LOCK), keeps_all=True),
    "the lock away and back": Meddling(_away_and_back(LOCK), keeps_all=True),
    "the lock linked": Meddling(_link(LOCK), keeps_all=True),
    "the lock of the home removed": Meddling(_remove("timecode.lock"), keeps_all=True),
    "the marker removed": Meddling(_remove(MARKER), keeps_all=True),
    "the marker truncated": Meddling(_truncate(MARKER), keeps_all=True),
    "the home removed": Meddling(_remove_home, keeps_all=False),
    "the home away and back": Meddling(_home_away_and_back, keeps_all=True),
    "the home replaced": Meddling(_home_replaced, keeps_all=False),
}


@define
class _Load:
    """Sends small batches one after the other, and keeps when each acknowledged one was begun, and its ids."""

    server: Server
    pause_s: float
    acknowledged: list[tuple[float, list[str]]] = Factory(list)
    refused: int = 0
    _ending: threading.Event = Factory(threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> _Load:
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ending.set()
        assert self._thread is not None
        self._thread.join()

    def _run(self) -> None:
        n = 0
        while not self._ending.is_set():
            n += 1
            batch = [
                {"time": 1_700_000_000 + n * 60 + k, "entity": f"{n}.py", "project": f"p{n % 5}"} for k in range(5)
            ]
            began = time.monotonic()
            try:
                answer = self.server.request("POST", "/api/v1/events", batch)
            except (OSError, http.client.HTTPException):
                time.sleep(0.02)
                continue
            if answer.status == 200:
                self.acknowledged.append((began, answer.json()["ids"]))
                time.sleep(self.pause_s)
            else:
                self.refused += 1
                time.sleep(0.02)


def lost(folder: Path, meddling: Meddling, number: signal.Signals, pause_s: float = 0.0) -> tuple[list[str], str]:
    """Meddle under load, then end the service by the signal. Returns the ids that are missing then, and what was told.

    What was told is empty where the file verifies as if nothing had been.
    """
    home = folder / "home"
    with start(home) as server:
        server.post([{"time": 1_600_000_000, "entity": "first.py"}])
        (folder / "earlier.db").unlink(missing_ok=True)
        with _Load(server, pause_s) as load:
            time.sleep(_BEFORE_S)
            shutil.copy(home / DATABASE, folder / "earlier.db")
            meddling.deed(home)
            done_at = time.monotonic()
            time.sleep(_AFTER_S)
            if number == signal.SIGKILL:
                _kill(server)
            else:
                server.stop(number)
    assert load.acknowledged[0][0] < done_at, "nothing was acknowledged before"
    (home / "second").unlink(missing_ok=True)
    due = {each for began, ids in load.acknowledged if meddling.keeps_all or began > done_at for each in ids}
    verified = timecode(home, "verify")
    return sorted(due - _stored(home)), "" if verified.returncode == 0 else verified.stderr.strip()


def _stored(home: Path) -> set[str]:
    printed = timecode(home, "events", "--period", "all")
    return {json.loads(line)["id"] for line in printed.stdout.splitlines()}


def _kill(server: Server) -> None:
    """Kill -9 of master and worker together."""
    os.killpg(server.process.pid, signal.SIGKILL)
    server.process.wait()
