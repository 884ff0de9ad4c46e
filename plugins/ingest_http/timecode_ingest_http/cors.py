"""CORS: what the scripts of the origins that a mount declares are told, and nobody else's."""

from __future__ import annotations

from collections.abc import Collection

import falcon

from timecode_ingest_http.mount import Policy

_HEADERS = "Authorization, Content-Type, Content-Encoding, If-None-Match"
_EXPOSED = "Content-Disposition, ETag, Retry-After"
_KEPT_S = 600


def is_preflight(req: falcon.Request, policy: Policy) -> bool:
    """Whether a browser asks, for a script of a declared origin, if that may call. It brings no credential."""
    return (
        req.method == "OPTIONS"
        and req.get_header("Origin") in policy.origins
        and req.get_header("Access-Control-Request-Method") is not None
        and not req.content_length
    )


def answer_preflight(req: falcon.Request, resp: falcon.Response, methods: Collection[str]) -> None:
    """Say what may be sent, and let nothing else see the request."""
    resp.status = falcon.HTTP_204
    resp.set_header("Access-Control-Allow-Methods", ", ".join(sorted(methods)))
    resp.set_header("Access-Control-Allow-Headers", _HEADERS)
    resp.set_header("Access-Control-Max-Age", str(_KEPT_S))
    if req.get_header("Access-Control-Request-Private-Network") == "true":
        resp.set_header("Access-Control-Allow-Private-Network", "true")
    req.context.preflight = True
    resp.complete = True


def limit(req: falcon.Request, resp: falcon.Response, policy: Policy) -> None:
    """Take out whatever CORS headers a resource has set; the policy alone says who gets which."""
    if not getattr(req.context, "preflight", False):
        for name in [name for name in resp.headers if name.startswith("access-control-")]:
            resp.delete_header(name)
    if not policy.origins:
        return
    resp.append_header("Vary", "Origin")
    origin = req.get_header("Origin")
    if origin in policy.origins:
        resp.set_header("Access-Control-Allow-Origin", origin)
        resp.set_header("Access-Control-Expose-Headers", _EXPOSED)
