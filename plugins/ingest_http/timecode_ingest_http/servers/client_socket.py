"""The client's socket, for a thread that works on a request: it waits no longer than it may, and writes in one go."""

from __future__ import annotations

import errno
import socket
import time
from typing import Any

_HOLD = 256 * 1024


class ClientSocket(socket.socket):
    """A connected socket with a deadline for each request.

    What is sent is held until `flush` (or until there is much of it): head and body written one by one would cost a
    client that delays its acknowledgements some 40 ms a request.
    """

    deadline = float("inf")
    """When, on `time.monotonic`'s clock, the client must have sent its request; each write may take `write_s`."""
    write_s = 30.0

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401  (as socket.socket)
        super().__init__(*arguments, **options)
        self._held = bytearray()

    @classmethod
    def adopt(cls, accepted: socket.socket) -> ClientSocket:
        """Make an accepted socket one of these. The other object is of no use after."""
        return cls(fileno=accepted.detach())

    def recv(self, size: int, flags: int = 0) -> bytes:
        """As `socket.recv`; after the deadline the client counts as gone."""
        if self.gettimeout() == 0:
            return super().recv(size, flags)
        remaining = self.deadline - time.monotonic()
        if remaining <= 0:
            raise ConnectionResetError(errno.ECONNRESET, "the request took too long")
        self.settimeout(remaining if remaining < 1e6 else None)
        try:
            return super().recv(size, flags)
        except TimeoutError as error:
            raise ConnectionResetError(errno.ECONNRESET, "the request took too long") from error
        finally:
            self.settimeout(None)

    def sendall(self, data: Any, flags: int = 0) -> None:  # noqa: ANN401, ARG002  (any buffer)
        """Hold what is to be sent, and send it once there is much."""
        self._held += data
        if len(self._held) > _HOLD:
            self.flush()

    def flush(self) -> None:
        """Send what is held. Raises OSError where the client does not take it in time, or is gone."""
        held, self._held = self._held, bytearray()
        if held:
            self.settimeout(self.write_s)
            try:
                super().sendall(held)
            except TimeoutError as error:
                raise ConnectionResetError(errno.ECONNRESET, "the client does not read its answer") from error
