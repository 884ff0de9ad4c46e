"""Who may come in: the token, or a browser's session."""

from __future__ import annotations

import base64
import binascii
import hmac

import falcon

from timecode_ingest_http.policy import Policy
from timecode_ingest_http.sessions import Sessions

READING = ("GET", "HEAD")


class Credentials:
    """Checks what a request carries against token and sessions. Comparing takes the same time for any guess."""

    def __init__(self, token: str, sessions: Sessions) -> None:
        if not token:
            raise ValueError("the token is empty")
        self._token = token.encode()
        self._sessions = sessions

    def accepts(self, req: falcon.Request, policy: Policy) -> bool:
        """Whether the request carries a good credential in a way that its route allows."""
        scheme, _, rest = (req.get_header("Authorization") or "").partition(" ")
        scheme, rest = scheme.lower(), rest.strip()
        if scheme == "bearer" and "bearer" in policy.carriers:
            return self._is_token(rest.encode("utf-8", "replace"))
        if scheme == "basic" and "basic" in policy.carriers:
            return self._is_token(_basic(rest))
        if "cookie" in policy.carriers and req.method in READING:
            return any(map(self._sessions.valid, req.get_cookie_values(self._sessions.cookie) or ()))
        return False

    def _is_token(self, given: bytes) -> bool:
        return hmac.compare_digest(given, self._token)


def _basic(encoded: str) -> bytes:
    """The key of a Basic header, alone or as the user's name or password; empty where it is none."""
    try:
        user, _, password = base64.b64decode(encoded.encode("utf-8", "replace"), validate=True).partition(b":")
    except binascii.Error:
        return b""
    return user or password
