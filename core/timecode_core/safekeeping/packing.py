"""Packing: a file made small by gzip, read back before it counts, and unpacked to be looked at."""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Protocol

from timecode_core.accounting.upkeep import Progress
from timecode_core.errors import TimecodeError
from timecode_core.safekeeping.drafts import draft_folder
from timecode_core.setup.private import sync_folder
from timecode_core.setup.remedies import file_error, is_no_room

SUFFIX = ".gz"
_MAGIC = b"\x1f\x8b"
_PIECE = 1 << 20
_LEVEL = 6
OLDER = "Take an older backup; what is left of one that is not packed, `timecode recover` saves."
"""What helps where a backup is damaged."""


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Writable(Protocol):
    def write(self, piece: bytes, /) -> int: ...


def pack(source: Path, target: Path, progress: Progress, *, packed: bool = True, replace: bool = False) -> None:
    """Write the file `source` to `target`, 0600, by gzip if `packed`; on disk and read back when this returns.

    Nothing half-made ever has its name, and what has it is replaced only where that is wanted. Raises TimecodeError.
    """
    try:
        size = source.stat().st_size
        with draft_folder(target.parent) as folder:
            draft = folder / target.name
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with source.open("rb") as plain, os.fdopen(descriptor, "wb") as raw:
                with gzip.GzipFile("", "wb", _LEVEL, raw, 0) if packed else nullcontext(raw) as writer:
                    digest = _copy(plain, writer, lambda done: progress(done, 2 * size))
                raw.flush()
                os.fsync(raw.fileno())
            with draft.open("rb") as there, gzip.GzipFile(fileobj=there) if packed else nullcontext(there) as reader:
                if _copy(reader, None, lambda done: progress(size + done, 2 * size)) != digest:
                    raise TimecodeError(f"{target} is not as it was written.", remedy="Check its disk.")
            if not replace and (target.exists() or target.is_symlink()):
                raise TimecodeError(f"{target} exists already.", remedy="Name a new file, or try again.")
            draft.replace(target)
            sync_folder(target.parent)
    except OSError as error:
        raise file_error(TimecodeError, "write", target, error, elsewhere="Name another file.") from error


def is_packed(path: Path) -> bool:
    """Whether a file begins as packed ones do. Raises TimecodeError where it can't be read."""
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError as error:
        raise file_error(TimecodeError, "read", path, error) from error


def unpacked_size(path: Path) -> int:
    """How many bytes a file has once it is unpacked. Raises TimecodeError.

    Its last four bytes tell, modulo 4 GiB (RFC 1952, ISIZE); what is packed is at most a trifle larger than that.
    """
    packed = is_packed(path)
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            if not packed:
                return size
            file.seek(-4, os.SEEK_END)
            unpacked = int.from_bytes(file.read(), "little")
    except OSError as error:
        raise file_error(TimecodeError, "read", path, error) from error
    while unpacked + _PIECE < size:
        unpacked += 1 << 32
    return unpacked


def unpack(source: Path, target: Path, progress: Progress) -> None:
    """Write what is in the file, packed or not, to a new file of one's own. Raises TimecodeError."""
    try:
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as plain:
            _unpack(source, plain, progress)
    except OSError as error:
        raise file_error(TimecodeError, "unpack it into", target.parent.parent, error) from error


def check_packed(source: Path, progress: Progress) -> None:
    """Read all of a packed file, whose checksum tells what has become of it since. Raises TimecodeError."""
    if not is_packed(source):
        raise TimecodeError(f"{source} is damaged: it does not begin as a packed file.", remedy=OLDER)
    _unpack(source, None, progress)


def _unpack(source: Path, target: _Writable | None, progress: Progress) -> None:
    try:
        size = source.stat().st_size
        packed = is_packed(source)
        with source.open("rb") as raw, gzip.GzipFile(fileobj=raw) if packed else nullcontext(raw) as file:
            _copy(file, target, lambda _done: progress(raw.tell(), size))
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise TimecodeError(f"{source} is damaged: it can't be unpacked ({error}).", remedy=OLDER) from error
    except OSError as error:
        if is_no_room(error):
            raise  # no fault of what is read
        raise file_error(TimecodeError, "unpack", source, error) from error


def _copy(source: _Readable, target: _Writable | None, tell: Callable[[int], None]) -> bytes:
    """Copy all of it, or only read it; gives its digest."""
    digest, done = hashlib.blake2b(digest_size=16), 0
    while piece := source.read(_PIECE):
        digest.update(piece)
        if target is not None:
            target.write(piece)
        done += len(piece)
        tell(done)
    return digest.digest()
