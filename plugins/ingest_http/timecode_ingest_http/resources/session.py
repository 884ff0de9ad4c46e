"""`/api/v1/session…`: what the page's script calls to sign in, to stay so, and to sign out."""

from __future__ import annotations

from typing import Any

import cattrs
import falcon
from attrs import frozen
from cattrs.errors import BaseValidationError

from timecode_ingest_http.access import bearers, challenges
from timecode_ingest_http.access.credentials import Credentials
from timecode_ingest_http.access.sign_in import SignIn
from timecode_ingest_http.body import read_json
from timecode_ingest_http.responses import answer


@frozen
class Arrival:
    """`code` is that of a link. With `discard` it is only made worthless: somebody else may have seen it."""

    code: str
    discard: bool = False


@frozen
class Nothing:
    """An empty object."""


@frozen
class Signature:
    """`signature`: HMAC-SHA256, hex, by the session's key, of `timecode-session`, our origin and the challenge."""

    session: str
    challenge: str
    signature: str


class SessionResource:
    """Gives a session for a code."""

    def __init__(self, sign_in: SignIn) -> None:
        self._sign_in = sign_in

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """A new session: its id, the key that its page signs with, and for how long it holds."""
        arrival = _read(req, Arrival)
        good = self._sign_in.use(arrival.code)
        if arrival.discard:
            resp.status = falcon.HTTP_204
            return
        if not good:
            raise falcon.HTTPForbidden(
                title="This link has been used or is too old", description="Run 'timecode open' to get a new one."
            )
        session, key, seconds = self._sign_in.begin()
        answer(resp, {"session": session, "key": key.hex(), "expires_in": seconds})


class ChallengeResource:
    """Gives a challenge to sign."""

    def __init__(self, sign_in: SignIn) -> None:
        self._sign_in = sign_in

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """A new one. The body is an empty object."""
        _read(req, Nothing)
        answer(resp, {"challenge": self._sign_in.challenge(), "expires_in": challenges.LIFETIME_S})


class BearerResource:
    """Gives a Bearer for a signed challenge."""

    def __init__(self, sign_in: SignIn) -> None:
        self._sign_in = sign_in

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """What the page then sends with each request, until it is loaded anew or this process ends."""
        signed = _read(req, Signature)
        bearer = self._sign_in.bearer(signed.session, signed.challenge, signed.signature)
        if bearer is None:
            raise falcon.HTTPForbidden(
                title="Not signed in", description="The session has ended. Run 'timecode open' to begin another."
            )
        answer(resp, {"bearer": bearer, "expires_in": bearers.LIFETIME_S})


class SignOutResource:
    """Ends a session."""

    def __init__(self, sign_in: SignIn, credentials: Credentials) -> None:
        self._sign_in = sign_in
        self._credentials = credentials

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """End the session whose Bearer the request carries, in every tab, at once."""
        _read(req, Nothing)
        session = self._credentials.session(req)
        if session is not None:
            self._sign_in.end(session)
        resp.status = falcon.HTTP_204


_converter = cattrs.Converter(forbid_extra_keys=True)
_converter.register_structure_hook(str, lambda value, _type: _exactly(str, value))
_converter.register_structure_hook(bool, lambda value, _type: _exactly(bool, value))


def _exactly(kind: type, value: object) -> Any:  # noqa: ANN401
    if not isinstance(value, kind):
        raise TypeError(f"not {kind.__name__}")
    return value


def _read(req: falcon.Request, shape: type[Any]) -> Any:  # noqa: ANN401
    """The body, of just this shape; else 400."""
    document = read_json(req)
    if isinstance(document, dict):
        try:
            return _converter.structure(document, shape)
        except BaseValidationError:
            pass
    fields = ", ".join(field.name for field in shape.__attrs_attrs__)
    raise falcon.HTTPBadRequest(
        title="Bad request", description=f"The body must be an object of {fields or 'nothing'}."
    )
