"""`POST /api/v1/login` and `GET /login`: how a browser gets in with a code that is good once."""

from __future__ import annotations

import falcon

from timecode_ingest_http.answers import answer
from timecode_ingest_http.body import read_json
from timecode_ingest_http.codes import LIFETIME_S, Codes
from timecode_ingest_http.pages import page
from timecode_ingest_http.questions import one
from timecode_ingest_http.sessions import Sessions


class CodeResource:
    """Gives the holder of the token a code to hand to a browser."""

    def __init__(self, codes: Codes) -> None:
        self._codes = codes

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """A new code. The body is an empty object."""
        if read_json(req) != {}:
            raise falcon.HTTPBadRequest(title="Bad request", description="The body must be {}.")
        answer(resp, {"code": self._codes.issue(), "expires_in": LIFETIME_S})


class LoginResource:
    """Takes a code and gives a session. The one address that a link from elsewhere may lead to."""

    def __init__(self, codes: Codes, sessions: Sessions) -> None:
        self._codes = codes
        self._sessions = sessions

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Set the session cookie. A page of ours goes on to `/`: to a request from elsewhere it would not be sent."""
        if not self._codes.redeem(one(req.params, "code") or ""):
            raise falcon.HTTPForbidden(
                title="This link has been used or is too old", description="Run 'timecode open' to get a new one."
            )
        sessions = self._sessions
        resp.set_cookie(
            sessions.cookie,
            sessions.new(),
            max_age=sessions.max_age_s,
            path="/",
            secure=False,
            http_only=True,
            same_site="Strict",
        )
        resp.content_type = falcon.MEDIA_HTML
        resp.data = page("Timecode", '<p><a href="/">Go on to Timecode</a></p>', go_to="/")
