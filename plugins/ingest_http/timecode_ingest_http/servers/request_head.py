"""The head of a request, read just far enough to know when the whole request has arrived."""

from __future__ import annotations

import re

MAX_HEAD = 32 * 1024
"""The longest request line and headers together, in bytes. As many as there may be connections are held at once."""

_HEAD_CHUNK = 16 * 1024
_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*0*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
_EXPECT = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*\r\n", re.IGNORECASE)


class Arrival:
    """The bytes of one request so far. The server's own parser reads them again and has the last word on them."""

    def __init__(self, max_body: int) -> None:
        self._max_body = max_body
        self._bytes = bytearray()
        self._head_length = 0
        self._needed = 0
        self.too_long = False
        """Whether the head is longer than a head may be: it is refused as it is, and no thread waits for its end."""
        self.expects_leave = False
        """Whether the client waits for leave to send the body (Expect: 100-continue)."""
        self.body_follows = False
        """Whether bytes of the request are still to come although it is `complete`: a body not to be waited for."""

    def __len__(self) -> int:
        return len(self._bytes)

    def add(self, data: bytes) -> bool:
        """Take what came. True when that makes the head whole, and a body that may be waited for is still to come."""
        searched = max(0, len(self._bytes) - len(_END))
        self._bytes += data
        if self._needed:
            return False
        end = self._bytes.find(_END, searched)
        self.too_long = (len(self._bytes) if end < 0 else end + len(_END)) > MAX_HEAD
        if end < 0 or self.too_long:
            return False
        self._head_length = end + len(_END)
        head = self.head
        length = _LENGTH.search(head)
        body = int(length.group(1)) if length else 0
        lower = head.lower()
        unread = b"\r\ntransfer-encoding:" in lower or (length is None and b"\r\ncontent-length:" in lower)
        self.body_follows = unread or body > self._max_body
        self.expects_leave = _EXPECT.search(head) is not None
        self._needed = len(head) + (0 if self.body_follows else body)
        return not self.complete

    def refuse_body(self) -> None:
        """Wait for no more than the head, which is whole: it will be refused unread."""
        self.body_follows = True
        self._needed = self._head_length

    @property
    def head(self) -> bytes:
        """The request line and the headers, once they are whole."""
        return bytes(self._bytes[: self._head_length])

    @property
    def wanted(self) -> int:
        """How many bytes to take next, at most: what a client sends ahead of its turn stays with its system."""
        return self._needed - len(self._bytes) if self._needed else _HEAD_CHUNK

    @property
    def complete(self) -> bool:
        """Whether a thread may work on it without waiting for the client: it is whole, or will be refused unread."""
        return 0 < self._needed <= len(self._bytes)

    @property
    def more(self) -> bool:
        """Whether what came goes beyond the request: the client has sent another without reading this one's answer."""
        return self.complete and not self.body_follows and len(self._bytes) > self._needed

    def take(self) -> bytes:
        """Everything that came; the next request begins anew."""
        data = bytes(self._bytes)
        self._bytes = bytearray()  # one that was cleared would keep its size
        self._needed = 0
        return data
