"""`GET /healthz`: the process lives and answers."""

from __future__ import annotations

import falcon

from timecode_ingest_http.answers import answer


class HealthResource:
    """Says no more than that."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:  # noqa: ARG002
        """Always the same."""
        answer(resp, {"ok": True})

    on_head = on_get
