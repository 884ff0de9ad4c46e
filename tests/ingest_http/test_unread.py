"""Answers that nobody reads, or not yet: no thread waits for their clients, and nobody else does."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from ingest_http.conftest import SERVERS
from support.crowd import MIB, Crowd, ask, cost
from support.server import Server, start
from timecode_ingest_http.servers.line import Line

COUNT = 9_000
BIG = "/api/v1/events?from=2023-11-14&to=2023-11-16&limit=9000"


def fill(service: Server) -> None:
    """Enough events for an answer of some megabytes, far beyond what a system buffers."""
    for begin in range(0, COUNT, 4_500):
        entities = ((n, f"/a/{n}-{'long' * 40}.py") for n in range(begin, begin + 4_500))
        service.post([{"time": 1_700_000_000 + 5 * n, "entity": entity, "project": "big"} for n, entity in entities])


@pytest.fixture(scope="module", params=SERVERS)
def full(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service with much to tell."""
    with start(tmp_path_factory.mktemp(f"full-{request.param}") / "home", server=request.param) as running:
        fill(running)
        yield running


def read_answers(connection: socket.socket, count: int, pause_s: float = 0.0) -> list[bytes]:
    """The bodies of so many answers with a Content-Length, one after the other."""
    received = b""
    bodies: list[bytes] = []
    while len(bodies) < count:
        head, separator, rest = received.partition(b"\r\n\r\n")
        if separator:
            assert head.startswith(b"HTTP/1.1 200 ")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            if len(rest) >= length:
                bodies.append(rest[:length])
                received = rest[length:]
                continue
        chunk = connection.recv(256 * 1024)
        assert chunk, len(received)
        received += chunk
        time.sleep(pause_s)
    return bodies


def test_a_slow_reader_gets_all_of_a_large_answer(full: Server) -> None:
    """What the client does not take at once is sent as it does, and the connection is kept."""
    wanted = full.get(BIG).body
    assert len(wanted) > 2 * MIB
    with full.raw(ask(full, BIG)) as connection:
        time.sleep(0.2)
        assert read_answers(connection, 1, pause_s=0.02) == [wanted]
        connection.sendall(ask(full, "/healthz"))
        assert read_answers(connection, 1) == [b'{"ok":true}']


def test_large_answers_to_requests_sent_together_come_in_order(full: Server) -> None:
    """The next of them is begun when the answer before has left."""
    wanted = full.get(BIG).body
    small = b'{"ok":true}'
    with full.raw((ask(full, BIG) + ask(full, "/healthz")) * 2) as connection:
        assert read_answers(connection, 4, pause_s=0.005) == [wanted, small, wanted, small]


def test_a_client_that_has_no_more_to_say_gets_its_answer(full: Server) -> None:
    """A socket that is closed for sending alone is no client that is gone."""
    with full.raw(ask(full, BIG)) as connection:
        connection.shutdown(socket.SHUT_WR)
        assert len(read_answers(connection, 1)[0]) > 2 * MIB
        assert connection.recv(1) == b""


def test_of_too_many_unread_answers_the_oldest_go(full: Server) -> None:
    """More than the service holds for clients that don't read: it lets the first go, and the next is served."""
    with Crowd(full, 30, ask(full, BIG)) as crowd:
        for connection in crowd:
            connection.setblocking(True)
            connection.recv(1, socket.MSG_PEEK)  # it has its answer, or would have it if it read
        assert len(full.get(BIG).json()["events"]) == COUNT
        cut = sum(not whole(connection) for connection in crowd)
    assert 0 < cut < 30
    assert "answer not read" in full.output()


def whole(connection: socket.socket) -> bool:
    """Whether a client that reads late still gets its answer."""
    try:
        return len(read_answers(connection, 1)[0]) > 2 * MIB
    except (AssertionError, ConnectionError):
        return False


@pytest.mark.parametrize("server", SERVERS)
def test_a_crowd_that_pipelines_and_never_reads_costs_little(tmp_path: Path, server: str) -> None:
    """60 clients ask 50 times each and read nothing: others are answered meanwhile, and memory is bounded."""
    with start(tmp_path / "home", server=server) as service:
        found = cost(service, server, Crowd(service, 60, ask(service, "/openapi.json") * 50), 20)
    assert found.grown < 32 * MIB


def test_an_answer_that_is_half_sent_is_finished_before_the_end(tmp_path: Path) -> None:
    """TERM while a client reads a large answer: it gets the rest, and the service ends in order."""
    with start(tmp_path / "home", server="gunicorn") as service:
        fill(service)
        wanted = service.get(BIG).body
        with service.raw(ask(service, BIG)) as connection, service.raw(ask(service, BIG)) as silent:
            begun = connection.recv(1000)
            stopping = threading.Thread(target=service.stop)
            stopping.start()
            received = begun
            while chunk := connection.recv(64 * 1024):
                received += chunk
                time.sleep(0.005)
            assert received.endswith(wanted)
            stopping.join()
            silent.close()
        assert service.process.returncode == 0
        assert "Traceback" not in service.output()


def test_the_line_has_few_worked_on_at_once_and_forgets_nobody() -> None:
    """In order, two at a time; one that was not of the line changes nothing, and one turned out is not started."""
    started: list[int] = []
    line = Line(started.append)
    for number in range(6):
        line.add(number)
    assert started == [0, 1]
    line.done(99)
    assert started == [0, 1]
    line.done(1)
    assert started == [0, 1, 2]
    assert line.turn_out() == 3
    line.add(0)  # again, while it is worked on
    for number in (0, 2, 4, 5):
        line.done(number)
    assert started == [0, 1, 2, 4, 5, 0]
    assert line.turn_out() is None
