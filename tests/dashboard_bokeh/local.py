"""A stand-in for the service: the page, its assets and its charts under the real content security policy.

It lets in whoever has a code. How a browser signs in at the real service is for test_sessions_in_a_browser.py.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from dashboard_bokeh.samples import Charts, Spent, render
from timecode_core.answering.periods import before, days_of
from timecode_core.selection import Selection
from timecode_dashboard_bokeh.board import Board
from timecode_dashboard_bokeh.charts_renderer import ChartsRenderer, Options
from timecode_dashboard_bokeh.page_renderer import PageRenderer

TODAY = date(2026, 3, 31)
"""The day that it always is for the stand-in."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


WELL = {"store": {"ok": True, "error": ""}, "ahead": None}
"""What the page reads of the status of a service that is well."""
SIGNING_IN = {
    "/api/v1/session": {"session": "a session", "key": "00" * 32, "expires_in": 3600},
    "/api/v1/session/challenge": {"challenge": "a challenge", "expires_in": 60},
    "/api/v1/session/bearer": {"bearer": "a-bearer", "expires_in": 3600},
    "/api/v1/session/end": {},
}


@contextmanager
def serving(
    spent: Sequence[Spent], status: int = 200, says: dict[str, Any] | None = None
) -> Iterator[tuple[str, list[str]]]:
    """The address and, as they come, the questions. With a `status`, the charts answer that instead.

    `says` is what it tells of itself.
    """
    page, charts = PageRenderer(), ChartsRenderer(Board(Charts()))
    requests: list[str] = []

    def days(query: dict[str, list[str]]) -> tuple[date, date]:
        if "period" in query:
            recorded = [one.day for one in spent]
            span = (min(recorded), max(recorded)) if recorded else None
            return days_of(query["period"][0], TODAY, "monday", span)
        return date.fromisoformat(query["from"][0]), date.fromisoformat(query["to"][0])

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            url = urlsplit(self.path)
            query = parse_qs(url.query, keep_blank_values=True)
            if url.path == "/":
                made = render(page, Selection(date(2026, 1, 1), date(2026, 1, 1)), [])
                self._send(200, made.media_type, made.body)
            elif url.path.startswith("/assets/dashboard/"):
                asset = page.assets().get(url.path.rsplit("/", 1)[1])
                self._send(
                    200 if asset else 404, asset.media_type if asset else "text/plain", asset.body if asset else b""
                )
            elif url.path == "/api/v1/status":
                self._send(200, "application/json", json.dumps(WELL if says is None else says).encode())
            elif url.path == "/api/v1/export/charts" and status == 200:
                filters = {"project": tuple(query["project"])} if "project" in query else {}
                first, last = days(query)
                compared = before(query.get("period", [None])[0], (first, last))
                selection = Selection(first, last, filters, compared)
                options = Options(theme="dark" if query.get("theme") == ["dark"] else "light")
                made = render(charts, selection, spent, options)
                self._send(200, made.media_type, made.body)
            else:
                self._send(status if status != 200 else 404, "application/problem+json", b'{"title": "no"}')

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._send(200, "application/json", json.dumps(SIGNING_IN[self.path]).encode())

        def _send(self, code: int, media_type: str, body: bytes) -> None:
            self.send_response(code)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            with suppress(ConnectionError):  # a page that is left
                self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", requests
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
