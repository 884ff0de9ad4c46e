"""What the dashboard's page does to sign in, without a browser."""

from __future__ import annotations

import hmac

from attrs import frozen
from support.server import Answer, Server


@frozen
class Page:
    """A page that has exchanged a link's code for a session."""

    service: Server
    session: str
    key: bytes

    @classmethod
    def opened(cls, service: Server, code: str | None = None) -> Page:
        """By a code, or by a new one."""
        used = service.request("POST", "/api/v1/session", {"code": code or code_of(service)}, signed_in=False)
        assert used.status == 200, used
        given = used.json()
        return cls(service, given["session"], bytes.fromhex(given["key"]))

    def challenge(self) -> str:
        """A fresh one of the service's."""
        given = self.service.request("POST", "/api/v1/session/challenge", {}, signed_in=False).json()
        challenge: str = given["challenge"]
        return challenge

    def signature(self, challenge: str, origin: str = "") -> str:
        """Of a challenge, as asked at an origin."""
        text = f"timecode-session\n{origin or self.service.url}\n{challenge}"
        return hmac.digest(self.key, text.encode(), "sha256").hex()

    def show(self, challenge: str, signature: str) -> Answer:
        """Ask for a Bearer."""
        signed = {"session": self.session, "challenge": challenge, "signature": signature}
        return self.service.request("POST", "/api/v1/session/bearer", signed, signed_in=False)

    def bearer(self) -> dict[str, str]:
        """A header that is good for this page."""
        challenge = self.challenge()
        given = self.show(challenge, self.signature(challenge))
        assert given.status == 200, given
        return {"Authorization": f"Bearer {given.json()['bearer']}"}


def code_of(service: Server) -> str:
    """A new code, by the token."""
    given = service.request("POST", "/api/v1/login", {}).json()
    code: str = given["code"]
    return code


def code_in(link: str) -> str:
    """The code that is in a link."""
    return link.strip().partition("/#code=")[2]
