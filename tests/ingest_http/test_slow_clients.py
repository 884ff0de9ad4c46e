"""Clients that send half a request, or drip one, or never read: the service stays free for the others."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from ingest_http.conftest import SERVERS
from support.server import Server, start
from timecode_ingest_http.servers.request_head import MAX_HEAD, Arrival

CROWD = 200  # far more than the 64 threads
OF_A_KIND = 70  # more than those, too; seven kinds together are fewer than there may be connections


@pytest.fixture(scope="module", params=SERVERS)
def impatient(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service that gives a client five seconds: few, but more than a loaded machine keeps an honest one waiting."""
    home = tmp_path_factory.mktemp(f"impatient-{request.param}") / "home"
    with start(home, server=request.param, ingest_http__deadline="5") as running:
        yield running


def head(service: Server, length: int, *more: str) -> bytes:
    lines = [
        "POST /api/v1/events HTTP/1.1",
        f"Host: 127.0.0.1:{service.port}",
        f"Authorization: Bearer {service.token}",
        "Content-Type: application/json",
        f"Content-Length: {length}",
        *more,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def ended(connection: socket.socket) -> bool:
    """Read until the service ends the connection."""
    try:
        while connection.recv(65536):
            pass
    except ConnectionError:
        pass
    return True


def test_a_crowd_of_half_sent_requests_stops_nobody(impatient: Server) -> None:
    """While hundreds of requests hang half-way, others are answered; and each of them is let go."""
    parts = [
        b"",
        b"P",
        b"POST /api/v1/events HTTP/1.1\r\n",
        b"POST /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nX: y",
        head(impatient, 10),
        head(impatient, 10) + b"[1,2",
        f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {500:030}\r\n\r\n".encode(),
    ]
    with ExitStack() as stack:
        crowd = [stack.enter_context(impatient.raw(part)) for part in parts for _ in range(OF_A_KIND)]
        for _ in range(5):
            assert impatient.get("/healthz").status == 200
            assert impatient.post([])["verdicts"] == []
        assert all(map(ended, crowd))
    assert impatient.get("/api/v1/status").status == 200


def test_a_crowd_beyond_all_bounds_turns_out_its_own(tmp_path: Path) -> None:
    """More half-sent requests than there may be connections: gunicorn lets the oldest go, and serves the others."""
    with start(tmp_path / "home", server="gunicorn", ingest_http__deadline="600") as service, ExitStack() as stack:
        crowd = [stack.enter_context(service.raw(b"GET ")) for _ in range(700)]
        for _ in range(5):
            assert service.get("/api/v1/status").status == 200
        assert ended(crowd[0])


def test_who_is_turned_out_while_sending_takes_nobody_along(tmp_path: Path) -> None:
    """As many connections as there may be all send at once, just as one more turns one out: the worker lives."""
    with start(tmp_path / "home", server="gunicorn", ingest_http__deadline="600") as service, ExitStack() as stack:
        worker = service.worker()
        crowd = [stack.enter_context(service.raw(b"G")) for _ in range(64 + 512)]
        kept = service.connection()
        assert service.get("/api/v1/status", connection=kept).status == 200
        os.kill(worker, signal.SIGSTOP)  # so that all that follows is there at once
        crowd += [stack.enter_context(service.raw(b"G")) for _ in range(10)]
        for connection in crowd:
            connection.sendall(b"E")
        os.kill(worker, signal.SIGCONT)
        assert service.get("/api/v1/status").status == 200
        assert service.worker() == worker
        assert "Exception" not in service.output()
        kept.close()


def test_a_drip_is_cut_off(tmp_path: Path) -> None:
    """A client that sends a byte now and then has a deadline for all of it, not for each."""
    with (
        start(tmp_path / "home", server="gunicorn", ingest_http__deadline="2") as service,
        service.raw(b"") as connection,
    ):
        request = head(service, 1000)
        with pytest.raises(OSError):  # noqa: PT012  (any of these may find the connection gone)
            for byte in request * 10:
                connection.sendall(bytes([byte]))
                time.sleep(0.05)
        assert service.get("/healthz").status == 200


def test_a_crowd_that_never_reads_stops_nobody(impatient: Server) -> None:
    """Clients that ask for much and read nothing cost the others nothing."""
    ask = head(impatient, 0).replace(b"POST /api/v1/events", b"GET /openapi.json")
    with ExitStack() as stack:
        for _ in range(CROWD):
            stack.enter_context(impatient.raw(ask * 3))
        assert impatient.get("/api/v1/status").status == 200


def test_a_crowd_that_is_refused_unread_stops_nobody(impatient: Server) -> None:
    """Bodies announced too long get their 413 at once, though their senders neither send nor leave."""
    with ExitStack() as stack:
        crowd = [stack.enter_context(impatient.raw(head(impatient, 2**30))) for _ in range(CROWD)]
        assert impatient.get("/api/v1/status").status == 200
        assert all(b" 413 " in connection.recv(4096) for connection in crowd)


def test_a_crowd_of_endless_heads_stops_nobody(tmp_path: Path) -> None:
    """Legal headers beyond the limit and no end of them: each is told 431, and none has a thread wait for the rest."""
    with start(tmp_path / "home", server="gunicorn", ingest_http__deadline="600") as service, ExitStack() as stack:
        lines = "".join(f"X-{n}: {'y' * 8000}\r\n" for n in range(9))
        crowd = [stack.enter_context(service.raw(f"GET / HTTP/1.1\r\nHost: x\r\n{lines}".encode())) for _ in range(70)]
        assert service.get("/healthz").status == 200
        assert all(connection.recv(4096).startswith(b"HTTP/1.1 431 ") for connection in crowd)
        assert all(map(ended, crowd))


def test_a_client_may_ask_whether_to_send_its_body(service: Server) -> None:
    """Expect: 100-continue gets its leave, and then its answer."""
    with service.raw(head(service, 2, "Expect: 100-continue")) as connection:
        assert connection.recv(1000).startswith(b"HTTP/1.1 100")
        connection.sendall(b"[]")
        received = b""
        while b'"verdicts"' not in received:
            chunk = connection.recv(65536)
            assert chunk, received
            received += chunk
        assert b"HTTP/1.1 200" in received


def test_requests_sent_together_are_all_answered_in_order(service: Server) -> None:
    """Pipelining: three requests in one write, the third in two, on one connection."""
    get = f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{service.port}\r\n\r\n".encode()
    post = head(service, 2)
    with service.raw(get + post + b"[]" + get[:20]) as connection:
        connection.sendall(get[20:])
        received = b""
        while received.count(b'{"ok":true}') < 2:
            chunk = connection.recv(65536)
            assert chunk, received
            received += chunk
    assert received.index(b'{"ok":true}') < received.index(b'"verdicts"') < received.rindex(b'{"ok":true}')


def test_an_answer_comes_in_one_piece(tmp_path: Path) -> None:
    """gunicorn's head and body are written together: apart, delayed acknowledgements cost 40 ms a request.

    waitress writes them apart, on sockets that it sets to send at once (TCP_NODELAY).
    """
    with start(tmp_path / "home", server="gunicorn") as service, service.raw(b"") as connection:
        get = f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{service.port}\r\n\r\n".encode()
        for _ in range(50):
            connection.sendall(get)
            assert connection.recv(65536).endswith(b'{"ok":true}')


def test_one_connection_carries_many_requests(service: Server) -> None:
    """A connection is kept, errors included: a status bar polls on one."""
    connection = service.connection()
    connection.connect()
    first = connection.sock
    for path in ["/healthz", "/nowhere", "/api/v1/status", "/api/v1/stats?x=y"] * 5:
        service.get(path, connection=connection)
        assert connection.sock is first
    connection.close()


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 50 + b"\r\n\r\n",
        b"hello\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\r\n" * 100,
        b"A" * 200_000,
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/v1/events HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n[]",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
)
def test_what_is_no_http_is_turned_away(impatient: Server, garbage: bytes) -> None:
    """TLS, garbage and malformed heads end their connection and nothing else."""
    with impatient.raw(b"") as connection:
        try:
            connection.sendall(garbage)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        assert ended(connection)
    assert impatient.get("/healthz").status == 200


