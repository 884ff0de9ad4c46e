"""Who may come in: the token, a key, or a browser's session."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Collection

import falcon

from timecode_ingest_http.access.keys import Keys
from timecode_ingest_http.access.right import Right
from timecode_ingest_http.access.sign_in import SignIn

API_KEY = "api_key"


class Credentials:
    """Finds out what a request's credential may do. Comparing takes the same time for any guess."""

    def __init__(self, token: str, keys: Keys, sign_in: SignIn) -> None:
        if not token:
            raise ValueError("the token is empty")
        self._token = token.encode()
        self._keys = keys
        self._sign_in = sign_in

    def right(self, req: falcon.Request, carriers: Collection[str]) -> Right | None:
        """The right of a credential that comes in one of these ways (see `Policy`); None where there is no good one."""
        scheme, _, rest = (req.get_header("Authorization") or "").partition(" ")
        scheme, rest = scheme.lower(), rest.strip()
        if scheme == "bearer" and "bearer" in carriers:
            return self._long_lived(rest) or ("session" if self.session(req) else None)
        if scheme == "basic" and "basic" in carriers:
            return self._long_lived(_basic(rest))
        if "query" in carriers:
            given = req.params.get(API_KEY)
            return self._long_lived(given) if isinstance(given, str) else None
        return None

    def session(self, req: falcon.Request) -> str | None:
        """The hash of the browser's session that the request belongs to."""
        scheme, _, rest = (req.get_header("Authorization") or "").partition(" ")
        return self._sign_in.session(rest.strip()) if scheme.lower() == "bearer" else None

    def _long_lived(self, given: str) -> Right | None:
        if hmac.compare_digest(given.encode("utf-8", "replace"), self._token):
            return "token"
        return self._keys.right(given)


def _basic(encoded: str) -> str:
    """The key of a Basic header, alone or as the user's name or password; empty where it is none."""
    try:
        user, _, password = base64.b64decode(encoded.encode("utf-8", "replace"), validate=True).partition(b":")
    except binascii.Error:
        return ""
    return (user or password).decode("utf-8", "replace")
