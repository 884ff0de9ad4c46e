"""Free ports of this machine, that stay free until a test's service listens there, and while it is down."""

from __future__ import annotations

import errno
import os
import secrets
import socket

# Below the ports that Linux (from 32768), macOS and Windows (from 49152) give to clients and to whoever binds port 0:
# one of those may be taken at any moment, and a client that calls one again and again may even reach itself.
_FIRST, _SHARES, _SHARE = 20_000, 8, 1_500
_given: set[int] = set()


def free_port(*hosts: str) -> int:
    """A port that nobody uses on these addresses (127.0.0.1, ::1), given out once. xdist workers have a share each."""
    begin = _FIRST + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % _SHARES * _SHARE
    while True:
        port = begin + secrets.randbelow(_SHARE)  # `random` is seeded alike by Hypothesis in every worker
        if port not in _given and all(_free(host, port) for host in hosts or ("127.0.0.1", "::1")):
            _given.add(port)
            return port


def require_free(port: int) -> None:
    """Fail at once where somebody listens on a port that a test can't choose."""
    assert all(_free(host, port) for host in ("127.0.0.1", "::1")), (
        f"port {port} is taken, by a Timecode of your own perhaps: stop it for as long as the tests run (timecode stop)"
    )


def has_ipv6() -> bool:
    """Whether this machine has ::1; `socket.has_ipv6` only says that Python could use it."""
    try:
        _listen("::1", 0)
    except OSError:
        return False
    return True


def _free(host: str, port: int) -> bool:
    try:
        _listen(host, port)
    except OSError as error:
        return error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)  # an address that this machine lacks
    return True


def _listen(host: str, port: int) -> None:
    socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
