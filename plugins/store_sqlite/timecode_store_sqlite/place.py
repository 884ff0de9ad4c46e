"""The place: whether a file can be a database where it lies."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import apsw
from timecode_core.errors import StoreError
from timecode_core.lock import FileLock

FIRST_SAFE = (3, 51, 3)
"""Before this release two writing connections could corrupt a database while the log is reset."""
NETWORK = frozenset({
    "afs", "beegfs", "ceph", "cifs", "fuse.ceph", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs", "gfs2",
    "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "smb3", "smbfs",
})  # fmt: skip
"""File systems without the shared memory that a write-ahead log needs."""
_ESCAPES = (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\"))
"""How the mount table writes what would end a field."""


def check_place(path: Path, *, writable: bool, mounts: Path = Path("/proc/self/mounts")) -> None:
    """Raise StoreError when SQLite is too old, a file to read is missing, or it lies on a network file system."""
    version = tuple(int(part) for part in apsw.sqlite_lib_version().split("."))
    if version < FIRST_SAFE:
        raise StoreError(
            f"SQLite {apsw.sqlite_lib_version()} can corrupt a database.", remedy="Upgrade: pip install --upgrade apsw"
        )
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise StoreError(
            f"the name {str(path)!a} is not UTF-8, which SQLite needs.",
            remedy="Set TIMECODE_HOME to another folder.",
        ) from error
    if not writable and not _bytes(path):
        raise StoreError(f"there is no database at {path} yet.", remedy="Start the service: timecode serve")
    kind = file_system(path, mounts)
    if kind in NETWORK:
        raise StoreError(
            f"{path} is on a network file system ({kind}), where SQLite loses data.",
            remedy="Set TIMECODE_HOME, or path in [store_sqlite], to a local disk.",
        )


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise StoreError(f"can't read {path}: {error.strerror}.", remedy="Check that its folder is yours.") from error


def file_system(path: Path, mounts: Path) -> str:
    """Name the type of the file system that holds the path, by the mount table; empty where there is none."""
    try:
        table = mounts.read_text(encoding="utf-8", errors="replace")
        resolved = path.resolve()
    except OSError:
        return ""
    best, kind = 0, ""
    for line in table.splitlines():
        fields = line.split(" ")
        if len(fields) > 2:
            point = fields[1]
            for octal, text in _ESCAPES:
                point = point.replace(octal, text)
            if resolved.is_relative_to(point) and len(point) >= best:
                best, kind = len(point), fields[2]
    return kind


def lock_of(path: Path) -> FileLock:
    """The lock of who writes to the file, beside it: two home folders may name one file, and a link leads to it too."""
    file = path.resolve()
    return FileLock(file.with_name(f"{file.name}.lock"), file)


def make_file(path: Path) -> None:
    """Create the file, or take it from everybody else: 0600. Its log gets the same mode from SQLite."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            path.chmod(0o600)
    except OSError as error:
        raise StoreError(
            f"can't write {path}: {error.strerror}.", remedy="Check that it and its folder are yours."
        ) from error
