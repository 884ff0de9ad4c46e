"""A crowd of clients that send something and read nothing, and what it costs the service."""

from __future__ import annotations

import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, suppress

from attrs import frozen
from support.server import Server

MIB = 1024 * 1024


class Crowd:
    """So many open connections, on each of which `sent` was sent, and of `body` what the service took at once."""

    def __init__(self, service: Server, count: int, sent: bytes, body: bytes = b"") -> None:
        self._stack = ExitStack()
        self._service, self._count, self._sent, self._body = service, count, sent, body

    def __enter__(self) -> list[socket.socket]:
        return [self._one() for _ in range(self._count)]

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def _one(self) -> socket.socket:
        connection = self._stack.enter_context(self._service.raw(self._sent))
        connection.setblocking(False)
        with suppress(OSError):  # it takes no more, or has ended the connection
            connection.sendall(self._body)
        return connection


def announcement(service: Server) -> bytes:
    """The head of a request without a credential, whose body is to be 1 MiB."""
    return (
        f"POST /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:{service.port}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {MIB}\r\n\r\n"
    ).encode()


def ask(service: Server, path: str) -> bytes:
    """A GET with the token."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{service.port}\r\nAuthorization: Bearer {service.token}\r\n\r\n"
    ).encode()


def memory(service: Server, server: str) -> int:
    """The resident bytes of the process that serves."""
    pid = service.worker() if server == "gunicorn" else service.process.pid
    done = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return int(done.stdout) * 1024


@frozen
class Cost:
    """What a crowd cost: bytes by which the service grew at most, and how long others' requests took, in order."""

    grown: int
    seconds: list[float]

    @property
    def p50(self) -> float:
        """The one in the middle."""
        return self.seconds[len(self.seconds) // 2]

    @property
    def p99(self) -> float:
        """The 99th of a hundred."""
        return self.seconds[min(len(self.seconds) - 1, len(self.seconds) * 99 // 100)]


def cost(service: Server, server: str, crowd: Crowd, requests: int) -> Cost:
    """Let a crowd come, and make normal requests one after the other while it does and as many as this afterwards."""
    for _ in range(20):
        assert service.get("/api/v1/status").status == 200
    before = most = memory(service, server)
    seconds: list[float] = []
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(crowd.__enter__)
        try:
            while requests > 0:
                requests -= coming.done()
                begin = time.monotonic()
                assert service.get("/api/v1/status").status == 200
                seconds.append(time.monotonic() - begin)
                if len(seconds) % 10 == 0:
                    most = max(most, memory(service, server))
            coming.result()
        finally:
            wait([coming])
            crowd.__exit__()
    return Cost(most - before, sorted(seconds))
