"""Published: a request's body. The guard has seen to its length, its media type and its encoding."""

from __future__ import annotations

import json
import zlib
from typing import Any

import falcon
import orjson

from timecode_ingest_http.body_size import MAX_BODY, too_large

__all__ = ["read_body", "read_json"]

_GZIP = 16 + zlib.MAX_WBITS


def read_body(req: falcon.Request) -> bytes:
    """The whole body, unpacked where the policy lets it come packed. What is then more than 1 MiB gets 413."""
    try:
        data = req.bounded_stream.read()
    except OSError as error:
        raise falcon.HTTPError(
            falcon.HTTP_408, title="Too slow", description="The body did not arrive in time."
        ) from error
    if len(data) != req.content_length:
        raise falcon.HTTPBadRequest(
            title="Body cut short", description="There are fewer bytes than Content-Length says."
        )
    return _unpacked(data) if (req.get_header("Content-Encoding") or "identity").strip().lower() == "gzip" else data


def read_json(req: falcon.Request) -> Any:  # noqa: ANN401  (JSON is anything)
    """The decoded body. What is no JSON (no NaN, no endless nesting) gets 400."""
    return _decoded(read_body(req))


def _unpacked(data: bytes) -> bytes:
    """The bytes that gzip made small. No more of them is ever made than may be."""
    unpacker = zlib.decompressobj(_GZIP)
    try:
        unpacked = unpacker.decompress(data, MAX_BODY + 1)
    except zlib.error as error:
        raise falcon.HTTPBadRequest(title="Not gzip", description=f"The body can't be unpacked: {error}.") from error
    if len(unpacked) > MAX_BODY:
        raise too_large()
    if not unpacker.eof or unpacker.unused_data:
        raise falcon.HTTPBadRequest(title="Not gzip", description="The body is cut short, or goes on after its end.")
    return unpacked


def _decoded(data: bytes) -> Any:  # noqa: ANN401
    """What orjson refuses for one of its values (half a surrogate pair, 1e999) is read all the same.

    It is legal JSON, and costs only the event that holds it: the others of the batch must not wait for it for ever.
    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        try:
            return json.loads(data.decode(), parse_int=_integer, parse_constant=_refuse)
        except (ValueError, RecursionError):
            raise falcon.HTTPBadRequest(title="Not JSON", description=f"{error}.") from error


def _integer(digits: str) -> int | float:
    """An integer of any length, as orjson takes it: a very long one is a float, which may be infinite."""
    return int(digits) if len(digits) < 20 else float(digits)


def _refuse(name: str) -> float:
    raise ValueError(f"{name} is no JSON")
