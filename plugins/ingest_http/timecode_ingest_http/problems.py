"""Errors on the wire: problem documents (RFC 9457), and small pages where a browser shows them to a person."""

from __future__ import annotations

import logging
from html import escape

import falcon
import orjson
from timecode_core import EventError, QueryError, RenderError, TimecodeError, UnavailableError

from timecode_ingest_http.html_page import page

_log = logging.getLogger("timecode.http")
RETRY_AFTER_S = 2


def serialise(req: falcon.Request, resp: falcon.Response, error: falcon.HTTPError) -> None:
    """Write an error as a problem document; as a page where a person asked for one with a browser."""
    title = str(error.title or error.status)
    if req.method == "GET" and "text/html" in (req.get_header("Accept") or "") and not req.path.startswith("/api/"):
        resp.content_type = falcon.MEDIA_HTML
        resp.data = page(title, f"<h1>{escape(title)}</h1><p>{escape(error.description or '')}</p>")
        return
    document: dict[str, object] = {"type": "about:blank", "title": title, "status": error.status_code}
    if error.description:
        document["detail"] = error.description
    resp.content_type = "application/problem+json"
    resp.data = orjson.dumps(document)


def on_expected(req: falcon.Request, resp: falcon.Response, error: TimecodeError, params: dict[str, object]) -> None:  # noqa: ARG001
    """Give an expected error its status. A fault of ours is 503: the client still has its batch and comes again."""
    if isinstance(error, QueryError | EventError):
        raise falcon.HTTPBadRequest(title="Bad request", description=str(error))
    if isinstance(error, UnavailableError):
        raise falcon.HTTPServiceUnavailable(
            title="Not available now", description=str(error), retry_after=RETRY_AFTER_S
        )
    if isinstance(error, RenderError):
        raise falcon.HTTPServiceUnavailable(title="Cannot render", description=str(error))
    _log.error("%s: %s", _where(req), error)
    raise falcon.HTTPInternalServerError(title="Internal error", description=str(error))


def on_unexpected(req: falcon.Request, resp: falcon.Response, error: Exception, params: dict[str, object]) -> None:  # noqa: ARG001
    """Log a bug with its traceback and tell the client nothing of it."""
    _log.error("%s: unexpected error", _where(req), exc_info=error)
    raise falcon.HTTPInternalServerError(title="Internal error", description="The service's log says more.")


def _where(req: falcon.Request) -> str:
    """The route, for the log: the path could be anything, line feeds included."""
    return f"{req.method} {req.uri_template}" if req.uri_template else "before any route"


def install(app: falcon.App[falcon.Request, falcon.Response]) -> None:
    """Have the app answer every error this way. `app` is a `falcon.App`."""
    app.set_error_serializer(serialise)
    app.add_error_handler(Exception, on_unexpected)
    app.add_error_handler(TimecodeError, on_expected)
