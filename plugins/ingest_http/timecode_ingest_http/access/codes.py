"""One-time codes, which bring a browser in."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable

LIFETIME_S = 60
_AT_MOST = 64


class Codes:
    """Codes that are good once, for `LIFETIME_S` seconds, in this process. Safe for threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._expiry: dict[str, float] = {}
        self._lock = threading.Lock()

    def issue(self) -> str:
        """A new code of 43 URL-safe characters. Of too many unused ones the oldest goes."""
        code = secrets.token_urlsafe(32)
        with self._lock:
            self._drop_expired()
            while len(self._expiry) >= _AT_MOST:
                del self._expiry[next(iter(self._expiry))]
            self._expiry[code] = self._clock() + LIFETIME_S
        return code

    def redeem(self, code: str) -> bool:
        """Whether the code was good. It is not any more."""
        with self._lock:
            self._drop_expired()
            return self._expiry.pop(code, None) is not None

    def _drop_expired(self) -> None:
        now = self._clock()
        for code in [code for code, expiry in self._expiry.items() if expiry <= now]:
            del self._expiry[code]
