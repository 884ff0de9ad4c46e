"""The worker: gunicorn's threads, with slow clients kept away from them.

gunicorn's own gthread worker gives a connection a thread as soon as it opens, and lets the thread wait for the request;
a few dozen half-sent requests then stop the service. Here the main loop gathers each request without waiting, and a
thread gets it once it is whole.
"""

from __future__ import annotations

import errno
import selectors
import signal
import socket
import time
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from timecode_ingest_http.body import MAX_BODY
from timecode_ingest_http.servers.client_socket import ClientSocket
from timecode_ingest_http.servers.request_head import Arrival

_TOO_LONG = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n"
    b"Cache-Control: no-store\r\n\r\n"
)
_LINGER_S = 2.0
_LAST_CALL_S = 0.5
_CHUNK = 256 * 1024


class Connection(TConn):  # type: ignore[misc]  # gunicorn has no types
    """A client's connection and what has arrived on it of the next request."""

    sock: ClientSocket

    def __init__(self, cfg: Any, sock: ClientSocket, client: Any, server: Any) -> None:  # noqa: ANN401
        super().__init__(cfg, sock, client, server)
        self.arrival = Arrival(MAX_BODY)
        self.timeout = 0.0
        self.lingering = False

    def begin(self) -> None:
        """Hand what has arrived to the parser. Called in the thread that works on the request."""
        self.init()
        self.sock.deadline = self.timeout
        self.parser.unreader.unread(self.arrival.take())


class GatheringWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's gthread worker, fed with whole requests. A client has `deadline_s` seconds to send one."""

    deadline_s = 10
    most_connections = 512

    # --- Signals: the master's word counts, and it always means an orderly end.

    def init_signals(self) -> None:
        """Ctrl-C reaches master and worker alike: the worker waits for the master to tell it."""
        super().init_signals()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGQUIT, self.handle_exit)

    # --- The main loop's side: gathering.

    def accept(self, listener: Any) -> None:  # noqa: ANN401
        """Take a new connection and wait for its first request."""
        try:
            accepted, client = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self.log.warning("out of file descriptors: the oldest idle client has to go")
                self._make_room()
            elif error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return
        self.nr_conns += 1
        if self.nr_conns > self.most_connections:
            self._make_room()
        self._gather(Connection(self.cfg, ClientSocket.adopt(accepted), client, listener.getsockname()))

    def _make_room(self) -> None:
        """Let the connection go that has kept us waiting longest: a crowd that sends nothing only turns out its own."""
        if self.pending_conns:
            self._drop(self.pending_conns[0])
        elif self.keepalived_conns:
            idle = self.keepalived_conns.popleft()
            self.poller.unregister(idle.sock)
            self.nr_conns -= 1
            idle.close()

    def _gather(self, conn: Connection) -> None:
        """Wait for the rest of a request, for the time that one may take."""
        conn.timeout = time.monotonic() + (self.deadline_s if self.alive else _LAST_CALL_S)
        self._watch(conn, self.on_pending_socket_readable)

    def _watch(self, conn: Connection, callback: Any) -> None:  # noqa: ANN401
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(callback, conn))

    def _unwatch(self, conn: Connection) -> None:
        self.pending_conns.remove(conn)
        self.poller.unregister(conn.sock)

    def on_pending_socket_readable(self, conn: Connection, client: Any) -> None:  # noqa: ANN401, ARG002
        """Take what a client has sent; a thread gets the request when it is whole."""
        try:
            data = conn.sock.recv(_CHUNK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            self._drop(conn)
            return
        self._take(conn, data)
        if conn.arrival.too_long:
            self._unwatch(conn)
            self._refuse(conn)
        elif conn.arrival.complete:
            self._unwatch(conn)
            self.enqueue_req(conn)

    def _take(self, conn: Connection, data: bytes) -> None:
        """Add what came to the request; a client that asks whether to go on with its body is told to."""
        if conn.arrival.add(data):
            with suppress(OSError):  # gone: the next read tells
                conn.sock.send(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _refuse(self, conn: Connection) -> None:
        """Answer a head that is too long, here and now: its end may never come."""
        try:
            conn.sock.send(_TOO_LONG)
            self._linger(conn)
        except OSError:  # gone
            self.nr_conns -= 1
            conn.close()

    def on_client_socket_readable(self, conn: Connection, client: Any) -> None:  # noqa: ANN401
        """A kept connection's next request begins."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._gather(conn)
        self.on_pending_socket_readable(conn, client)

    def _drop(self, conn: Connection) -> None:
        self._unwatch(conn)
        self.nr_conns -= 1
        conn.close()

    def murder_pending(self) -> None:
        """Close connections that took too long, and when stopping, those that have sent nothing."""
        now = time.monotonic()
        for conn in list(self.pending_conns):
            if conn.timeout <= now or not (self.alive or conn.arrival):
                self._drop(conn)

    def _cap_keepalive(self, deadline: float) -> None:
        """The service stops: whoever is not quick now has to come again."""
        soon = min(deadline, time.monotonic() + _LAST_CALL_S)
        super()._cap_keepalive(soon)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, soon)

    # --- The thread's side.

    def handle(self, conn: Connection) -> bool:
        """Work on one whole request. Returns whether the connection may be kept."""
        try:
            conn.begin()
            keep = bool(super().handle(conn))
            conn.sock.flush()
        except OSError as error:
            self.log.debug("client gone: %s", error)
            return False
        return keep

    def _keepalive_after(self, conn: Connection, keepalive: bool) -> bool:  # noqa: FBT001
        if conn.arrival.body_follows:
            return False  # what was refused unread is not read now
        return bool(super()._keepalive_after(conn, keepalive))

    # --- The main loop's side again.

    def finish_request(self, conn: Connection, done: Future[bool]) -> None:
        """Keep the connection for the next request, or close it without waiting for the client."""
        try:
            keep = not done.cancelled() and done.result()
            conn.sock.settimeout(0)
            if not keep:
                self._linger(conn)
            elif rest := conn.parser.unreader.take_buffered():
                self._take(conn, rest)
                if conn.arrival.too_long:
                    self._refuse(conn)
                elif conn.arrival.complete:
                    conn.timeout = time.monotonic() + self.deadline_s
                    self.enqueue_req(conn)
                else:
                    self._gather(conn)
            else:
                self._keep(conn)
        except Exception:
            self.log.debug("closing a connection", exc_info=True)
            self.nr_conns -= 1
            conn.close()

    def _keep(self, conn: Connection) -> None:
        conn.timeout = time.monotonic() + (self.cfg.keepalive if self.alive else _LAST_CALL_S)
        kept: deque[Connection] = self.keepalived_conns
        kept.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_client_socket_readable, conn))

    def _linger(self, conn: Connection) -> None:
        """Say that we are done and throw away what still comes (RFC 9112, 9.6): an abrupt end could cost our answer."""
        conn.sock.shutdown(socket.SHUT_WR)
        conn.timeout = time.monotonic() + (_LINGER_S if self.alive else _LAST_CALL_S)
        self._watch(conn, self._discard)

    def _discard(self, conn: Connection, client: Any) -> None:  # noqa: ANN401, ARG002
        try:
            if conn.sock.recv(_CHUNK):
                return
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            pass
        self._drop(conn)
