"""Challenges: random texts of this process that a browser's page signs, each good once and not for long."""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections.abc import Callable

LIFETIME_S = 60


class Challenges:
    """Nothing is kept of a challenge before it is used, so that asking for many costs nobody anything.

    Safe for threads. The key dies with the process, and every challenge with it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._used: dict[str, int] = {}
        self._lock = threading.Lock()

    def issue(self) -> str:
        """A new challenge."""
        body = f"{int(self._clock()) + LIFETIME_S}.{secrets.token_urlsafe(24)}"
        return f"{body}.{self._mac(body)}"

    def redeem(self, challenge: str) -> bool:
        """Whether the challenge is ours, in time, and not used. It is used now."""
        body, _, mac = challenge.rpartition(".")
        if not hmac.compare_digest(mac.encode("utf-8", "replace"), self._mac(body).encode()):
            return False
        now, end = self._clock(), int(body.partition(".")[0])
        with self._lock:
            self._used = {one: expiry for one, expiry in self._used.items() if expiry > now}
            if end <= now or challenge in self._used:
                return False
            self._used[challenge] = end
        return True

    def _mac(self, body: str) -> str:
        return hmac.digest(self._key, body.encode("utf-8", "replace"), "sha256").hex()
