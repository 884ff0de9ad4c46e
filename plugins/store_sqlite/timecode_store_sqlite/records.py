"""Records: what stands on a page and has the very shape of an event or a context, whatever became of the page's order.

https://www.sqlite.org/fileformat.html, "Record Format": a record says in its header which types its columns have, and
so how long each is. Events and contexts can be told by that from everything else, wherever they begin.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, Any, NamedTuple

from timecode_core import MAX_DURATION_US

if TYPE_CHECKING:
    from collections.abc import Iterator

    from timecode_store_sqlite.pages import Pages

_INTEGER = rb"[\x01-\x06\x08\x09]"
_TEXT = rb"(?:[\x0d-\x7f]|[\x80-\xff]{1,2}[\x00-\x7f])"
_SIZES = {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8, 8: 0, 9: 0}
"""The bytes of a number by its type; 0 is NULL, 8 and 9 are the numbers 0 and 1 themselves."""
_BLOB = 12
"""The types from here on: a blob where it is even, a text where it is odd, the longer the higher."""
_LONGEST = 32_768
"""No record of ours has so many bytes: the longest path has 4096 characters."""
_INDEX_LEAF, _INDEX_INTERIOR = 0x0A, 0x02
_LATEST_US = 253_370_764_800_000_000
"""The year 9999."""
_LONGEST_PATH = 4096
_DAY_S = 86_400
_MINUTE_S = 60

NAMES = ("project", "branch", "language", "editor", "machine_id", "category", "type", "source")
"""The columns of labels, in the order in which versions 1 and 2 of the schema have them."""

Values = tuple[Any, ...]


class StoredEvent(NamedTuple):
    """A row of `events`, as it stands there."""

    time: int
    id: bytes
    utc_offset: int
    duration: int
    context: int
    is_write: int
    entity: str

    @property
    def is_possible(self) -> bool:
        """Whether an event can have such values."""
        return (
            0 <= self.time < _LATEST_US
            and 0 <= self.duration <= MAX_DURATION_US
            and self.is_write in (0, 1)
            and abs(self.utc_offset) < _DAY_S
            and self.utc_offset % _MINUTE_S == 0
            and 0 < len(self.entity) <= _LONGEST_PATH
            and "\0" not in self.entity
        )


class StoredContext(NamedTuple):
    """A row of `contexts`, or what its index has of one: that has neither a count nor a mark. Version 1 has no mark."""

    number: int
    labels: tuple[str, ...]
    events: int | None = None
    mark: int | None = None


class _Shape:
    """The types of a record's columns. `least`: how many of them there must be; `in_table`: where it lies."""

    def __init__(self, begin: bytes, *types: type, least: int = 0, in_table: bool = False) -> None:
        """`begin` is a pattern of the header: the byte with its length, and what is known of the rest."""
        self._begin = re.compile(begin, re.DOTALL)
        self._types = types
        self._least = least or len(types)
        self._in_table = in_table

    def starts(self, page: bytes) -> Iterator[int]:
        """Everywhere on the page where such a record may begin."""
        return (match.start() for match in self._begin.finditer(page))

    def begins(self, page: bytes, start: int) -> bool:
        """Whether one may begin there."""
        return self._begin.match(page, start) is not None

    def read(self, page: bytes, start: int, pages: Pages, length: int = 0) -> Values | None:
        """The record that begins there; None where it is none of these, or has another length than is told."""
        head = page[start]
        types = _varints(page[start + 1 : start + head])
        sizes = list(map(_size, types))
        whole = head + sum(sizes)
        if not self._least <= len(types) <= len(self._types) or whole > _LONGEST or (length and length != whole):
            return None
        payload = self._payload(page, start, whole, pages)
        values = _values(types, sizes, payload[head:]) if payload else None
        return values if values and tuple(map(type, values)) == self._types[: len(values)] else None

    def _payload(self, page: bytes, start: int, length: int, pages: Pages) -> bytes | None:
        """All of a record, of which a part may be on other pages ("Cell Payload Overflow Pages")."""
        room = len(page)
        most = room - 35 if self._in_table else (room - 12) * 64 // 255 - 23
        here = length
        if length > most:
            least = (room - 12) * 32 // 255 - 23
            here = least + (length - least) % (room - 4)
            here = least if here > most else here
        end = start + here
        payload = page[start:end]
        if here == length or len(payload) < here:
            return payload if len(payload) == length else None
        rest = pages.chain(int.from_bytes(page[end : end + 4]), length - here)
        return rest and payload + rest


