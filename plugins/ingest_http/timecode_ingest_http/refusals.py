"""What was refused, counted and told in a line now and then: nobody can fill a disk with it, or write into the log."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from http import HTTPStatus

import falcon

_log = logging.getLogger("timecode.http")
_EVERY_S = 60.0
_BY_THE_GUARD = frozenset({400, 401, 403, 411, 413, 415, 421})


class Refusals:
    """Counts by kind. The first is told at once, what comes after once in `every_s` seconds. Safe for threads.

    A kind is one of a few words of ours: nothing of a request is ever in the line.
    """

    def __init__(self, every_s: float = _EVERY_S) -> None:
        self._every_s = every_s
        self._counts: Counter[str] = Counter()
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()

    def count(self, kind: str) -> None:
        """Count one."""
        with self._lock:
            self._counts[kind] += 1
            if self._timer is None:
                self._tell()

    def count_status(self, status: int) -> None:
        """Count one that was answered with this status."""
        self.count(f"{status} {HTTPStatus(status).phrase}")

    def process_response(
        self,
        req: falcon.Request,  # noqa: ARG002  (Falcon's signature)
        resp: falcon.Response,
        resource: object,
        req_succeeded: bool,  # noqa: ARG002, FBT001
    ) -> None:
        """Falcon's middleware: count what was refused before it came to a resource."""
        if resource is None and resp.status_code in _BY_THE_GUARD:
            self.count_status(resp.status_code)

    def close(self) -> None:
        """Tell what has not been told."""
        with self._lock:
            if self._counts:
                self._tell()
            if self._timer is not None:
                self._timer.cancel()

    def _tell(self) -> None:
        told = ", ".join(f"{count} × {kind}" for kind, count in self._counts.most_common())
        more = " More are told of once a minute." if self._timer is None else ""
        _log.warning("refused: %s.%s", told, more)
        self._counts.clear()
        if self._timer is not None:
            self._timer.cancel()
        self._timer = threading.Timer(self._every_s, self._again)
        self._timer.daemon = True
        self._timer.start()

    def _again(self) -> None:
        """The timer's thread: what came since, if anything did; after a quiet minute the next is a first one."""
        with self._lock:
            if self._counts:
                self._tell()
            else:
                self._timer = None
