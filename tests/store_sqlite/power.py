"""A disk whose power can be cut, or that fails: an APSW VFS, and the few calls of `os` that change files, on a model.

The model knows of each file what was synced and what was only written, and of the folder which of its entries last.
"""

from __future__ import annotations

import errno
import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
import pytest
from attrs import Factory, define

SECTOR = 512
"""What a disk writes whole, in bytes."""
_CALLS = ("open", "write", "ftruncate", "truncate", "fsync", "rename", "replace", "unlink", "remove")
_ERRORS: dict[type[apsw.Error], int] = {apsw.FullError: errno.ENOSPC}

Change = Callable[[bytearray], None]


@define(eq=False)
class _File:
    """The synced bytes of a file, the changes since, and of those what a cut now would leave."""

    synced: bytearray = Factory(bytearray)
    written: list[Change] = Factory(list)
    left: list[Change] = Factory(list)
    known: bool = False
    """Whether all that is written to it goes by the VFS; else what it holds is looked up when that matters."""


class Disk:
    """What would be on the platters.

    With a `folder`, the disk is that folder with its entries: a file that was made, renamed or removed is so for good
    only once the folder is synced, and at a cut the latest of such changes may be undone, in the order of a journal.
    Without one, what a file is called always lasts. With `lies`, so many of a hundred syncs do nothing.
    """

    def __init__(self, cut_at: int | None = None, seed: int = 0, *, folder: Path | None = None, lies: int = 0) -> None:
        self._random = random.Random(seed)
        self._quick = self._random.choice((0.4, 0.4, 0.4, 0.98))
        """How much of what isn't synced it has on its platters all the same."""
        self._folder = folder
        self._lies = lies
        self._files: dict[str, _File] = {}
        self._lasting: dict[str, _File] = {}
        self._entries: list[Callable[[dict[str, _File]], object]] = []
        self._cut_at = cut_at
        self.steps = 0
        """How many changes and syncs there have been."""
        self.calls = 0
        """How many calls there have been: the steps and, by a `CountingVFS`, what only reads."""
        self.abandoned = False
        """Set when the machine is gone: what is still written goes nowhere."""
        self.fault: type[apsw.Error] | None = None
        """What every write and sync raises, for as long as it is set."""
        self.fails: tuple[int, type[apsw.Error]] | None = None
        """The one call that fails, and by what."""
        for path in self._there():
            self._files[str(path)] = self._lasting[str(path)] = _File(bytearray(path.read_bytes()))

    def _there(self) -> list[Path]:
        return sorted(path for path in self._folder.iterdir() if path.is_file()) if self._folder else []

    @property
    def cut(self) -> bool:
        """Whether the power is off."""
        return self._cut_at is not None and self.steps >= self._cut_at

    def holds(self, name: str | os.PathLike[str] | None) -> bool:
        """Whether a file of that name is on this disk. The memory that processes share is on none."""
        if name is None or str(name).endswith("-shm") or Path(name).is_dir():
            return False
        return self._folder is None or Path(name).parent == self._folder

    # --- What is called

    def call(self) -> None:
        """Count a call. Raises what it is to fail with."""
        self.calls += 1
        if self.fails and self.calls == self.fails[0]:
            raise self.fails[1]("as the test wants it")

    def step(self) -> None:
        """Count a change or a sync. Raises IOError once the power is off."""
        if self.abandoned:
            return
        self.call()
        if self.fault is not None:
            raise self.fault("as the test wants it")
        if self.cut:
            raise apsw.IOError("the power is off")
        self.steps += 1

    # --- Files

    def open(self, name: str) -> None:
        """From now on the VFS tells of all that is written to this file."""
        if name not in self._files:
            if self._folder is None:  # what is in it is taken for synced, and its name lasts
                content = Path(name).read_bytes() if Path(name).exists() else b""
                self._files[name] = self._lasting[name] = _File(bytearray(content))
            else:
                self.make(name)
        self._files[name].known = True

    def write(self, name: str, data: bytes, offset: int) -> None:
        """Keep a write that isn't synced; at a cut it is done, lost, or torn between sectors."""
        roll = self._random.random()
        if roll < self._quick:
            parts = [(0, data)]
        elif roll < (1 + self._quick) / 2:
            parts = []
        else:
            parts = [sector for sector in _sectors(data) if self._random.random() < 0.5]
        self._files[name].left.append(lambda image: _put(image, offset, parts))
        self._files[name].written.append(lambda image: _put(image, offset, [(0, data)]))

    def truncate(self, name: str, size: int) -> None:
        """Keep a truncation that isn't synced; at a cut it is done or lost."""
        done = self._random.random() < 0.5
        self._files[name].left.append(lambda image: _cut(image, size) if done else None)
        self._files[name].written.append(lambda image: _cut(image, size))

    def sync(self, name: str) -> None:
        """Make everything that was written to the file last; the first sync of a log syncs the folder, too (SQLite)."""
        if self._random.randrange(100) < self._lies:
            return
        file = self._files[name]
        if file.known:
            for change in file.written:
                change(file.synced)
        else:
            file.synced = bytearray(Path(name).read_bytes())
        file.written, file.left = [], []
        if name.endswith(("-wal", "-journal")):
            self.sync_folder()

    # --- The folder's entries

    def make(self, name: str) -> None:
        """A new, empty file."""
        self._files[name] = file = _File()
        self._entries.append(lambda names: names.__setitem__(name, file))

    def rename(self, name: str, new: str) -> None:
        """Give a file another name, and take that from whichever had it."""
        self._files[new] = file = self._files.pop(name)

        def entry(names: dict[str, _File]) -> None:
            names.pop(name, None)
            names[new] = file

        self._entries.append(entry)

    def delete(self, name: str) -> None:
        """Remove the file."""
        self._files.pop(name, None)
        if self._folder is None:
            self._lasting.pop(name, None)
        self._entries.append(lambda names: names.pop(name, None))

    def notice(self) -> None:
        """See which files were made behind the back of all that is watched here: by `open`, say."""
        for path in self._there():
            if str(path) not in self._files and self.holds(path):
                self.make(str(path))

    def sync_folder(self) -> None:
        """Make the folder's entries last."""
        if self._random.randrange(100) < self._lies:
            return
        self.notice()
        for entry in self._entries:
            entry(self._lasting)
        self._entries = []

    def is_known(self, name: str) -> bool:
        """Whether all that is written to a file goes by the VFS."""
        return name in self._files and self._files[name].known

    def of(self, descriptor: int) -> str | None:
        """The name of an open file, "" for the folder itself; None for what is not on this disk."""
        self.notice()
        status = os.fstat(descriptor)
        for name in ("", *self._files):
            try:
                if os.path.samestat(status, (Path(name) if name else self._folder or Path(name)).stat()):
                    return name
            except FileNotFoundError:
                continue
        return None

    def restore(self, folder: Path) -> None:
        """Write into a folder what the disk holds after a cut."""
        self.notice()
        for entry in self._entries[: self._random.randint(0, len(self._entries))]:
            entry(self._lasting)
        names = {id(file): name for name, file in self._files.items()}
        for name, file in self._lasting.items():
            if not file.known and id(file) in names:  # what was written to it since is there by sectors
                self._mix(file.synced, Path(names[id(file)]).read_bytes())
            for change in file.left:
                change(file.synced)
            (folder / Path(name).name).write_bytes(file.synced)

    def _mix(self, synced: bytearray, data: bytes) -> None:
        if bytes(synced) != data:
            if self._random.random() < 0.5:
                _cut(synced, len(data))
            _put(synced, 0, [sector for sector in _sectors(data) if self._random.random() < 0.5])


