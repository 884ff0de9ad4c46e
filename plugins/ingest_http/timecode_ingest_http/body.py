"""A request's JSON body. The guard has seen to its length and its media type."""

from __future__ import annotations

import json
from typing import Any

import falcon
import orjson


def read_json(req: falcon.Request) -> Any:  # noqa: ANN401  (JSON is anything)
    """The decoded body. What is no JSON (no NaN, no endless nesting) gets 400."""
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
    return _decoded(data)


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
