"""The frames of a write-ahead log: each an image of a page, up to the first that SQLite would not take.

https://www.sqlite.org/fileformat.html, "WAL File Format" and "Checksum Algorithm". A power cut may leave half
of a frame behind all that was committed; SQLite stops there, and so must whoever says whose the log is.
"""

from __future__ import annotations

import struct
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEAD, FRAME_HEAD = 32, 24
"""Bytes before all pages of a log, and before each."""
MAGIC = b"\x37\x7f\x06"
"""How every log begins; a fourth byte tells in which order of bytes its checksums are made."""
PAGE_SIZES = tuple(2**n for n in range(9, 17))
_BIG = 0x83
_WORD = 2**32 - 1

_Sums = tuple[int, int]


def frames(log: Path) -> Iterator[tuple[int, bytes]]:
    """The number and the content of each page, in the order in which they were written; none where there is no log."""
    with suppress(OSError), log.open("rb") as file:
        head = file.read(HEAD)
        if len(head) < HEAD or not head.startswith(MAGIC):
            return
        size, salts = int.from_bytes(head[8:12]), head[16:24]
        order = ">" if head[3:4] == bytes([_BIG]) else "<"
        sums = _sums(order, head[:24], (0, 0))
        if size not in PAGE_SIZES or head[24:] != struct.pack(">2I", *sums):
            return
        while len(frame := file.read(FRAME_HEAD + size)) == FRAME_HEAD + size and frame[8:16] == salts:
            sums = _sums(order, frame[FRAME_HEAD:], _sums(order, frame[:8], sums))
            if frame[16:24] != struct.pack(">2I", *sums):
                return
            yield int.from_bytes(frame[:4]), frame[FRAME_HEAD:]


def _sums(order: str, data: bytes, sums: _Sums) -> _Sums:
    one, other = sums
    for first, second in struct.iter_unpack(f"{order}2I", data):
        one = one + first + other & _WORD
        other = other + second + one & _WORD
    return one, other
