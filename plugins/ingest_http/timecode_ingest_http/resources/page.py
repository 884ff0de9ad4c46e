"""`GET /`: the page that the setting `page` names."""

from __future__ import annotations

import falcon
from timecode_core.selection import Selection
from timecode_core.service import Service

from timecode_ingest_http.answers import media_type, need, unchanged


class PageResource:
    """A renderer's output at the root. What it shows then, its own script asks for."""

    def __init__(self, service: Service, renderer: str) -> None:
        self._service = service
        self._renderer = renderer

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The page; 304 where the browser has it."""
        need(self._service)
        if self._renderer not in self._service.renderers:
            known = ", ".join(sorted(self._service.renderers))
            raise falcon.HTTPNotFound(
                title="No page",
                description=f"There is no renderer {self._renderer!r}. Set page in [ingest_http] to one of {known}.",
            )
        today = self._service.answers.today()
        chosen = Selection(today, today)
        if unchanged(req, resp, self._service.etag(self._renderer, chosen, {})):
            return
        rendered = self._service.render(self._renderer, chosen, {})
        resp.content_type = media_type(rendered.media_type)
        resp.data = rendered.body

    on_head = on_get
