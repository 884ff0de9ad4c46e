"""A real `timecode serve` in a process of its own, and clients that cost little beside it."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from timecode_core.setup.home import Home

from bench.timing import seconds
from bench.versions import HERE

CONNECTIONS = 8
_PATIENCE_S = 60


class Wire:
    """One keep-alive connection that sends ready-made requests and reads answers."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """The answer's status and body."""
        self._socket.sendall(request)
        head, _, body = self._until(b"\r\n\r\n").partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:"))
        while len(body) < length:
            body += self._more()
        return int(head.split()[1]), body

    def _until(self, mark: bytes) -> bytes:
        data = b""
        while mark not in data:
            data += self._more()
        return data

    def _more(self) -> bytes:
        data = self._socket.recv(1 << 18)
        if not data:
            raise ConnectionError("the server closed the connection")
        return data

    def close(self) -> None:
        self._socket.close()


def asked(port: int, request: bytes) -> bytes:
    """The body of the answer, over a connection of its own. Raises RuntimeError for any status but 200."""
    wire = Wire(port)
    try:
        status, body = wire.ask(request)
    finally:
        wire.close()
    if status != 200:
        raise RuntimeError(f"port {port} answered {status}: {body[:200]!r}")
    return body


class Server:
    """A running service."""

    def __init__(self, process: subprocess.Popen[bytes], home: Home, port: int) -> None:
        self._token = home.secret("token")
        self.process = process
        self.port = port

    def get(self, path: str) -> bytes:
        """A GET request."""
        return self._head("GET", path) + b"\r\n"

    def answer(self, path: str) -> bytes:
        """The body of the answer to a GET request."""
        return asked(self.port, self.get(path))

    def post(self, events: Sequence[object]) -> bytes:
        """A POST request with these events."""
        body = json.dumps({"events": events}).encode()
        return (
            self._head("POST", "/api/v1/events")
            + f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )

    def _head(self, method: str, path: str) -> bytes:
        return (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nAuthorization: Bearer {self._token}\r\n"
        ).encode()

    def all(self, requests: Sequence[bytes]) -> tuple[float, list[float]]:
        """Have the requests answered over `CONNECTIONS` connections: the seconds in all, and those of each."""
        wires = [Wire(self.port) for _ in range(CONNECTIONS)]

        def work(index: int) -> list[float]:
            took = []
            for request in requests[index::CONNECTIONS]:
                begin = time.perf_counter()
                status, body = wires[index].ask(request)
                took.append(time.perf_counter() - begin)
                if status != 200:
                    raise RuntimeError(f"the service answered {status}: {body[:200]!r}")
            return took

        latencies: list[float] = []

        def run() -> None:
            for part in pool.map(work, range(CONNECTIONS)):
                latencies.extend(part)

        try:
            with ThreadPoolExecutor(CONNECTIONS) as pool:
                return seconds(run), latencies
        finally:
            for wire in wires:
                wire.close()


@contextmanager
def serving(home: Home, environment: Mapping[str, str] = HERE.environment) -> Iterator[tuple[Server, float]]:
    """A service on a free port; gives it, and the seconds from the start of its process to its first full answer."""
    port = free_port()
    home.secret("token")
    begin = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "timecode_core", "serve", "--port", str(port)],
        env={**environment, "TIMECODE_HOME": str(home.path)},
        stdout=subprocess.DEVNULL,
    )
    try:
        server = Server(process, home, port)
        _wait(server)
        yield server, time.perf_counter() - begin
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(server: Server) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            raise RuntimeError("timecode serve ended at once")
        try:
            wire = Wire(server.port)
        except OSError:
            time.sleep(0.005)
            continue
        try:
            status, body = wire.ask(server.get("/api/v1/status"))
        except OSError:
            continue
        finally:
            wire.close()
        if status == 200 and json.loads(body)["ready"]:
            return
        time.sleep(0.005)
    raise TimeoutError("timecode serve did not get ready")


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which that part of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def memory(pid: int) -> float | None:
    """The proportional set size of a process and its children in MiB, where the system tells."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:  # noqa: PTH123
            children = [int(child) for child in file.read().split()]
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:  # noqa: PTH123
            own = next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
    except OSError:
        return None
    parts = [memory(child) for child in children]
    return own / 1024 + sum(part for part in parts if part is not None)
