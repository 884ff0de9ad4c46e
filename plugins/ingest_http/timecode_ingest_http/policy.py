"""The guard policy: what a route lets through that no other does."""

from __future__ import annotations

import re
from typing import Literal

from attrs import field, frozen

Carrier = Literal["bearer", "basic", "cookie"]
CARRIERS: tuple[Carrier, ...] = ("bearer", "basic", "cookie")
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^/\s]+")


@frozen
class Policy:
    """What a mounted route allows beyond the rules that hold for all. The defaults are the strictest useful ones.

    The exact Host, the limit of 1 MiB, the security headers and the absence of CORS headers can't be widened.
    """

    open: bool = False
    """Reached without a credential; a body has 16 KiB at most. Never for what tells or changes the user's things."""
    media_types: tuple[str, ...] = ("application/json",)
    """What a request with a body may call itself. A page elsewhere can send `text/plain` and form types unasked."""
    carriers: tuple[Carrier, ...] = field(default=("bearer", "cookie"))
    """How the credential may come: `bearer` and `basic` carry the token, `cookie` a session, for GET and HEAD alone."""
    origins: tuple[str, ...] = field(default=())
    """Origins besides our own whose scripts may call, such as `chrome-extension://…`, spelt exactly."""
    navigation: bool = False
    """Reached by a link from elsewhere: a top-level GET that the user follows."""

    @carriers.validator
    def _known(self, _attribute: object, value: tuple[str, ...]) -> None:
        for carrier in value:
            if carrier not in CARRIERS:
                raise ValueError(f"carrier {carrier!r}: one of {', '.join(CARRIERS)}")

    @origins.validator
    def _exact(self, _attribute: object, value: tuple[str, ...]) -> None:
        for origin in value:
            if not _ORIGIN.fullmatch(origin) or "*" in origin:
                raise ValueError(f"origin {origin!r}: a scheme and a host, without wildcard, path or final slash")


STRICT = Policy()
OPEN = Policy(open=True)
