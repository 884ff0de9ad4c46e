"""What was refused is counted and told in a line now and then; the log never holds what a stranger sent."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from support.crowd import Crowd
from support.server import Server, start
from timecode_ingest_http.refusals import Refusals

SECRET = "s3cret-of-a-stranger"
BAD = [
    f"GET /{SECRET} HTTP/9.9\r\n\r\n",
    f"{SECRET} \x1b[31m\r\n\r\n",
    f"GET / HTTP/1.1\r\n{SECRET}\r\n\r\n",
    f"GET / HTTP/1.1\r\nA\x07: {SECRET}\r\n\r\n",
    f"GET / HTTP/1.1\r\nTransfer-Encoding: {SECRET}\r\n\r\n",
    f"GET / HTTP/1.1\r\nContent-Length: {SECRET}\r\n\r\n",
    f"GET /{'y' * 9000}{SECRET} HTTP/1.1\r\n\r\n",
    f"GET /{SECRET} HTTP/1.1\r\n" + "".join(f"X-{n}: {'y' * 8000}\r\n" for n in range(9)),
    f"GET /{SECRET}%0aforged HTTP/1.1\r\nHost: {SECRET}\r\n\r\n",
    f"POST /{SECRET} HTTP/1.1\r\nHost: {SECRET}\r\nContent-Length: 10\r\n\r\n0123456789",
    f"CONNECT {SECRET}:80 HTTP/1.1\r\nHost: {SECRET}\r\n\r\n",
]


def send(service: Server, sent: str) -> None:
    """Send it, and wait for the end or for an answer."""
    with suppress(OSError), service.raw(b"") as connection:
        connection.sendall(sent.encode())
        connection.recv(4096)


def test_a_flood_of_bad_requests_leaves_a_line_or_two(service: Server) -> None:
    """Hundreds of refusals of every kind: the log grows by less than one of them has, and holds none of their text."""
    before = len(service.output())
    with ThreadPoolExecutor(8) as pool:
        for _ in pool.map(lambda n: send(service, BAD[n % len(BAD)]), range(40 * len(BAD))):
            pass
    for headers in ({"Host": SECRET}, {"Origin": SECRET}, {"Authorization": SECRET}, {"Cookie": SECRET}):
        assert service.get(f"/{SECRET}%0a", signed_in=False, headers=headers).status in (401, 403, 421)
    told = service.output()[before:]
    assert len(told) < 1000
    assert len(told.splitlines()) < 5
    assert "timecode.http: refused: " in service.output()
    assert SECRET not in service.output()
    assert "Traceback" not in service.output()
    assert not re.search(r"[^\n -~×]", service.output())


def test_waitress_does_not_warn_of_a_crowd(tmp_path: Path) -> None:
    """Whenever there are as many connections as there may be, by itself it would: anybody can bring that about."""
    with start(tmp_path / "home", server="waitress", ingest_http__deadline="2") as service:
        before = service.output()
        with Crowd(service, 600, b"GET "):
            assert service.get("/healthz").status == 200  # when some of them have been let go
        assert service.output() == before


def test_the_first_is_told_at_once_and_the_others_together(caplog: pytest.LogCaptureFixture) -> None:
    """One line for the first, one for all that came since when the time is over, then none until there is another."""
    refusals = Refusals(every_s=3600)
    refusals.count_status(401)
    assert [record.message for record in caplog.records] == [
        "refused: 1 × 401 Unauthorized. More are told of once a minute."
    ]
    for _ in range(1000):
        refusals.count_status(421)
    refusals.count("answer not read")
    assert len(caplog.records) == 1
    refusals.close()
    assert caplog.records[-1].message == "refused: 1000 × 421 Misdirected Request, 1 × answer not read."
    assert len(caplog.records) == 2
