"""`GET /openapi.json`: the API's description."""

from __future__ import annotations

from importlib import resources
from typing import Any

import falcon
import orjson
from timecode_core import LABELS, Seen, Subject, __version__, declared

from timecode_ingest_http.responses import answer


def description() -> dict[str, Any]:
    """The OpenAPI 3.1 document, a new one each time."""
    document: dict[str, Any] = orjson.loads(
        resources.files("timecode_ingest_http").joinpath("openapi.json").read_bytes()
    )
    document["info"]["version"] = __version__
    schemas = document["components"]["schemas"]
    for schema, shape in (("NewEvent", Seen), ("Event", Subject)):
        properties = schemas[schema]["properties"]
        for name, field in declared(shape).items():
            properties.setdefault(name, {"type": "string", "default": ""})["maxLength"] = field.longest
    schemas["Event"]["required"] = list(schemas["Event"]["properties"])
    (columns,) = (p for p in document["paths"]["/api/v1/stats"]["get"]["parameters"] if p["name"] == "group_by")
    examples = columns["schema"]["items"]["examples"]
    examples += [label for label in LABELS if label not in examples]
    return document


class OpenApiResource:
    """Serves the description."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:  # noqa: ARG002
        """The document."""
        answer(resp, description())