_EVENT = _Shape(rb"[\x08-\x0a](?=%b\x2c%b{4}%b)" % (_INTEGER, _INTEGER, _TEXT), int, bytes, int, int, int, int, str)
_ROW = _Shape(
    rb"[\x0b-\x1e](?=\x00%b{8}%b)" % (_TEXT, _INTEGER),
    type(None), *[str] * len(NAMES), int, int, least=len(NAMES) + 2, in_table=True,
)  # fmt: skip
"""A context: its number stands before the record, and NULL in it."""
_KEY = _Shape(rb"[\x0a-\x1c](?=%b{8}%b)" % (_TEXT, _INTEGER), *[str] * len(NAMES), int)
"""The same in the index by labels, with the number behind them."""


def events_on(page: bytes, pages: Pages) -> Iterator[StoredEvent]:
    """Every event on the page, be it that nothing points at it any more. `pages` has the rest of long ones."""
    return _events(page, pages, ((start, 0) for start in _EVENT.starts(page)))


def events_in_order(page: bytes, pages: Pages) -> Iterator[StoredEvent]:
    """Those at which the page itself points, each as long as it says."""
    return _events(page, pages, (cell for cell in _cells(page) if _EVENT.begins(page, cell[0])))


def _events(page: bytes, pages: Pages, cells: Iterator[tuple[int, int]]) -> Iterator[StoredEvent]:
    for start, length in cells:
        if values := _EVENT.read(page, start, pages, length):
            event = StoredEvent(*values)
            if event.is_possible:
                yield event


def contexts_on(page: bytes, pages: Pages) -> Iterator[StoredContext]:
    """Every context on the page, be it that nothing points at it any more."""
    for start in _ROW.starts(page):
        if values := _ROW.read(page, start, pages):
            _, *labels, events = values[: len(NAMES) + 2]
            yield StoredContext(_varint_before(page, start), tuple(labels), events, *values[len(NAMES) + 2 :])
    for start in _KEY.starts(page):
        if values := _KEY.read(page, start, pages):
            *labels, number = values
            yield StoredContext(number, tuple(labels))


def _cells(page: bytes) -> Iterator[tuple[int, int]]:
    """Where each record begins at which a page of an index points, and how long the page says that it is."""
    if page[0] not in (_INDEX_LEAF, _INDEX_INTERIOR):
        return
    child, begin = (4, 12) if page[0] == _INDEX_INTERIOR else (0, 8)
    count = min(int.from_bytes(page[3:5]), (len(page) - begin) // 2)
    for pointer in struct.unpack_from(f">{count}H", page, begin):
        length, at = 0, pointer + child
        for byte in page[at : at + 3]:
            at += 1
            length = length << 7 | byte & 0x7F
            if byte < 0x80:
                yield at, length
                break


def _varints(text: bytes) -> list[int]:
    """The numbers of a header: seven bits a byte, the last of each below 128."""
    found, value = [], 0
    for byte in text:
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            found.append(value)
            value = 0
    return found


def _varint_before(page: bytes, stop: int) -> int:
    """The number that ends there: before it stands another one, whose last byte is below 128."""
    start = stop - 1
    while start > max(0, stop - 9) and page[start - 1] >= 0x80:
        start -= 1
    return next(iter(_varints(page[max(start, 0) : stop])), 0)


def _size(kind: int) -> int:
    return _SIZES.get(kind, _LONGEST) if kind < _BLOB else (kind - _BLOB) // 2


def _values(types: list[int], sizes: list[int], body: bytes) -> Values | None:
    """The values of those types that the bytes are; None where a text is none."""
    found: list[Any] = []
    at = 0
    for kind, size in zip(types, sizes, strict=True):
        end = at + size
        piece = body[at:end]
        at = end
        if kind >= _BLOB:
            try:
                found.append(piece.decode() if kind % 2 else piece)
            except UnicodeDecodeError:
                return None
        elif kind in (8, 9):
            found.append(kind - 8)
        else:
            found.append(int.from_bytes(piece, signed=True) if kind else None)
    return tuple(found)
