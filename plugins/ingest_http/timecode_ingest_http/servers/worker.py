"""The worker: gunicorn's threads, with slow clients kept away from them.

gunicorn's own gthread worker gives a connection a thread as soon as it opens, and lets the thread wait for the request;
a few dozen half-sent requests then stop the service. Here the main loop gathers each request without waiting, and a
thread gets it once it is whole. What a client does not take of its answer at once, the main loop sends later. A request
that is refused by its head is not gathered, and requests sent ahead of their turn wait in a line of their own.
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

from gunicorn.http import wsgi
from gunicorn.http.errors import (
    ExpectationFailed,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)
from gunicorn.http.parser import RequestParser
from gunicorn.workers.gthread import ThreadWorker

from timecode_ingest_http.hosting import Hosted
from timecode_ingest_http.servers.client_socket import ClientSocket
from timecode_ingest_http.servers.connection import Connection
from timecode_ingest_http.servers.line import Line
from timecode_ingest_http.servers.plain_answer import plain_answer
from timecode_ingest_http.servers.unread import MOST_UNREAD

_STATUSES = {
    LimitRequestLine: 414,
    LimitRequestHeaders: 431,
    ExpectationFailed: 417,
    UnsupportedTransferCoding: 501,
}
_OURS = (InvalidResponseHeader, InvalidResponseHeaderName)
"""What gunicorn finds wrong with an answer, although it is of the same family."""
_LINGER_S = 2.0
_LAST_CALL_S = 0.5
_UNREAD_S = 30.0
"""How long a client may leave an answer unread; whenever it has taken some of it, the time begins anew."""
_CHUNK = 256 * 1024
_NOTIFY_S = 1.0


class GatheringWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's gthread worker, fed with whole requests. A client has `deadline_s` seconds to send one."""

    deadline_s = 10
    most_connections = 512
    hosted: Hosted

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401  (gunicorn's)
        super().__init__(*arguments, **options)
        self._line = Line(self.enqueue_req)
        self._notified_at = 0.0

    def notify(self) -> None:
        """Tell the master that we live. gunicorn does so after each event, and each time a file's times are written."""
        now = time.monotonic()
        if now - self._notified_at >= _NOTIFY_S:
            self._notified_at = now
            super().notify()

    # --- Signals: the master's word counts, and it always means an orderly end.

    def init_signals(self) -> None:
        """Ctrl-C reaches master and worker alike: the worker waits for the master to tell it."""
        super().init_signals()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGQUIT, self.handle_exit)

    # --- The main loop's side: gathering.

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """As gunicorn's, but whom an earlier callback of the same round has turned out, or away, is not called."""
        registered = self.poller.get_map()
        for key, _ in self.poller.select(timeout):
            if registered.get(key.fd) is key:
                key.data(key.fileobj)

    def accept(self, listener: Any) -> None:  # noqa: ANN401
        """Take a new connection, and its first request."""
        try:
            accepted, client = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self.hosted.refusals.count("out of file descriptors")
                self._make_room()
            elif error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return
        self.nr_conns += 1
        if self.nr_conns > self.most_connections:
            self.hosted.refusals.count("too many connections")
            self._make_room()
        self._gather(Connection(self.cfg, ClientSocket.adopt(accepted), client, listener.getsockname()))

    def _make_room(self) -> None:
        """Let the connection go that has kept us waiting longest: a crowd that sends nothing only turns out its own."""
        if self.pending_conns:
            self._drop(self.pending_conns[0])
        elif ahead := self._line.turn_out():
            self._end(ahead)
        elif self.keepalived_conns:
            idle = self.keepalived_conns.popleft()
            self.poller.unregister(idle.sock)
            self._end(idle)

    def _gather(self, conn: Connection) -> None:
        """Take what has come of a request, and wait for the rest, for the time that one may take."""
        conn.answered = False
        conn.timeout = time.monotonic() + (self.deadline_s if self.alive else _LAST_CALL_S)
        if self._receive(conn):
            self._dispatch(conn)
        else:
            self._watch(conn, self.on_pending_socket_readable)

    def _watch(self, conn: Connection, callback: Any, event: int = selectors.EVENT_READ) -> None:  # noqa: ANN401
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, event, partial(callback, conn))

    def _unwatch(self, conn: Connection) -> None:
        self.pending_conns.remove(conn)
        self.poller.unregister(conn.sock)

    def on_pending_socket_readable(self, conn: Connection, client: Any) -> None:  # noqa: ANN401, ARG002
        """More has come of a request."""
        if self._receive(conn):
            self._unwatch(conn)
            self._dispatch(conn)

    def _receive(self, conn: Connection) -> bool:
        """Take what a client has sent. Whether there is nothing more to wait for."""
        try:
            data = conn.sock.recv(min(conn.arrival.wanted, _CHUNK))
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:
            return True
        if data:
            self._take(conn, data)
        return not data or conn.arrival.too_long or conn.arrival.complete

    def _dispatch(self, conn: Connection) -> None:
        """A thread gets a request that is whole; who sends none is let go."""
        if conn.arrival.too_long:
            self._refuse(conn)
        elif not conn.arrival.complete:
            self._end(conn)
        elif conn.arrival.more:
            self._line.add(conn)
        else:
            self.enqueue_req(conn)

    def _take(self, conn: Connection, data: bytes) -> None:
        """Add what came to the request; a client that asks whether to go on with its body is told to, or refused."""
        if not conn.arrival.add(data):
            return
        if not self._admits(conn):
            conn.arrival.refuse_body()
        elif conn.arrival.expects_leave:
            with suppress(OSError):  # gone: the next read tells
                conn.sock.send(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _admits(self, conn: Connection) -> bool:
        """Whether the body is worth waiting for. The application's own guard says so, from what a thread would see."""
        try:
            request = next(RequestParser(self.cfg, [conn.arrival.head], conn.client))
            request._expected_100_continue = False  # or gunicorn would give leave here
            _, environ = wsgi.create(request, conn.sock, conn.client, conn.server, self.cfg)
        except Exception:  # noqa: BLE001  (no HTTP: the thread that finds it so again answers)
            return False
        return not self.hosted.refuses(environ)

    def _refuse(self, conn: Connection) -> None:
        """Answer a head that is too long, here and now: its end may never come."""
        self.hosted.refusals.count_status(431)
        with suppress(OSError):  # gone
            conn.sock.send(plain_answer(431))
        self._linger(conn)

    def on_client_socket_readable(self, conn: Connection, client: Any) -> None:  # noqa: ANN401
        """A kept connection's next request begins."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._gather(conn)

    def _drop(self, conn: Connection) -> None:
        self._unwatch(conn)
        self._end(conn)

    def _end(self, conn: Connection) -> None:
        self.nr_conns -= 1
        conn.close()

    def murder_pending(self) -> None:
        """Close connections that took too long, and when stopping, those that have sent nothing."""
        now = time.monotonic()
        for conn in list(self.pending_conns):
            if conn.timeout <= now or not (self.alive or conn.arrival or conn.answered):
                if conn.sock.unsent:
                    self.hosted.refusals.count("answer not read")
                self._drop(conn)

    def _cap_keepalive(self, deadline: float) -> None:
        """The service stops: whoever is not quick now has to come again."""
        soon = min(deadline, time.monotonic() + _LAST_CALL_S)
        super()._cap_keepalive(soon)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline if conn.sock.unsent else soon)

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

    def handle_request(self, req: Any, conn: Connection) -> bool:  # noqa: ANN401
        """As gunicorn's, but leave to send the body has been given or refused, and what was refused unread is last."""
        req._expected_100_continue = False
        if conn.arrival.body_follows:
            req.force_close()
        return bool(super().handle_request(req, conn))

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:  # noqa: ANN401
        """Answer what is no HTTP, and count it: gunicorn would write it into the log, and back to the client."""
        if not isinstance(exc, ParseException) or isinstance(exc, _OURS):
            super().handle_error(req, client, addr, exc)
            return
        status = _STATUSES.get(type(exc), 400)
        self.hosted.refusals.count_status(status)
        client.sendall(plain_answer(status))

    # --- The main loop's side again.

    def finish_request(self, conn: Connection, done: Future[bool]) -> None:
        """A thread is done with a request: see its answer off."""
        self._line.done(conn)
        try:
            conn.keep = not done.cancelled() and done.result()
            conn.sock.settimeout(0)
        except Exception:
            self.log.debug("closing a connection", exc_info=True)
            self._end(conn)
            return
        if conn.sock.unsent:
            self._await_reader(conn)
        else:
            self._go_on(conn)

    def _await_reader(self, conn: Connection) -> None:
        """Send the rest of an answer as the client takes it. Of too much that nobody reads, the oldest goes."""
        conn.answered = True
        self._give_time(conn)
        self._watch(conn, self.on_socket_writable, selectors.EVENT_WRITE)
        waiting = [other for other in self.pending_conns if other.sock.unsent]
        unread = sum(other.sock.unsent for other in waiting)
        for oldest in waiting[:-1]:
            if unread <= MOST_UNREAD:
                break
            held = oldest.sock.unsent
            unread -= held
            self.on_socket_writable(oldest, oldest.sock)  # it may have begun to read just now
            if oldest in self.pending_conns and oldest.sock.unsent == held:
                self.hosted.refusals.count("answer not read")
                self._drop(oldest)

    def _give_time(self, conn: Connection) -> None:
        conn.timeout = time.monotonic() + (_UNREAD_S if self.alive else _LINGER_S)

    def on_socket_writable(self, conn: Connection, client: Any) -> None:  # noqa: ANN401, ARG002
        """The client takes more of its answer."""
        held = conn.sock.unsent
        try:
            left = conn.sock.flush()
        except OSError:  # gone
            self._drop(conn)
            return
        if left:
            self._unwatch(conn)
            self._go_on(conn)
        elif conn.sock.unsent < held:
            self.pending_conns.remove(conn)
            self.pending_conns.append(conn)  # it is no longer the one that has kept us waiting longest
            self._give_time(conn)

    def _go_on(self, conn: Connection) -> None:
        """The answer has left: turn to the next request, or close without waiting for the client."""
        if not conn.keep:
            self._linger(conn)
        elif rest := conn.parser.unreader.take_buffered():
            self._take(conn, rest)
            if conn.arrival.too_long:
                self._refuse(conn)
            elif conn.arrival.complete:
                conn.timeout = time.monotonic() + self.deadline_s
                self._line.add(conn)
            else:
                self._gather(conn)
        else:
            self._keep(conn)

    def _keep(self, conn: Connection) -> None:
        conn.timeout = time.monotonic() + (self.cfg.keepalive if self.alive else _LAST_CALL_S)
        kept: deque[Connection] = self.keepalived_conns
        kept.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_client_socket_readable, conn))

    def _linger(self, conn: Connection) -> None:
        """Say that we are done and throw away what still comes (RFC 9112, 9.6): an abrupt end could cost our answer."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:  # gone
            self._end(conn)
            return
        conn.answered = True
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
