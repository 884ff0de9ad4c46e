"""A disk whose power can be cut: an APSW VFS that knows what was synced and what was only written."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import apsw

SECTOR = 512
"""What a disk writes whole, in bytes."""

Change = Callable[[bytearray], None]


class Disk:
    """What would be on the platters: for each file its synced bytes, and the changes since, not yet synced."""

    def __init__(self, cut_at: int | None = None, seed: int = 0) -> None:
        self._random = random.Random(seed)
        self._synced: dict[str, bytearray] = {}
        self._written: dict[str, list[Change]] = {}
        self._left: dict[str, list[Change]] = {}  # of what was written, that which a cut now would leave
        self._cut_at = cut_at
        self.steps = 0
        """How many writes, truncations and syncs there have been."""
        self.abandoned = False
        """Set when the machine is gone: what is still written goes nowhere."""
        self.fault: type[apsw.Error] | None = None
        """What every write and sync raises, for as long as it is set."""

    @property
    def cut(self) -> bool:
        """Whether the power is off."""
        return self._cut_at is not None and self.steps >= self._cut_at

    def open(self, name: str) -> None:
        """Take what is in a file before it is first opened for synced."""
        if name not in self._synced:
            path = Path(name)
            self._synced[name] = bytearray(path.read_bytes() if path.exists() else b"")
            self._written[name], self._left[name] = [], []

    def step(self) -> None:
        """Count one operation. Raises IOError once the power is off."""
        if self.abandoned:
            return
        if self.fault is not None:
            raise self.fault("as the test wants it")
        if self.cut:
            raise apsw.IOError("the power is off")
        self.steps += 1

    def write(self, name: str, data: bytes, offset: int) -> None:
        """Keep a write that isn't synced; at a cut it is done, lost, or torn between sectors."""
        roll = self._random.random()
        if roll < 0.4:
            parts = [(0, data)]
        elif roll < 0.7:
            parts = []
        else:
            sectors = [(at, data[at : at + SECTOR]) for at in range(0, len(data), SECTOR)]
            parts = [sector for sector in sectors if self._random.random() < 0.5]
        self._left[name].append(lambda image: _put(image, offset, parts))
        self._written[name].append(lambda image: _put(image, offset, [(0, data)]))

    def truncate(self, name: str, size: int) -> None:
        """Keep a truncation that isn't synced; at a cut it is done or lost."""
        done = self._random.random() < 0.5
        self._left[name].append(lambda image: _cut(image, size) if done else None)
        self._written[name].append(lambda image: _cut(image, size))

    def sync(self, name: str) -> None:
        """Make everything that was written to the file last."""
        for change in self._written[name]:
            change(self._synced[name])
        self._written[name], self._left[name] = [], []

    def delete(self, name: str) -> None:
        """Remove the file."""
        for files in (self._synced, self._written, self._left):
            files.pop(name, None)

    def restore(self, folder: Path) -> None:
        """Write into a folder what the disk holds after a cut."""
        for name, image in self._synced.items():
            for change in self._left[name]:
                change(image)
            (folder / Path(name).name).write_bytes(image)


def _put(image: bytearray, offset: int, parts: list[tuple[int, bytes]]) -> None:
    for at, data in parts:
        begin = offset + at
        if len(image) < begin + len(data):
            image.extend(bytes(begin + len(data) - len(image)))
        image[begin : begin + len(data)] = data


def _cut(image: bytearray, size: int) -> None:
    del image[size:]


class PowerVFS(apsw.VFS):
    """The machine's own VFS, on a `Disk`."""

    def __init__(self, name: str, disk: Disk) -> None:
        self._disk = disk
        super().__init__(name, "")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        return PowerFile(self._disk, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        self._disk.step()
        self._disk.delete(filename)
        super().xDelete(filename, syncdir)


class PowerFile(apsw.VFSFile):
    """An open file: all goes through to the real one, and the disk is told."""

    def __init__(self, disk: Disk, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        self._disk = disk
        self._name = name.filename() if isinstance(name, apsw.URIFilename) else name
        if self._name:
            disk.open(self._name)
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._disk.step()
        if self._name and not self._disk.abandoned:
            self._disk.write(self._name, bytes(data), offset)
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        self._disk.step()
        if self._name and not self._disk.abandoned:
            self._disk.truncate(self._name, newsize)
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802, ARG002
        self._disk.step()
        if self._name and not self._disk.abandoned:
            self._disk.sync(self._name)
