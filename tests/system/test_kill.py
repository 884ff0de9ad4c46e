"""The worker is killed at any moment, again and again: what was acknowledged is there, once, and totals are exact."""

from __future__ import annotations

import http.client
import os
import random
import threading
import time
from pathlib import Path
from typing import Any

import apsw
import pytest
from support.installations import installation
from support.server import Server, start, timecode

KILLS = int(os.environ.get("TIMECODE_TEST_KILLS") or (50 if os.environ.get("CI") else 5))
CLIENTS = 4


class Client(threading.Thread):
    """Posts batches of new and old events without pause, and goes on after every failure, as an editor would."""

    def __init__(self, server: Server, number: int) -> None:
        super().__init__(name=f"client-{number}", daemon=True)
        self._server = server
        self._number = number
        self._chance = random.Random(number)
        self._connection: http.client.HTTPConnection | None = None
        self._sent = 0
        self.stopping = threading.Event()
        self.acknowledged: dict[str, str] = {}
        """Hexadecimal id to the entity, of every event that an answer has called stored or a duplicate."""
        self.stored_answers = 0
        self.failed = 0
        self.fault: BaseException | None = None

    def run(self) -> None:
        try:
            while not self.stopping.is_set():
                self._post(self._batch())
        except BaseException as error:  # noqa: BLE001  (the test raises it)
            self.fault = error

    def _batch(self) -> list[dict[str, Any]]:
        first = max(0, self._sent - self._chance.randrange(10))  # some that may be stored already
        self._sent = first + self._chance.choice([1, 5, 25, 200])
        return [self._event(serial) for serial in range(first, self._sent)]

    def _event(self, serial: int) -> dict[str, Any]:
        shuffled = serial * 7_919 % 1_000_003
        return {
            "time": 1_600_000_000 + shuffled * 20 + self._number,
            "duration": 1_800 if serial % 50 == 0 else 0,
            "entity": f"/p/{self._number}/{serial}.py",
            "project": f"project-{serial % 5}",
            "language": "Python",
        }

    def _post(self, batch: list[dict[str, Any]]) -> None:
        self._connection = self._connection or self._server.connection()
        try:
            answer = self._server.request("POST", "/api/v1/events", batch, connection=self._connection)
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._connection = None
            self.failed += 1
            self._sent = max(0, self._sent - len(batch))  # nobody said what became of it: it comes again
            time.sleep(0.01)
            return
        if answer.status == 503:  # getting ready
            self._sent = max(0, self._sent - len(batch))
            time.sleep(0.01)
            return
        assert answer.status == 200, answer
        receipt = answer.json()
        assert set(receipt["verdicts"]) <= {"stored", "duplicate"}, receipt
        self.stored_answers += receipt["stored"]
        self.acknowledged.update(zip(receipt["ids"], (event["entity"] for event in batch), strict=True))


@pytest.mark.slow
@pytest.mark.timeout(2400)
def test_every_acknowledged_event_outlives_kill_9_of_the_worker_under_load(home: Path) -> None:
    """Acknowledged means fsynced; a batch is one transaction. gunicorn brings a new worker, which goes on at once."""
    chance = random.Random(50)
    with start(home, core__paths="absolute", core__timezone="UTC") as server:
        clients = [Client(server, number) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        for _ in range(KILLS):
            server.wait_ready()
            before = sum(len(client.acknowledged) for client in clients)
            while sum(len(client.acknowledged) for client in clients) == before:
                assert not any(client.fault for client in clients), [client.fault for client in clients]
                time.sleep(0.005)
            time.sleep(chance.uniform(0, 0.2))
            server.kill_worker()
        server.wait_ready()
        for client in clients:
            client.stopping.set()
        for client in clients:
            client.join(300)
            assert not client.is_alive()
            assert client.fault is None, client.fault
        last = server.get("/api/v1/status").json()
        assert last["store"]["ok"], last

        checked = timecode(home, "verify")
        assert checked.returncode == 0, checked.stdout + checked.stderr
        assert checked.stdout.count("no differences") == 3, checked.stdout

    assert sum(client.failed for client in clients) >= KILLS // 2, "the kills came under load"
    _assert_whole(home / "timecode.db")
    kept = _kept(home)
    assert len(kept) == len({entity for _, entity in kept}), "no event is there twice"
    ids = dict(kept)
    for client in clients:
        missing = {identity for identity in client.acknowledged if identity not in ids}
        assert not missing, f"{len(missing)} acknowledged events are gone"
        assert all(ids[identity] == entity for identity, entity in client.acknowledged.items())
        assert client.stored_answers <= len(client.acknowledged), "an event was called new twice"


def _assert_whole(path: Path) -> None:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    finally:
        connection.close()


def _kept(home: Path) -> list[tuple[str, str]]:
    store = installation(home).store()
    try:
        with store.reading() as reader:
            return [(event.id.hex(), event.subject.entity) for event in reader.scan((0, b""), 2**62, 10**7)]
    finally:
        store.close()
