"""`GET /healthz`: the process lives and answers, and its store is well."""

from __future__ import annotations

import falcon
from timecode_core import Service

from timecode_ingest_http.responses import answer


class HealthResource:
    """Says no more than that: what is wrong is for those to read who may read the status."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:  # noqa: ARG002
        """True while the last attempts to use the store went well; else false, with status 503."""
        well = not self._service.fault
        if not well:
            resp.status = falcon.HTTP_503
        answer(resp, {"ok": well})

    on_head = on_get
