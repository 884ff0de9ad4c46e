"""A real `timecode serve`, a process in a home folder of its own, for tests of anything that talks to it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import define, field, frozen
from support.ports import free_port

COMMAND = "import sys; from timecode_core.cli import main; sys.exit(main())"
# Whoever runs the tests may ignore these (nohup and a shell's background do), and children inherit that.
_SIGNALS = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); signal.signal(signal.SIGHUP, signal.{}); "
)
_PATIENCE_S = 240
"""For whatever must come: how long a loaded machine takes says nothing. Well below a test's own limit."""


def environment(home: Path, **settings: str) -> dict[str, str]:
    """The environment of a command that works on `home`. A setting is spelt `ingest_http__deadline="2"`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TIMECODE_")}
    return kept | {"TIMECODE_HOME": str(home)} | {f"TIMECODE_{name.upper()}": value for name, value in settings.items()}


def timecode(home: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run one `timecode` command to its end."""
    return subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments],
        env=environment(home, **settings),
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
        check=False,
    )


@frozen
class Answer:
    """An HTTP answer, read whole. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)


@define
class Server:
    """A running service. Stop it with `stop`, or use it as a context."""

    home: Path
    port: int
    process: subprocess.Popen[bytes]
    log: Path
    token: str = field(default="", repr=False)

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_error: object) -> None:
        if self.process.poll() is None:
            self.stop()

    @property
    def url(self) -> str:
        """Where it is, without a final slash."""
        return f"http://127.0.0.1:{self.port}"

    def connection(self, host: str = "127.0.0.1") -> http.client.HTTPConnection:
        """A new connection, not yet open."""
        return http.client.HTTPConnection(host, self.port, timeout=_PATIENCE_S)

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        *,
        signed_in: bool = True,
        connection: http.client.HTTPConnection | None = None,
    ) -> Answer:
        """One request. `body` is bytes, or anything else to be sent as JSON. `headers` override those made here."""
        sent = {"Authorization": f"Bearer {self.token}"} if signed_in else {}
        payload = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if payload is not None:
            sent["Content-Type"] = "application/json"
        own = connection or self.connection()
        try:
            own.request(method, path, payload, sent | dict(headers or {}))
            response = own.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            if connection is None:
                own.close()

    def get(self, path: str, **options: Any) -> Answer:
        """A GET with the token."""
        return self.request("GET", path, **options)

    def post(self, events: list[Any]) -> Any:
        """Store events; gives the receipt, and fails where the batch was not taken."""
        answer = self.request("POST", "/api/v1/events", {"events": events})
        assert answer.status == 200, answer
        return answer.json()

    def raw(self, data: bytes, *, host: str = "127.0.0.1") -> socket.socket:
        """A connection on which just these bytes were sent."""
        connection = socket.create_connection((host, self.port), timeout=_PATIENCE_S)
        connection.sendall(data)
        return connection

    def worker(self) -> int:
        """The process id of gunicorn's worker; waits until there is one."""
        worker: int = _until(lambda: next(iter(children(self.process.pid)), None), "a worker", self)
        return worker

    def kill_worker(self) -> int:
        """Kill -9 the worker. Returns its process id; see `wait_ready` for its successor."""
        worker = self.worker()
        os.kill(worker, signal.SIGKILL)
        _until(lambda: not running(worker), "the worker's end", self)
        return worker

    def wait_ready(self) -> None:
        """Return once events are taken."""

        def ready() -> bool:
            try:
                answer = self.get("/api/v1/status")
            except (OSError, http.client.HTTPException):
                return False
            return answer.status == 200 and bool(answer.json()["ready"])

        _until(ready, "readiness", self)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end, and wait. Returns its exit code."""
        self.process.send_signal(number)
        return self.process.wait(_PATIENCE_S)

    def output(self) -> str:
        """What it has written to its standard output and error."""
        return self.log.read_text(encoding="utf-8", errors="replace")


def start(
    home: Path,
    port: int | None = None,
    *,
    server: str = "auto",
    python: tuple[str, ...] = (),
    nohup: bool = False,
    first: str = "",
    **settings: str,
) -> Server:
    """Start `timecode serve` and wait until it is ready.

    `python` are options of the interpreter; `first` is Python that runs before anything else.
    """
    signals = _SIGNALS.format("SIG_IGN" if nohup else "SIG_DFL")
    chosen = port or free_port()
    home.parent.mkdir(parents=True, exist_ok=True)
    log = home.parent / f"{home.name}-serve.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, *python, "-c", f"{signals}{first}\n{COMMAND}", "serve", "--port", str(chosen)],
            env=environment(home, ingest_http__server=server, **settings),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    running = Server(home, chosen, process, log)
    try:
        _until((home / "token").exists, "the token", running)
        running.token = (home / "token").read_text(encoding="utf-8").strip()
        running.wait_ready()
    except BaseException:
        process.kill()
        process.wait()
        raise
    return running


def children(pid: int) -> list[int]:
    """The process ids of a process's children that have not ended."""
    table = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = (line.split() for line in table.splitlines())
    return [int(child) for child, parent, state in rows if int(parent) == pid and not state.startswith("Z")]


def running(pid: int) -> bool:
    """Whether a process, anybody's child, has not ended. One that nobody has waited for yet has."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")


def _until(condition: Any, what: str, server: Server) -> Any:
    """Wait for a condition and give its value; fail with the service's output where it or the service ends in vain."""
    end = time.monotonic() + _PATIENCE_S
    while not (value := condition()):
        if server.process.poll() is not None:
            raise AssertionError(f"the service ended ({server.process.returncode}):\n{server.output()}")
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain for {what}:\n{server.output()}")
        time.sleep(0.02)
    return value
