"""Bearers: what a page that has signed a challenge shows with each request, for as long as this process lives."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable

from timecode_ingest_http.access.keys import digest

LIFETIME_S = 3600
_AT_MOST = 1024


class Bearers:
    """Which session a Bearer stands for. Kept as hashes, in memory alone. Safe for threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sessions: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()

    def issue(self, session: str) -> str:
        """A new Bearer for a session. Of too many the oldest goes: its page signs once more, and is none the wiser."""
        bearer = secrets.token_urlsafe(32)
        with self._lock:
            while len(self._sessions) >= _AT_MOST:
                del self._sessions[next(iter(self._sessions))]
            self._sessions[digest(bearer)] = session, self._clock() + LIFETIME_S
        return bearer

    def session(self, bearer: str) -> str | None:
        """The session that a Bearer stands for."""
        found = self._sessions.get(digest(bearer))
        return found[0] if found and found[1] > self._clock() else None
