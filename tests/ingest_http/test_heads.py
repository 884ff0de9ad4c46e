"""What the head of a request gives away is enough to refuse it: its body is not waited for, and not kept."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from ingest_http.conftest import SERVERS
from support.crowd import MIB, Crowd, announcement, cost
from support.server import Server, start
from timecode_ingest_http.body_size import MAX_OPEN_BODY

HEADS: dict[str, tuple[int, str, dict[str, str | None]]] = {
    "no credential": (401, "POST /api/v1/events", {"Authorization": None}),
    "a wrong credential": (401, "POST /api/v1/events", {"Authorization": "Bearer x"}),
    "a wrong host": (421, "POST /api/v1/events", {"Host": "evil.example"}),
    "a wrong target": (421, "POST http://evil.example/api/v1/events", {}),
    "a foreign origin": (403, "POST /api/v1/events", {"Origin": "https://evil.example"}),
    "another site": (403, "POST /api/v1/events", {"Sec-Fetch-Site": "cross-site"}),
    "a media type": (415, "POST /api/v1/events", {"Content-Type": "text/plain"}),
    "no route": (404, "POST /nowhere", {}),
    "no method": (405, "PUT /api/v1/events", {}),
    "an open route": (413, "GET /healthz", {"Content-Length": str(MAX_OPEN_BODY + 1)}),
}


def head(service: Server, start_line: str, changes: dict[str, str | None]) -> bytes:
    """A request's head that announces a body; None takes a header out."""
    headers = {
        "Host": f"127.0.0.1:{service.port}",
        "Authorization": f"Bearer {service.token}",
        "Content-Type": "application/json",
        "Content-Length": "1000",
    } | changes
    lines = [f"{start_line} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items() if value is not None)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def answer(connection: socket.socket) -> bytes:
    """All that comes until the service ends the connection."""
    received = b""
    while chunk := connection.recv(65536):
        received += chunk
    return received


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service that waits ten minutes for a body that it wants."""
    running = start(tmp_path_factory.mktemp("patient") / "home", server="gunicorn", ingest_http__deadline="600")
    with running:
        yield running


@pytest.mark.parametrize("kind", HEADS)
def test_a_head_that_is_refused_is_answered_at_once(patient: Server, kind: str) -> None:
    """gunicorn answers in the application's own words, says that it is done, and ends the connection."""
    status, start_line, changes = HEADS[kind]
    with patient.raw(head(patient, start_line, changes)) as connection:
        received = answer(connection)
    assert received.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"application/problem+json" in received
    assert b"\r\nConnection: close\r\n" in received


@pytest.mark.parametrize("kind", HEADS)
def test_a_refused_body_does_not_change_the_answer(service: Server, kind: str) -> None:
    """Whether the body comes in pieces or is not waited for: the client reads why it was refused."""
    status, start_line, changes = HEADS[kind]
    sent = head(service, start_line, changes)
    with service.raw(sent + b" " * 10) as connection:
        connection.sendall(b" " * (int(changes.get("Content-Length") or "1000") - 10))
        assert connection.recv(4096).startswith(f"HTTP/1.1 {status} ".encode())


@pytest.mark.parametrize("kind", HEADS)
def test_a_client_that_asks_first_is_refused_without_its_body(service: Server, kind: str) -> None:
    """Expect: 100-continue gets the refusal in place of the leave, from either server."""
    status, start_line, changes = HEADS[kind]
    with service.raw(head(service, start_line, changes | {"Expect": "100-continue"})) as connection:
        assert answer(connection).startswith(f"HTTP/1.1 {status} ".encode())


def test_leave_is_given_once(service: Server) -> None:
    """A second 100 Continue, after the body, would be noise."""
    asking = head(
        service, "POST /api/v1/events", {"Content-Length": "2", "Expect": "100-continue", "Connection": "close"}
    )
    with service.raw(asking) as connection:
        leave = connection.recv(1000)
        connection.sendall(b"[]")
        assert (leave + answer(connection)).count(b"HTTP/1.1 100") == 1


def test_chunks_are_refused_by_their_head(service: Server) -> None:
    """A body that tells no length could be endless: 411, before any of it, with the token and without."""
    changes: dict[str, str | None] = {"Content-Length": None, "Transfer-Encoding": "chunked"}
    for method in ("POST", "GET"):
        with service.raw(head(service, f"{method} /api/v1/events", changes)) as connection:
            assert answer(connection).startswith(b"HTTP/1.1 411 ")
    with service.raw(head(service, "POST /api/v1/events", changes | {"Authorization": None})) as connection:
        assert answer(connection).startswith(b"HTTP/1.1 401 ")


def test_what_follows_a_refused_body_is_no_request(service: Server) -> None:
    """A body that looks like a request is not taken for one."""
    inner = head(service, "POST /api/v1/events", {"Content-Length": "2"}) + b"[]"
    outer = head(service, "POST /api/v1/events", {"Authorization": None, "Content-Length": str(len(inner))})
    with service.raw(outer + inner) as connection:
        connection.shutdown(socket.SHUT_WR)
        received = answer(connection)
    assert received.count(b"HTTP/1.1 ") == 1
    assert received.startswith(b"HTTP/1.1 401 ")


@pytest.mark.parametrize("server", SERVERS)
def test_a_crowd_without_a_credential_costs_no_memory(tmp_path: Path, server: str) -> None:
    """60 clients bring 1 MiB each that nobody asked for: others are answered, and it is not kept."""
    with start(tmp_path / "home", server=server) as service:
        found = cost(service, server, Crowd(service, 60, announcement(service), b"[" + b" " * (MIB - 2)), 20)
    assert found.grown < 16 * MIB
