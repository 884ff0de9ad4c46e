"""A client's connection: what has arrived on it, and what has not left yet."""

from __future__ import annotations

from typing import Any

from gunicorn.workers.gthread import TConn

from timecode_ingest_http.body_size import MAX_BODY
from timecode_ingest_http.servers.client_socket import ClientSocket
from timecode_ingest_http.servers.request_head import Arrival


class Connection(TConn):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's connection, with what has arrived of the next request."""

    sock: ClientSocket

    def __init__(self, cfg: Any, sock: ClientSocket, client: Any, server: Any) -> None:  # noqa: ANN401
        super().__init__(cfg, sock, client, server)
        self.arrival = Arrival(MAX_BODY)
        self.timeout = 0.0
        self.keep = False
        """Whether another request may follow, once the answer has left."""
        self.answered = False
        """Whether the client has yet to read an answer, rather than to send a request."""

    def begin(self) -> None:
        """Hand what has arrived to the parser. Called in the thread that works on the request."""
        self.init()
        self.sock.deadline = self.timeout
        self.parser.unreader.unread(self.arrival.take())
