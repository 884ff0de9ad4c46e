"""A relay in front of the service that misbehaves on demand.

The service's proof holds its port, so the relay listens on the same port of another loopback address: 127.0.0.2.
"""

from __future__ import annotations

import http.client
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Relay:
    """`fault` is what happens to requests: pass, 500, hang, reset; or to events alone: refuse (400), 401, 413 (for
    batches of more than one event), half (cut off in its middle), or lose-answer (done, but not told); or to the
    question for today alone: unknown (404).
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.fault = "pass"
        self.bodies: list[bytes] = []
        self.answers: dict[str, bytes] = {}
        self.hits = 0
        self.after_forward: Callable[[], None] | None = None
        self.released = threading.Event()
        relay = self

        class Handler(_Handler):
            owner = relay

        self._server = _Server(("127.0.0.2", port), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.2:{self.port}"

    def misbehave(self, fault: str) -> None:
        """Every request from now on; what hangs from before is let go."""
        self.hits = 0
        self.fault = fault
        released, self.released = self.released, threading.Event()
        released.set()

    def close(self) -> None:
        self.misbehave("pass")
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True


class _Handler(BaseHTTPRequestHandler):
    owner: Relay
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._relay(b"")

    def do_POST(self) -> None:
        self._relay(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    def log_message(self, *_args: object) -> None:
        """Says nothing."""

    def _relay(self, body: bytes) -> None:
        owner = self.owner
        fault = owner.fault
        posts = self.path.startswith("/api/v1/events") and self.command == "POST"
        if posts:
            owner.bodies.append(body)
        if fault == "unknown" and not self.path.startswith("/api/v1/status"):
            fault = "pass"
        small = fault == "413" and body.count(b'"time"') <= 1
        if fault == "pass" or small or (not posts and fault in ("401", "413", "half", "lose-answer", "refuse")):
            status, media, answer = self._forward(body)
            owner.answers[self.path] = answer
            self._answer(status, media, answer)
            return
        owner.hits += 1
        if fault == "hang":
            owner.released.wait(60)
            self._cut()
        elif fault == "reset":
            self._cut()
        elif fault == "refuse":
            self._answer(400, "application/problem+json", b'{"title": "made up by the test"}')
        elif fault == "half":
            with suppress(OSError), closing(self._send(body[: len(body) // 2])):
                self._after()
            self._cut()
        elif fault == "lose-answer":
            self._forward(body)
            self._after()
            self._cut()
        else:
            status = 404 if fault == "unknown" else int(fault)
            self._answer(status, "application/problem+json", b'{"title": "made up by the test"}')

    def _after(self) -> None:
        # Once: a second try that is on its way must not do it again, to what the test has started since.
        after, self.owner.after_forward = self.owner.after_forward, None
        if after:
            after()

    def _forward(self, body: bytes) -> tuple[int, str, bytes]:
        try:
            with closing(self._send(body)) as connection:
                answer = connection.getresponse()
                return answer.status, answer.headers.get("Content-Type", ""), answer.read()
        except (OSError, http.client.HTTPException):
            return 502, "text/plain", b"the service is not there"

    def _send(self, body: bytes) -> http.client.HTTPConnection:
        """The request with its headers as they came: less of a body than they announce leaves the other end waiting."""
        connection = http.client.HTTPConnection("127.0.0.1", self.owner.port, timeout=120)  # a chart takes a browser
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
        connection.request(self.command, self.path, body or None, {**headers, "Host": f"127.0.0.1:{self.owner.port}"})
        return connection

    def _answer(self, status: int, media: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _cut(self) -> None:
        # Lingering for zero seconds makes the close a reset.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)
