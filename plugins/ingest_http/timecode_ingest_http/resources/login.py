"""`POST /api/v1/login`: a link for the holder of the token to hand to a browser."""

from __future__ import annotations

import falcon

from timecode_ingest_http.access.codes import LIFETIME_S
from timecode_ingest_http.access.sign_in import SignIn
from timecode_ingest_http.body import read_json
from timecode_ingest_http.responses import answer


class LoginResource:
    """Gives a link that signs a browser in, once."""

    def __init__(self, sign_in: SignIn) -> None:
        self._sign_in = sign_in

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """A new link, and the code that is in it. The body is an empty object."""
        if read_json(req) != {}:
            raise falcon.HTTPBadRequest(title="Bad request", description="The body must be {}.")
        link, code = self._sign_in.link()
        answer(resp, {"link": link, "code": code, "expires_in": LIFETIME_S})
