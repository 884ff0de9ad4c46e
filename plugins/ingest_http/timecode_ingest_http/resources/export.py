"""`GET /api/v1/export/{renderer}`: any renderer's bytes."""

from __future__ import annotations

import falcon
from timecode_core import Service

from timecode_ingest_http.questions import RANGE, selection, several
from timecode_ingest_http.responses import disposition, media_type, need, unchanged


class ExportResource:
    """Renders a selection. Parameters that are no range and no column are the renderer's options."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def on_get(self, req: falcon.Request, resp: falcon.Response, renderer: str) -> None:
        """The output with its media type and a file name; 304 where the client has it."""
        need(self._service)
        if renderer not in self._service.renderers:
            known = ", ".join(sorted(self._service.renderers))
            raise falcon.HTTPNotFound(title="No such renderer", description=f"There are {known}.")
        answers = self._service.answers
        chosen = selection(req.params, answers, answers.columns)
        taken = {*RANGE, *answers.columns}
        options = {name: several(req.params, name) for name in req.params if name not in taken}
        order = self._service.order(renderer, chosen, options)
        if unchanged(req, resp, self._service.etag(order)):
            return
        rendered = self._service.render(order)
        resp.content_type = media_type(rendered.media_type)
        resp.set_header("Content-Disposition", disposition(f"{rendered.stem}.{rendered.suffix.lstrip('.')}"))
        resp.data = rendered.body

    on_head = on_get
