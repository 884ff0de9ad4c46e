"""Published: a resource at a path, under a policy that says what the route lets through and no other does."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from attrs import field, frozen

from timecode_ingest_http.access.right import RIGHTS, Right

__all__ = ["Mount", "Policy"]

Takes = tuple[Right, ...] | Mapping[str, tuple[Right, ...]]
Carrier = Literal["bearer", "basic", "query"]
Encoding = Literal["gzip"]
_READERS: tuple[Right, ...] = ("token", "read", "session")
_WRITERS: tuple[Right, ...] = ("token",)
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^/\s]+")


@frozen
class Policy:
    """What a mounted route allows beyond the rules that hold for all. The defaults are the strictest useful ones.

    The exact Host, the limit of 1 MiB and the security headers can't be widened, and an origin that is not named gets
    no CORS header.
    """

    open: bool = False
    """Reached without a credential; a body has 16 KiB at most. Never for what tells or changes the user's things."""
    takes: Takes = field(factory=dict)
    """Whose credential is good enough: for every method, or by method. See `taken` for what holds by default."""
    carriers: tuple[Carrier, ...] = field(default=("bearer",))
    """How a credential may come: as Bearer, as Basic (alone, or as name or password), or as `?api_key=`.

    A browser's session comes as Bearer alone, whatever stands here.
    """
    media_types: tuple[str, ...] = ("application/json",)
    """What a request with a body may call itself. A page elsewhere can send `text/plain` and form types unasked."""
    encodings: tuple[Encoding, ...] = field(default=())
    """How a body may be packed. `body.read_body` unpacks it, and no further than to 1 MiB."""
    origins: tuple[str, ...] = field(default=())
    """Origins besides our own whose scripts may call, such as `chrome-extension://…`, spelt exactly.

    They alone get CORS headers, and their preflight is answered.
    """
    navigation: bool = False
    """Reached by a link from elsewhere: a top-level GET that the user follows."""

    def taken(self, method: str) -> tuple[Right, ...]:
        """Whose credential is good for a method: by default token, read and session may read, and the token write."""
        if not isinstance(self.takes, Mapping):
            return self.takes
        method = "GET" if method == "HEAD" else method
        return self.takes.get(method, _READERS if method == "GET" else _WRITERS)

    @takes.validator
    def _rights(self, _attribute: object, value: Takes) -> None:
        for rights in value.values() if isinstance(value, Mapping) else (value,):
            _check("right", rights, RIGHTS)

    @carriers.validator
    def _carriers(self, _attribute: object, value: tuple[str, ...]) -> None:
        _check("carrier", value, get_args(Carrier))

    @encodings.validator
    def _encodings(self, _attribute: object, value: tuple[str, ...]) -> None:
        _check("encoding", value, get_args(Encoding))

    @origins.validator
    def _exact(self, _attribute: object, value: tuple[str, ...]) -> None:
        for origin in value:
            if not _ORIGIN.fullmatch(origin) or "*" in origin:
                raise ValueError(f"origin {origin!r}: a scheme and a host, without wildcard, path or final slash")


def _check(kind: str, given: Sequence[str], known: Sequence[str]) -> None:
    if isinstance(given, str):
        raise TypeError(f"{kind} {given!r}: give a tuple")
    for one in given:
        if one not in known:
            raise ValueError(f"{kind} {one!r}: one of {', '.join(known)}")


_STRICT = Policy()


@frozen
class Mount:
    """`resource` is a Falcon resource (methods `on_get`, `on_post`, …), `path` a Falcon URI template."""

    path: str
    resource: object
    policy: Policy = _STRICT
