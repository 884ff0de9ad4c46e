"""`GET /openapi.json`: the API's description."""

from __future__ import annotations

from importlib import resources
from typing import Any

import falcon
import orjson
from timecode_core import __version__

from timecode_ingest_http.answers import answer


def description() -> dict[str, Any]:
    """The OpenAPI 3.1 document, a new one each time."""
    document: dict[str, Any] = orjson.loads(
        resources.files("timecode_ingest_http").joinpath("openapi.json").read_bytes()
    )
    document["info"]["version"] = __version__
    return document


class OpenApiResource:
    """Serves the description."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:  # noqa: ARG002
        """The document."""
        answer(resp, description())
