"""`GET /api/v1/status`: what a status bar polls."""

from __future__ import annotations

import falcon
from timecode_core.service import Service

from timecode_ingest_http.answers import answer


class StatusResource:
    """How the service is, and today in short. It answers while the service is getting ready, too."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:  # noqa: ARG002
        """Version, today, last event, health."""
        answer(resp, self._service.status())
