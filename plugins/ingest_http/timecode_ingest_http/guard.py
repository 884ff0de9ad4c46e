"""The guard: the one middleware that every request passes, and that denies by default."""

from __future__ import annotations

import re
from collections.abc import Mapping

import falcon
from falcon.routing import CompiledRouter

from timecode_ingest_http import cors, service_worker
from timecode_ingest_http.access.credentials import Credentials
from timecode_ingest_http.access.right import Right
from timecode_ingest_http.body_size import MAX_BODY, MAX_OPEN_BODY, too_large
from timecode_ingest_http.mount import Policy

OPEN = Policy(open=True)
_STRICT = Policy()
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_READING = ("GET", "HEAD")
_WHO: dict[Right, str] = {
    "token": "The token",
    "ingest": "A key that brings events",
    "read": "A key that reads",
    "session": "A browser's session",
}


class Guard:
    """Checks a request against its route's policy before anything else sees it, and every answer's headers after.

    The policy is found by the matched route's template; no entry, and no route, means the strictest.
    """

    def __init__(
        self, port: int, router: CompiledRouter, policies: Mapping[str, Policy], credentials: Credentials
    ) -> None:
        self._hosts = frozenset(
            host + suffix
            for host in ("127.0.0.1", "localhost", "[::1]")
            for suffix in ((f":{port}", "") if port == 80 else (f":{port}",))
        )
        self._router = router
        self._policies = policies
        self._credentials = credentials

    def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Let the request through, answer it here, or raise the answer it gets.

        What the request may do is left in `req.context.right`, for routes that tell some less than others.
        """
        self._check_target(req)
        self._check_host(req)
        if service_worker.asked_for(req):
            req.context.policy = OPEN
            service_worker.answer(resp)
            return
        found = self._router.find(req.path, req=req)
        policy = _STRICT if found is None else self._policies.get(found[3] or "", _STRICT)
        req.context.policy = policy
        if cors.is_preflight(req, policy):
            cors.answer_preflight(req, resp, found[1] if found else {})
            return
        self._check_origin(req, policy)
        if not policy.open:
            req.context.right = self._right(req, policy)
        if found is None:
            raise falcon.HTTPRouteNotFound
        self._check_method(req, found[0])
        self._check_length(req, MAX_OPEN_BODY if policy.open else MAX_BODY)
        if req.method not in _READING:
            self._check_media_type(req, policy)
            self._check_encoding(req, policy)

    def refuses(self, req: falcon.Request) -> bool:
        """Whether the head alone gets the request its answer, so that nobody need wait for the body.

        Whatever is raised here is raised again when the application works on it, and answered in its words.
        """
        resp = falcon.Response()
        try:
            self.process_request(req, resp)
        except Exception:  # noqa: BLE001
            return True
        return bool(resp.complete)

    def process_response(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        resource: object,  # noqa: ARG002  (Falcon's signature)
        req_succeeded: bool,  # noqa: ARG002, FBT001
    ) -> None:
        """Set what every answer has, whoever made it, and take out what none may have."""
        policy: Policy = getattr(req.context, "policy", _STRICT)
        cors.limit(req, resp, policy)
        for name, value in HEADERS.items():
            resp.set_header(name, value)
        if resp.get_header("Cache-Control") is None:
            resp.set_header("Cache-Control", "no-store")
        if not policy.open:
            # A browser's cache spans credentials, and the ports of a host.
            resp.append_header("Vary", "Authorization")

    def _right(self, req: falcon.Request, policy: Policy) -> Right:
        """What the request's credential may do. Raises 401 where there is no good one, 403 where it may not do this."""
        right = self._credentials.right(req, policy.carriers)
        if right is None:
            raise falcon.HTTPUnauthorized(
                title="Not signed in",
                description="In a browser, run 'timecode open'. A program sends 'Authorization: Bearer …' "
                "with the token in the home folder's file 'token', or with a key of 'timecode keys'.",
                challenges=["Bearer"],
            )
        if right not in policy.taken(req.method):
            raise falcon.HTTPForbidden(title="Not allowed", description=f"{_WHO[right]} may not do this.")
        return right

    def _check_target(self, req: falcon.Request) -> None:
        """Where the target names an authority, that counts, whatever Host says (RFC 9112, 3.2.2)."""
        target = req.env.get("RAW_URI") or req.env.get("REQUEST_URI") or "/"  # gunicorn's name, and waitress's
        if target.startswith("/"):
            return
        scheme, separator, rest = target.partition("://")
        if not separator:
            raise falcon.HTTPBadRequest(title="Bad target", description="The target must be a path.")
        if scheme != "http" or re.split("[/?#]", rest, maxsplit=1)[0] not in self._hosts:
            raise _wrong_host()

    def _check_host(self, req: falcon.Request) -> None:
        if req.get_header("Host") not in self._hosts:
            raise _wrong_host()

    def _check_origin(self, req: falcon.Request, policy: Policy) -> None:
        origin = req.get_header("Origin")
        if origin is not None and origin in policy.origins:
            return
        site = req.get_header("Sec-Fetch-Site")
        same = site in (None, "same-origin", "none") or (policy.navigation and _is_navigation(req))
        if not same or origin not in (None, f"http://{req.get_header('Host')}"):
            raise falcon.HTTPForbidden(
                title="Foreign origin", description="Pages of other sites may not call this service."
            )

    def _check_method(self, req: falcon.Request, resource: object) -> None:
        """What Falcon would find out after the body has come."""
        if req.method != "OPTIONS" and not hasattr(resource, f"on_{req.method.lower()}"):
            raise falcon.HTTPMethodNotAllowed([*self._router.map_http_methods(resource), "OPTIONS"])

    def _check_length(self, req: falcon.Request, most: int) -> None:
        if req.get_header("Transfer-Encoding") is not None or (
            req.method not in _READING and req.content_length is None
        ):
            raise falcon.HTTPLengthRequired(title="Length required", description="Send a Content-Length.")
        if (req.content_length or 0) > most:
            raise too_large(most)

    def _check_media_type(self, req: falcon.Request, policy: Policy) -> None:
        given = (req.get_header("Content-Type") or "").partition(";")[0].strip().lower()
        if given not in policy.media_types:
            raise falcon.HTTPUnsupportedMediaType(
                title="Unsupported media type",
                description=f"Send the header 'Content-Type: {' or '.join(policy.media_types)}'.",
            )

    def _check_encoding(self, req: falcon.Request, policy: Policy) -> None:
        given = (req.get_header("Content-Encoding") or "identity").strip().lower()
        if given not in ("identity", *policy.encodings):
            raise falcon.HTTPUnsupportedMediaType(
                title="Unsupported encoding",
                description=f"A body may come as {' or '.join(('it is', *policy.encodings))}.",
            )


def _wrong_host() -> falcon.HTTPError:
    return falcon.HTTPError(
        falcon.HTTP_421,
        title="Wrong host",
        description="This service answers to 127.0.0.1, localhost and [::1] alone.",
    )


def _is_navigation(req: falcon.Request) -> bool:
    """Whether a link is followed in a tab: what no script, image or frame can pass for."""
    mode, dest = req.get_header("Sec-Fetch-Mode"), req.get_header("Sec-Fetch-Dest")
    return req.method == "GET" and mode == "navigate" and dest == "document"
