"""Pages: every image of a page that a damaged database and the log beside it still hold."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from timecode_core import StoreError, file_error

from timecode_store_sqlite.frames import FRAME_HEAD, HEAD, PAGE_SIZES, frames
from timecode_store_sqlite.log import is_own, log_of
from timecode_store_sqlite.marker import Marker
from timecode_store_sqlite.schema import APPLICATION_ID

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PAGE = 4096
_HEADER = 100


class _Place(NamedTuple):
    """Where an image is."""

    file: BinaryIO
    offset: int


class _Frame(NamedTuple):
    """An image of a page in the log. `commits`: it is the last of a transaction."""

    page: int
    commits: bool
    place: _Place


class Pages:
    """Reads without SQLite, which gives up at the first fault. The files are open to be read, until `close`.

    Where the log is the database's own and sound, a page is what SQLite would read: what stood there before may have
    been forgotten. Else every image counts: older ones come first, and those of the log last, as they were written
    there: the last of a page is the newest. What is cut off, or can't be read of its disk, is zeros.
    """

    def __init__(self, path: Path) -> None:
        """Open the database and its log. Raises StoreError."""
        file = path.resolve()
        self._open = ExitStack()
        try:
            database = self._open.enter_context(file.open("rb", buffering=0))
            log = self._open.enter_context(log_of(file).open("rb", buffering=0)) if log_of(file).exists() else None
            self.header = _read(_Place(database, 0), _HEADER)
            self.size = _page_size(self.header[16:18], _read(_Place(log, 8), 4) if log else b"")
            places = [_Place(database, offset) for offset in range(0, database.seek(0, 2), self.size)]
            self._newest = dict(enumerate(places, start=1))
            older, newer = self._frames(log) if log else ([], [])
            if newer and _is_sound(file, len(newer)):
                committed = 1 + max((n for n, frame in enumerate(newer) if frame.commits), default=-1)
                self._newest |= {frame.page: frame.place for frame in newer[:committed]}
                self._places = [*self._newest.values(), *(frame.place for frame in newer[committed:])]
            else:
                self._newest |= {frame.page: frame.place for frame in newer}
                self._places = [*older, *places, *(frame.place for frame in newer)]
        except OSError as error:
            self._open.close()
            if isinstance(error, FileNotFoundError):
                raise StoreError(
                    f"there is no file {path}.", remedy="Name the damaged database, or a copy of it."
                ) from error
            raise file_error(StoreError, "read", path, error) from error

    def _frames(self, log: BinaryIO) -> tuple[list[_Place], list[_Frame]]:
        """The images in the log: those that a log before this one has left behind its end, and its own.

        Its own frames have the salts of its header (https://www.sqlite.org/fileformat.html, "WAL File Format").
        """
        older, newer = [], []
        salts = _read(_Place(log, 16), 8)
        for offset in range(HEAD, log.seek(0, 2), FRAME_HEAD + self.size):
            head, place = _read(_Place(log, offset), FRAME_HEAD), _Place(log, offset + FRAME_HEAD)
            if head[8:16] == salts:
                newer.append(_Frame(int.from_bytes(head[:4]), any(head[4:8]), place))
            else:
                older.append(place)
        return older, newer

    @property
    def ours(self) -> bool:
        """Whether the header says that this is a database of Timecode's; one that is destroyed says nothing."""
        return int.from_bytes(self.header[68:72]) == APPLICATION_ID

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[bytes]:
        return (_read(place, self.size) for place in self._places)

    def chain(self, number: int, length: int) -> bytes | None:
        """So many bytes of a chain of overflow pages, which begins at that page; None where it ends too early."""
        found = b""
        while len(found) < length:
            if (place := self._newest.get(number)) is None:
                return None
            page = _read(place, self.size)
            number = int.from_bytes(page[:4])
            found += page[4:]
        return found[:length]

    def close(self) -> None:
        """Close the files. Twice is fine."""
        self._open.close()


def _is_sound(file: Path, count: int) -> bool:
    """Whether the log is the database's own, by the marker, and each of so many frames of it as it was written."""
    mark = Marker(file).read()
    return mark is not None and is_own(file, mark) and sum(1 for _ in frames(log_of(file))) == count


def _page_size(*told: bytes) -> int:
    """The first of the sizes that can be one. Where a page may have 65536 bytes, a database says 1."""
    sizes = (int.from_bytes(one) for one in told)
    return next((size for size in (65536 if size == 1 else size for size in sizes) if size in PAGE_SIZES), _PAGE)


def _read(place: _Place, size: int) -> bytes:
    """So many bytes, with zeros for those that are not there or that the disk can't read any more."""
    try:
        place.file.seek(place.offset)
        found = place.file.read(size)
    except OSError:
        found = b""
    return found.ljust(size, b"\0")
