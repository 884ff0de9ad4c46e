"""`GET /`: the shell that the setting `page` names."""

from __future__ import annotations

import falcon

from timecode_ingest_http.origin import origin
from timecode_ingest_http.responses import unchanged
from timecode_ingest_http.shell import Shell


class PageResource:
    """The same bytes for everybody. What the page shows, its own script asks for, and signs in for that."""

    def __init__(self, shell: Shell, port: int) -> None:
        self._shell = shell
        self._origin = origin(port)

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The page; 304 where the browser has it. Under another name of this machine, the way to the one that counts.

        A browser keeps what it knows by origin, and a session belongs to one.
        """
        resp.set_header("Cross-Origin-Opener-Policy", "same-origin")
        if req.prefix != self._origin:
            raise falcon.HTTPTemporaryRedirect(f"{self._origin}/{f'?{req.query_string}' if req.query_string else ''}")
        if unchanged(req, resp, self._shell.tag):
            return
        resp.content_type = self._shell.media_type
        resp.data = self._shell.body

    on_head = on_get