def _sectors(data: bytes) -> list[tuple[int, bytes]]:
    return [(at, data[at : at + SECTOR]) for at in range(0, len(data), SECTOR)]


def _put(image: bytearray, offset: int, parts: list[tuple[int, bytes]]) -> None:
    for at, data in parts:
        begin = offset + at
        if len(image) < begin + len(data):
            image.extend(bytes(begin + len(data) - len(image)))
        image[begin : begin + len(data)] = data


def _cut(image: bytearray, size: int) -> None:
    del image[size:]


class PowerVFS(apsw.VFS):
    """The machine's own VFS, on a `Disk`. As the `default` it also has what is opened without naming one."""

    def __init__(self, name: str, disk: Disk, *, default: bool = False) -> None:
        self.disk = disk
        super().__init__(name, "unix", makedefault=default)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        return PowerFile(self.disk, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        if self.disk.holds(filename):
            self.disk.step()
            if not self.disk.abandoned:
                self.disk.delete(filename)
                if syncdir:
                    self.disk.sync_folder()
        super().xDelete(filename, syncdir)


class PowerFile(apsw.VFSFile):
    """An open file: all goes through to the real one, and the disk is told."""

    def __init__(self, disk: Disk, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        self._disk = disk
        filename = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._name = filename if disk.holds(filename) else None
        if self._name and not disk.abandoned and flags[0] & apsw.SQLITE_OPEN_READWRITE:
            disk.open(self._name)
        super().__init__("unix", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        if self._name:
            self._disk.step()
            if not self._disk.abandoned:
                self._disk.write(self._name, bytes(data), offset)
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        if self._name:
            self._disk.step()
            if not self._disk.abandoned:
                self._disk.truncate(self._name, newsize)
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802, ARG002
        if self._name:
            self._disk.step()
            if not self._disk.abandoned:
                self._disk.sync(self._name)


class CountingVFS(PowerVFS):
    """Counts what only reads, too, so that it can fail."""

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        self.disk.call()
        return CountingFile(self.disk, name, flags)

    def xAccess(self, pathname: str, flags: int) -> bool:  # noqa: N802
        self.disk.call()
        return super().xAccess(pathname, flags)


class CountingFile(PowerFile):
    """An open file whose reads may fail."""

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        self._disk.call()
        return super().xRead(amount, offset)

    def xFileSize(self) -> int:  # noqa: N802
        self._disk.call()
        return super().xFileSize()


@contextmanager
def without_sqlite(disk: Disk) -> Iterator[None]:
    """Put what this process does to files by `os`, and so by pathlib, on the disk, too."""
    with pytest.MonkeyPatch.context() as context:
        for name in _CALLS:
            context.setattr(os, name, _told(disk, name, getattr(os, name)))
        yield


def _told(disk: Disk, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
    """The same call, which the disk is told of; it may fail before anything is done."""

    def made(path: Any, *arguments: Any, **options: Any) -> Any:
        if disk.abandoned:
            return real(path, *arguments, **options)
        if name in ("rename", "replace") and disk.holds(path):
            disk.notice()
        place = disk.of(path) if isinstance(path, int) else str(path) if disk.holds(path) else None
        made_anew = name == "open" and bool(arguments[0] & os.O_CREAT) and not os.path.lexists(path)
        if place is None or (name == "open" and not made_anew):
            return real(path, *arguments, **options)
        try:
            disk.step()
        except apsw.Error as error:
            number = _ERRORS.get(type(error), errno.EIO)
            raise OSError(number, os.strerror(number), place) from error
        if name == "fsync":
            return disk.sync(place) if place else disk.sync_folder()
        result = real(path, *arguments, **options)
        if made_anew:
            disk.make(place)
        elif name in ("rename", "replace"):
            disk.rename(place, str(arguments[0]))
        elif name in ("unlink", "remove"):
            disk.delete(place)
        elif name == "truncate" and disk.is_known(place):
            disk.truncate(place, arguments[0])
        return result

    return made
