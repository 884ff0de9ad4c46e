"""`GET /api/v1/hello`: the service shows that it knows the token, without telling it."""

from __future__ import annotations

import falcon
from timecode_core import QueryError, __version__

from timecode_ingest_http.access.greeting import NONCE, greeting_mac
from timecode_ingest_http.questions import one, refuse_unknown
from timecode_ingest_http.responses import answer


class HelloResource:
    """Answers a client's nonce."""

    def __init__(self, token: str, port: int) -> None:
        self._token = token
        self._port = port

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The MAC of the nonce and our port."""
        refuse_unknown(req.params, ("nonce",))
        nonce = one(req.params, "nonce") or ""
        if not NONCE.fullmatch(nonce):
            raise QueryError("nonce must be 16 to 128 of A-Z, a-z, 0-9, _ and -.")
        answer(
            resp, {"service": "timecode", "version": __version__, "mac": greeting_mac(self._token, nonce, self._port)}
        )
