"""What an answer is made of: JSON bodies, file names, entity tags, and the check that the service is ready."""

from __future__ import annotations

import re
from urllib.parse import quote

import falcon
import orjson
from timecode_core import BusyError, Service

_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|\ud800-\udfff]")
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9 ._()+-]")
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(; ?[\w-]+=[\w.+-]+)*", re.ASCII)
REVALIDATE = "private, no-cache"
FOR_EVER = "private, max-age=31536000, immutable"


def answer(resp: falcon.Response, document: object) -> None:
    """Answer with a JSON document."""
    answer_json(resp, orjson.dumps(document))


def answer_json(resp: falcon.Response, body: bytes) -> None:
    """Answer with what is JSON already."""
    resp.content_type = falcon.MEDIA_JSON
    resp.data = body


def need(service: Service) -> None:
    """Raise BusyError, which becomes 503, while the service is getting ready."""
    if not service.ready:
        raise BusyError(service.progress or "The service is getting ready.", remedy="Try again in a moment.")


def disposition(name: str) -> str:
    """A Content-Disposition (RFC 6266) that suggests the file name, whatever is in it: ASCII, one line."""
    clean = _UNSAFE.sub("_", name).strip(". ") or "timecode"
    return f"inline; filename=\"{_NOT_PLAIN.sub('_', clean)}\"; filename*=UTF-8''{quote(clean, safe='')}"


def media_type(given: str) -> str:
    """The media type as a renderer names it, or that of plain bytes where it would not do as a header."""
    return given if _MEDIA_TYPE.fullmatch(given) else "application/octet-stream"


def unchanged(req: falcon.Request, resp: falcon.Response, tag: str) -> bool:
    """Set the entity tag; where the client has just that, answer 304 and return True."""
    resp.etag = tag
    resp.set_header("Cache-Control", REVALIDATE)
    known = req.if_none_match or []
    if "*" in known or tag in known:  # an ETag is a str; comparing ignores weakness, as If-None-Match wants
        resp.status = falcon.HTTP_304
        return True
    return False
