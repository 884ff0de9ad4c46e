"""The sockets that the service listens on: the loopback addresses, and no other."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator

from timecode_core import BusyError, TimecodeError

BACKLOG = 512
_NO_SUCH_ADDRESS = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


def listen(port: int) -> list[socket.socket]:
    """Listen on 127.0.0.1 and, where the machine has it, ::1. Raises BusyError where somebody else does."""
    sockets: list[socket.socket] = []
    try:
        for bound in _bound(port):
            sockets.append(bound)
            bound.listen(BACKLOG)
    except OSError as error:
        for opened in sockets:
            opened.close()
        if error.errno == errno.EADDRINUSE:
            raise BusyError(
                f"port {port} is in use by another program.", remedy="Stop it, or choose another with --port."
            ) from error
        raise TimecodeError(
            f"cannot listen on port {port}: {error.strerror}.", remedy="Choose another with --port."
        ) from error
    return sockets


def is_free(port: int) -> bool:
    """Whether `listen` would find nobody there. Nothing is listened on for that."""
    try:
        for bound in _bound(port):
            bound.close()
    except OSError:
        return False
    return True


def _bound(port: int) -> Iterator[socket.socket]:
    """A socket for each address, bound to it. Raises OSError."""
    yield _bind(socket.AF_INET, "127.0.0.1", port)
    if socket.has_ipv6:
        try:
            second = _bind(socket.AF_INET6, "::1", port)
        except OSError as error:
            if error.errno not in _NO_SUCH_ADDRESS:
                raise
        else:
            yield second


def _bind(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        # On Windows, SO_REUSEADDR would let a second program take the same port.
        exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)
        made.setsockopt(
            socket.SOL_SOCKET, socket.SO_REUSEADDR if exclusive is None or os.name != "nt" else exclusive, 1
        )
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.bind((host, port))
    except OSError:
        made.close()
        raise
    return made
