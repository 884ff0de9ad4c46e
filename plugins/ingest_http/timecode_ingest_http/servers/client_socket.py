"""The client's socket, for a thread that works on a request: it waits no longer than it may, and never to send."""

from __future__ import annotations

import errno
import select
import socket
import time
from collections import deque
from contextlib import suppress
from itertools import islice
from typing import Any

from timecode_ingest_http.servers.unread import SYSTEM_BUFFER

_PIECES = 64
"""How many pieces are sent at once, at most: systems have a limit."""
_LONGEST_S = 3600
"""How long is waited at once, at most: systems have a limit here, too."""


class ClientSocket(socket.socket):
    """A connected socket with a deadline for each request, which holds what is to be sent until `flush`.

    Head and body leave together: written one by one they would cost a client that delays its acknowledgements some
    40 ms a request. And nobody waits for a client that does not read: what it does not take stays `unsent`.
    """

    deadline = float("inf")
    """When, on `time.monotonic`'s clock, the client must have sent its request."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401  (as socket.socket)
        super().__init__(*arguments, **options)
        super().settimeout(0)
        self._waits = False
        self._pieces: deque[memoryview] = deque()
        self.unsent = 0
        """How many bytes are held."""

    @classmethod
    def adopt(cls, accepted: socket.socket) -> ClientSocket:
        """Make an accepted socket one of these. The other object is of no use after."""
        kind = accepted.family, accepted.type, accepted.proto  # or the system would be asked for each
        adopted = cls(*kind, fileno=accepted.detach())
        with suppress(OSError):  # gone already
            adopted.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SYSTEM_BUFFER)
        return adopted

    def setblocking(self, flag: bool) -> None:  # noqa: FBT001  (as socket.setblocking)
        """Whether to wait. The system is not told, and never waits: each time, another thread would take its turn."""
        self._waits = flag

    def settimeout(self, value: float | None) -> None:
        """As `setblocking`: how long is waited is the deadline's to say."""
        self._waits = value != 0

    def gettimeout(self) -> float | None:
        """As `socket.gettimeout`."""
        return None if self._waits else 0.0

    def recv(self, size: int, flags: int = 0) -> bytes:
        """As `socket.recv`; after the deadline the client counts as gone."""
        if not self._waits:
            return super().recv(size, flags)
        while (remaining := self.deadline - time.monotonic()) > 0:
            try:
                return super().recv(size, flags)
            except BlockingIOError:
                poll = select.poll()
                poll.register(self, select.POLLIN)
                poll.poll(min(remaining, _LONGEST_S) * 1000)
        raise ConnectionResetError(errno.ECONNRESET, "the request took too long")

    def sendall(self, data: Any, flags: int = 0) -> None:  # noqa: ANN401, ARG002  (any buffer)
        """Hold what is to be sent. It must not change until it has been."""
        if piece := memoryview(data):
            self._pieces.append(piece)
            self.unsent += len(piece)

    def flush(self) -> bool:
        """Send what the client takes at once. Returns whether that was all; raises OSError where it is gone."""
        while self._pieces:
            try:
                sent = self.sendmsg(islice(self._pieces, _PIECES))
            except (BlockingIOError, InterruptedError):
                return False
            self.unsent -= sent
            while self._pieces and sent >= len(self._pieces[0]):
                sent -= len(self._pieces.popleft())
            if sent:
                rest = self._pieces[0][sent:]
                # a view keeps all of the answer in memory: what is held stays below twice what is unsent
                self._pieces[0] = rest if 2 * len(rest) > memoryview(rest.obj).nbytes else memoryview(bytes(rest))
        return True
