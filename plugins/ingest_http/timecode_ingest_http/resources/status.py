"""`GET /api/v1/status`: what a status bar polls."""

from __future__ import annotations

import falcon
from timecode_core import Service

from timecode_ingest_http.responses import answer


class StatusResource:
    """How the service is, and today in short. It answers while the service is getting ready, too."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Version, today, last event, health. A key that brings events sees no more than today's total of it."""
        status = self._service.status()
        answer(resp, _total_alone(status) if req.context.right == "ingest" else status)


def _total_alone(status: dict[str, object]) -> dict[str, object]:
    today = status["today"]
    total = {name: today[name] for name in ("day", "total_seconds")} if isinstance(today, dict) else None
    return {"version": status["version"], "ready": status["ready"], "today": total}
