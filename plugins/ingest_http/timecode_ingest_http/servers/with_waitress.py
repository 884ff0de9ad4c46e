"""waitress: one process and no fork, for Windows and for whoever prefers it."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable
from typing import Any

import waitress

from timecode_ingest_http.body import MAX_BODY
from timecode_ingest_http.running import Running
from timecode_ingest_http.settings import HttpSettings

_CONNECTIONS = 512


def serve(
    settings: HttpSettings,
    sockets: list[socket.socket],
    start: Callable[[], Running],
    announce: Callable[[Running], None],
) -> None:
    """Serve until told to stop. waitress itself gathers a request before a thread gets it."""
    running = start()
    try:
        server = waitress.create_server(
            running.app,
            sockets=sockets,
            threads=settings.threads,
            connection_limit=settings.threads + _CONNECTIONS,
            channel_timeout=settings.deadline,
            cleanup_interval=max(1, settings.deadline // 2),
            max_request_body_size=2 * MAX_BODY,
            inbuf_overflow=4 * MAX_BODY,  # no request in a temporary file
            ident="",
        )
        for number in (signal.SIGTERM, getattr(signal, "SIGHUP", None)):
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, _stop)
        announce(running)
        server.run()
    finally:
        running.close()


def _stop(_number: int, _frame: Any) -> None:  # noqa: ANN401
    sys.exit(0)