BODIES = st.binary(max_size=50)


@given(
    body=BODIES,
    extra=BODIES,
    cuts=st.lists(st.integers(0, 300), max_size=8),
    lower=st.booleans(),
    digits=st.integers(1, 40),
)
def test_a_request_is_complete_with_its_last_byte(
    body: bytes, extra: bytes, cuts: list[int], lower: bool, digits: int
) -> None:
    """However it is cut, a request counts as arrived when its body is whole, not before; what follows is kept."""
    name = "content-length" if lower else "Content-Length"
    length = f"{len(body):0{digits}}"
    request = f"POST / HTTP/1.1\r\nHost: x\r\n{name}: {length}\r\nA: b\r\n\r\n".encode() + body
    edges = sorted({0, len(request), *(cut for cut in cuts if cut < len(request))})
    head = len(request) - len(body)
    arrival = Arrival(max_body=100)
    for begin, end in pairwise(edges):
        assert not arrival.complete
        assert arrival.wanted > 0
        assert arrival.add(request[begin:end]) == (begin < head <= end < len(request))
        if head <= end:
            assert arrival.wanted == len(request) - end
            assert arrival.head == request[:head]
    assert arrival.complete
    arrival.add(extra)
    assert arrival.take() == request + extra
    assert len(arrival) == 0


@pytest.mark.parametrize(
    "line",
    [
        "Content-Length: 101",
        f"content-length: {'9' * 30}",
        "Content-Length: 5, 6",
        "Transfer-Encoding: chunked",
        "transfer-encoding: identity",
    ],
)
def test_a_body_that_will_be_refused_is_not_waited_for(line: str) -> None:
    """Too long, or of unknown length: the head is enough to refuse it."""
    arrival = Arrival(max_body=100)
    assert not arrival.add(f"POST / HTTP/1.1\r\n{line}\r\nExpect: 100-continue\r\n\r\n".encode())
    assert arrival.complete
    assert arrival.body_follows


@given(body=st.binary(min_size=1, max_size=50), sent=st.integers(0, 49), asks=st.booleans())
def test_a_body_that_is_refused_by_its_head_is_not_waited_for(body: bytes, sent: int, asks: bool) -> None:
    """Once it is refused the request counts as arrived, with what has come; the client's question is not forgotten."""
    expect = "Expect: 100-continue\r\n" if asks else ""
    head = f"POST / HTTP/1.1\r\nContent-Length: {len(body)}\r\n{expect}\r\n".encode()
    arrival = Arrival(max_body=100)
    came = head + body[: min(sent, len(body) - 1)]
    assert arrival.add(came)
    assert (arrival.complete, arrival.expects_leave) == (False, asks)
    arrival.refuse_body()
    assert (arrival.complete, arrival.body_follows) == (True, True)
    assert arrival.take() == came


def test_an_endless_head_is_not_waited_for() -> None:
    """Past the limit it is refused as it is, whether or not its end has come; no thread gets it."""
    for sent, too_long in ((b"", False), (b"x", True), (b"\r\n\r\n", True)):
        arrival = Arrival(max_body=100)
        arrival.add(b"x" * MAX_HEAD)
        arrival.add(sent)
        assert arrival.too_long is too_long
        assert not arrival.complete
