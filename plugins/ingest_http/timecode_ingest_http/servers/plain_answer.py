"""The answer to what never became a request: the application is not asked."""

from __future__ import annotations

from http import HTTPStatus


def plain_answer(status: int) -> bytes:
    """A whole HTTP answer without a body, after which the connection ends."""
    return (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nConnection: close\r\nContent-Length: 0\r\n"
        "Cache-Control: no-store\r\n\r\n"
    ).encode()
