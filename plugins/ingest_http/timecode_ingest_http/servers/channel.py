"""waitress's connections, bounded: neither a body that its head refuses is kept, nor answers that nobody reads."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from functools import partial
from io import BytesIO
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import WSGITask

from timecode_ingest_http.hosting import Hosted
from timecode_ingest_http.servers.unread import MOST_UNREAD, SYSTEM_BUFFER

_TURNING_OUT = threading.Lock()


class Channel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """A connection. The server gets a class of its own, in which `hosted` is set."""

    hosted: Hosted

    def __init__(self, server: Any, sock: socket.socket, *arguments: Any, **options: Any) -> None:  # noqa: ANN401
        with suppress(OSError):  # gone already
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SYSTEM_BUFFER)
        super().__init__(server, sock, *arguments, **options)
        self.parser_class = partial(HeadFirstParser, self)
        self.ahead = b""
        """What the client has sent beyond its first request. It is not looked at before that is answered."""
        self.held = 0
        """How long the answer is of which some is unread: waitress keeps it whole."""
        self.pipelines = False
        """Whether the client did not wait for an answer before it sent the next request."""

    def readable(self) -> bool:
        """As waitress's, which the main loop asks at each turn. Turn to what was sent ahead when its time has come."""
        ready = bool(super().readable())
        if ready and self.held:  # all of it has left
            self.outbufs[-1].prune()
            self.held = 0
        while ready and self.ahead:
            ahead, self.ahead = self.ahead, b""
            self.pipelines = True
            self.received(ahead)
            ready = bool(super().readable())
        return ready

    def received(self, data: bytes) -> bool:
        """As waitress's, in the main loop: take what came."""
        try:
            return bool(super().received(data))
        finally:
            self.pipelines = False

    def writable(self) -> bool:
        """As waitress's, which the main loop asks at each turn. One to be closed that does not read never would be."""
        if self.will_close and self.total_outbufs_len:
            with suppress(OSError):  # gone already
                self.socket.shutdown(socket.SHUT_RDWR)
        if self.requests and self.total_outbufs_len <= self.adj.outbuf_high_watermark and not self.will_close:
            return False  # the thread at work sends, and wakes the main loop when it is done
        return bool(super().writable())

    def service(self) -> None:
        """As waitress's, in a thread: work on the first request."""
        try:
            super().service()
        finally:
            self.server.task_dispatcher.line.done(self)

    def write_soon(self, data: Any) -> int:  # noqa: ANN401  (bytes, or waitress's own buffer)
        """As waitress's. Of too much that nobody reads, the oldest goes; the main loop closes it."""
        if not self.total_outbufs_len:
            self.held = 0
        written: int = super().write_soon(data)
        self.held += written
        if self.total_outbufs_len:
            with _TURNING_OUT:
                self._turn_out_the_oldest()
        return written

    def _turn_out_the_oldest(self) -> None:
        """Close who does not read, where too much waits. The main loop may close some meanwhile: they count as before.

        One thread at a time, and none for an answer that was turned out itself: else two would turn out each other's.
        """
        if self.will_close:
            return
        others = [channel for channel in [*self.server.active_channels.values()] if channel is not self]
        waiting = {channel: channel.held for channel in others if channel.total_outbufs_len}
        unread = self.held + sum(waiting.values())
        for channel in sorted(waiting, key=lambda channel: channel.last_activity):
            if unread <= MOST_UNREAD:
                break
            unread -= waiting[channel]
            if channel.total_outbufs_len and not channel.will_close and not channel.takes_more():
                channel.will_close = True
                self.hosted.refusals.count("answer not read")
                self.server.pull_trigger()

    def takes_more(self) -> bool:
        """Send what the client takes now of what waits for it. Whether that was anything."""
        held = self.total_outbufs_len
        self._flush_exception(self._flush_some_if_lockable, do_close=False)
        return bool(self.total_outbufs_len < held)


class HeadFirstParser(HTTPRequestParser):  # type: ignore[misc]
    """waitress's parser, which has the guard look at the head before it takes the body."""

    chunked: bool
    expect_continue: bool
    body_rcv: Any

    def __init__(self, channel: Channel, adj: Any) -> None:  # noqa: ANN401
        super().__init__(adj)
        self._channel = channel

    def received(self, data: bytes) -> int:
        """As waitress's, but of a whole request what follows is kept for later."""
        in_head = self.body_rcv is None
        consumed: int = super().received(data)
        if self.error is not None:
            self._channel.hosted.refusals.count_status(self.error.code)
        elif in_head and self.body_rcv is not None:
            self._look_at_head()
        if not self.completed:
            return consumed
        if not self.connection_close and self.error is None and consumed < len(data):
            self._channel.ahead = data[consumed:]
            self._channel.pipelines = True
        return len(data)

    def _look_at_head(self) -> None:
        """Refuse chunks, whose end nobody knows. A body that is refused is thrown away as it comes, and answered then.

        waitress can't answer and go on reading: an answer given before would be lost to a client that is still sending.
        """
        if self.chunked:
            self.headers["TRANSFER_ENCODING"] = "chunked"  # waitress has taken it out; the guard is to see it
            self.chunked = False
        elif not self._channel.hosted.refuses(WSGITask(self._channel, self).get_environment()):
            return
        elif not self.expect_continue:
            self.body_rcv.buf = _Nowhere()
            return
        self.expect_continue = False
        self.headers["CONNECTION"] = "close"
        self.connection_close = True
        self.completed = True


class _Nowhere:
    """One of waitress's buffers that keeps nothing."""

    def append(self, data: bytes) -> None:
        """Throw it away."""

    def getfile(self) -> BytesIO:
        """What was kept."""
        return BytesIO()

    def close(self) -> None:
        """Nothing to let go of."""
