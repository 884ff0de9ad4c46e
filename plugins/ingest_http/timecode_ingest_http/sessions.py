"""Browser sessions: a random cookie that expires, and never the token."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable


class Sessions:
    """Makes and checks the values of the session cookie: an expiry, 128 random bits, and a MAC of both.

    Nothing is kept, so a session outlives a restart of the service. The key is derived from the token: a new token
    ends every session.
    """

    def __init__(self, token: str, port: int, hours: int, clock: Callable[[], float] = time.time) -> None:
        self.cookie = f"timecode_{port}"
        self.max_age_s = hours * 3600
        self._key = hmac.digest(token.encode(), f"timecode-session\n{port}".encode(), "sha256")
        self._clock = clock

    def new(self) -> str:
        """A value for the cookie, good from now for `max_age_s`."""
        body = f"{int(self._clock()) + self.max_age_s}.{secrets.token_hex(16)}"
        return f"{body}.{self._mac(body)}"

    def valid(self, value: str) -> bool:
        """Whether we made the value, and its time has not come."""
        body, _, mac = value.rpartition(".")
        if not value.isascii() or not hmac.compare_digest(mac, self._mac(body)):
            return False
        return int(body.partition(".")[0]) > self._clock()

    def _mac(self, body: str) -> str:
        return hmac.digest(self._key, body.encode(), "sha256").hex()
