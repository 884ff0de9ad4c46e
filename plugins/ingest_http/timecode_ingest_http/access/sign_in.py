"""Signing in: how a browser comes from a link, by way of a session, to a Bearer, and how it leaves again."""

from __future__ import annotations

from timecode_core import Home

from timecode_ingest_http.access.bearers import Bearers
from timecode_ingest_http.access.challenges import Challenges
from timecode_ingest_http.access.codes import Codes
from timecode_ingest_http.access.sessions import Sessions
from timecode_ingest_http.origin import origin


class SignIn:
    """Link, code, session, challenge, Bearer: each is good for getting the next alone."""

    def __init__(self, home: Home, token: str, port: int, hours: int, codes: Codes) -> None:
        self._port = port
        self._codes = codes
        self._sessions = Sessions(home, token, port, hours)
        self._challenges = Challenges()
        self._bearers = Bearers()

    def link(self) -> tuple[str, str]:
        """A link that signs a browser in, once, within a minute, and the code that is in it."""
        code = self._codes.issue()
        return link_with(code, self._port), code

    def use(self, code: str) -> bool:
        """Whether the code was good. It is not any more."""
        return self._codes.redeem(code)

    def begin(self) -> tuple[str, bytes, int]:
        """A new session; see `Sessions.new`."""
        return self._sessions.new()

    def challenge(self) -> str:
        """What a page has to sign."""
        return self._challenges.issue()

    def bearer(self, session: str, challenge: str, signature: str) -> str | None:
        """A Bearer for the page of a session that has signed a challenge of ours; None for any other."""
        if not self._sessions.signed(session, challenge, signature) or not self._challenges.redeem(challenge):
            return None
        return self._bearers.issue(self._sessions.hash(session))

    def session(self, bearer: str) -> str | None:
        """The hash of the session that a Bearer stands for, as long as that holds."""
        session = self._bearers.session(bearer)
        return session if session and self._sessions.holds(session) else None

    def end(self, session: str) -> None:
        """End the session with this hash, and with it every Bearer of it."""
        self._sessions.end(lambda one: one.hash == session)


def link_with(code: str, port: int) -> str:
    """The link: its fragment is sent to nobody, and the page takes it out of the address."""
    return f"{origin(port)}/#code={code}"
