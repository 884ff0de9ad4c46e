"""The table `[ingest_http]`."""

from __future__ import annotations

import os
from typing import Literal

from attrs import field, frozen, validators

TABLE = "ingest_http"


@frozen
class HttpSettings:
    """How the service is reached, and by which server."""

    port: int = field(default=4821, validator=[validators.ge(1), validators.le(65535)])
    """The port on 127.0.0.1 and ::1."""
    server: Literal["auto", "gunicorn", "waitress"] = "auto"
    """Auto is gunicorn, and waitress on Windows."""
    page: str = "dashboard"
    """The renderer whose page `/` shows."""
    session_hours: int = field(default=168, validator=[validators.ge(1), validators.le(8760)])
    """How long a browser stays signed in."""
    deadline: int = field(default=10, validator=[validators.ge(1), validators.le(600)])
    """How long a client may take to send one whole request, in seconds."""
    threads: int = field(default=64, validator=[validators.ge(64), validators.le(1024)])
    """How many requests are worked on at once."""

    @property
    def server_name(self) -> Literal["gunicorn", "waitress"]:
        """The server that runs here."""
        if self.server != "auto":
            return self.server
        return "waitress" if os.name == "nt" else "gunicorn"
