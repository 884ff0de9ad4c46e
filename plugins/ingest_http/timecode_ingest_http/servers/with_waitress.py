"""waitress: one process and no fork, for Windows and for whoever prefers it."""

from __future__ import annotations

import logging
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any

import waitress
from waitress.server import TcpWSGIServer

from timecode_ingest_http.body_size import MAX_BODY
from timecode_ingest_http.hosting import Hosted
from timecode_ingest_http.servers.channel import Channel
from timecode_ingest_http.servers.dispatcher import Dispatcher
from timecode_ingest_http.servers.request_head import MAX_HEAD
from timecode_ingest_http.servers.unread import MOST_UNREAD
from timecode_ingest_http.settings import HttpSettings

_CONNECTIONS = 508
"""How many sockets there may be, listeners and all: on Windows `select` takes 512, and ends the main loop at more."""


def serve(
    settings: HttpSettings,
    sockets: list[socket.socket],
    start: Callable[[], Hosted],
    announce: Callable[[Hosted], None],
) -> None:
    """Serve until told to stop. waitress itself gathers a request before a thread gets it."""
    hosted = start()
    for logger in ("waitress", "waitress.queue"):
        logging.getLogger(logger).setLevel(logging.ERROR)  # anybody can have it warn as often as they like
    parts: dict[int, Any] = {}
    try:
        server = waitress.create_server(
            hosted.app,
            map=parts,
            _dispatcher=Dispatcher(settings.threads),
            sockets=sockets,
            connection_limit=_CONNECTIONS,
            asyncore_use_poll=True,
            channel_timeout=settings.deadline,
            cleanup_interval=max(1, settings.deadline // 2),
            log_socket_errors=False,
            max_request_header_size=MAX_HEAD,
            max_request_body_size=2 * MAX_BODY,
            inbuf_overflow=4 * MAX_BODY,  # no request in a temporary file
            outbuf_overflow=MOST_UNREAD,  # nor what fits of the answers
            ident="",
        )
        for part in parts.values():
            if isinstance(part, TcpWSGIServer):
                part.channel_class = type("Channel", (Channel,), {"hosted": hosted})
        for number in (signal.SIGTERM, getattr(signal, "SIGHUP", None)):
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, _stop)
        announce(hosted)
        server.run()
    finally:
        hosted.close()


def _stop(_number: int, _frame: Any) -> None:  # noqa: ANN401
    sys.exit(0)
