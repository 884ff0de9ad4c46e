"""The real service in a process of its own, to be stopped, killed and started again."""

from __future__ import annotations

import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from .waiting import until


def every_day() -> dict[str, str]:
    """Days to ask for, beyond today too: the editor's clock may be ahead of the service's, and some tests move it."""
    return {"from": "2000-01-01", "to": str((datetime.now(UTC) + timedelta(days=2)).date())}


class Service:
    """`timecode serve` on a port, with a home folder."""

    def __init__(self, home: Path, port: int) -> None:
        self.home = home
        self.port = port
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def command(self) -> Path:
        return Path(sys.executable).with_name("timecode")

    def start(self) -> None:
        """Starts it and waits until it answers."""
        log = (self.home.parent / "service.log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [self.command, "serve", "--port", str(self.port)],
                env={**os.environ, "TIMECODE_HOME": str(self.home)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until(self._answers, "the service to answer")

    def start_again(self) -> None:
        """After a kill from elsewhere: waits for the end of that first."""
        until(lambda: self._process is None, "the service to be gone")
        self.start()

    def holder(self) -> int:
        """The process that serves this home, as its lock file names it."""
        found = re.search(r"process (\d+)", (self.home / "timecode.lock").read_text())
        assert found
        return int(found[1])

    def take_over(self) -> None:
        """Ends a service on this home that somebody else started, and starts one of our own."""
        os.kill(self.holder(), signal.SIGTERM)
        until(self._home_is_free, "the other service to be gone")
        self.start()

    def start_if_down(self) -> None:
        if not self._process:
            self.start()

    def stop(self) -> None:
        """Ends it as a user would."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """kill -9 of the service and its worker."""
        self._end(signal.SIGKILL)

    def _end(self, sign: int) -> None:
        if self._process:
            os.killpg(self._process.pid, sign)
            self._process.wait(timeout=180)
            until(self._home_is_free, "the service to be gone")
            self._process = None

    def get(self, path: str, **params: str) -> Any:
        """The JSON answer to an authorised GET."""
        return self._ask(f"{path}?{urllib.parse.urlencode(params)}")

    def bring(self, events: list[dict[str, Any]]) -> Any:
        """The JSON answer to events from another source than the editor."""
        return self._ask("/api/v1/events", json.dumps({"events": events}).encode())

    def events(self) -> list[dict[str, Any]]:
        """Every event of the store, page by page."""
        events: list[dict[str, Any]] = []
        after = ""
        while True:
            page = self.get("/api/v1/events", limit="1000", **every_day(), **({"after": after} if after else {}))
            events.extend(page["events"])
            after = page["next"] or ""
            if not after:
                return events

    def _ask(self, path: str, body: bytes | None = None) -> Any:
        token = (self.home / "token").read_text().strip()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body, headers)
        with urllib.request.urlopen(request, timeout=180) as answer:
            return json.load(answer)

    def _home_is_free(self) -> bool:
        """Whether the last process of a service has ended: it holds the lock for a while after it has left the port."""
        with (self.home / "timecode.lock").open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
        return True

    def _answers(self) -> bool:
        assert self._process is None or self._process.poll() is None, "the service ended; see service.log"
        return self._healthy()

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False
