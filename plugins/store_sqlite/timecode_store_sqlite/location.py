"""The location: whether a file can be a database where it lies."""

from __future__ import annotations

import errno
import os
import shlex
import stat
from contextlib import suppress
from pathlib import Path

import apsw
from timecode_core import NothingYetError, StoreError, file_error

from timecode_store_sqlite.log import log_of, memory_of

FIRST_SAFE = (3, 51, 3)
"""Before this release two writing connections could corrupt a database while the log is reset."""
SHARED = frozenset({
    "9p", "acfs", "afpfs", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "davfs2", "drvfs", "fakeowner", "fhgfs",
    "fuse", "gfs", "gfs2", "glusterfs", "gpfs", "lifs", "lustre", "mfs", "ncp", "ncpfs", "nfs", "nfs3", "nfs4", "ocfs2",
    "orangefs", "osxfs", "panfs", "prl_fs", "pvfs2", "shfs", "smb2", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs",
    "webdav", "webdavfs", "wekafs", "wslfs", "xtreemfs",
})  # fmt: skip
"""File systems of a network, or of a machine around this one: without the shared memory that a log needs.

Bare `fuse` is how davfs2 and others that don't say what they are appear.
"""
SHARED_BY_FUSE = frozenset({
    "afp", "alluxio", "alluxio-fuse", "blobfuse", "blobfuse2", "ceph-fuse", "cephfs", "cosfs", "curlftpfs",
    "cvmfs2", "dropbox", "gcsfuse", "geesefs", "google-drive-ocamlfuse", "goofys", "grpcfuse", "gvfsd-fuse",
    "httpfs", "ipfs", "jmtpfs", "juicefs", "kio-fuse", "lizardfs", "moosefs", "mountpoint-s3", "onedrive",
    "onedriver", "ossfs", "ossfs2", "pcloud.fs", "portal", "prl_fsd", "rclone", "s3backer", "s3fs", "s3ql",
    "seaweedfs", "simple-mtpfs", "smbnetfs", "sshfs", "vmhgfs-fuse", "weed",
})  # fmt: skip
"""The same in user space: the mount table shows them as `fuse.NAME`, and a name may carry the address behind it."""
MOUNTS = Path("/proc/self/mounts")
"""The mount table, where the system has one there."""
_ESCAPES = (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\"))
"""How the mount table writes what would end a field."""


def check_location(path: Path, *, mounts: Path = MOUNTS) -> None:
    """Raise StoreError when SQLite is too old, can't be told the name, or it leads to nothing or another machine."""
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
    check_link(path)
    kind = file_system(path, mounts)
    if is_shared(kind):
        raise StoreError(
            f"{path} is on a network file system ({kind}) or another machine's, where SQLite loses data.",
            remedy="Set TIMECODE_HOME, or path in [store_sqlite], to a local disk.",
        )


def is_shared(kind: str) -> bool:
    """Whether more than this machine's kernel may hold the files of such a file system."""
    name = kind.lower().removeprefix("fuse.").partition("#")[0]
    return name in SHARED or name in SHARED_BY_FUSE


def check_readable(path: Path) -> None:
    """Raise StoreError for a file to read that is not there."""
    try:
        there = path.stat().st_size > 0
    except FileNotFoundError:
        there = False
    except OSError as error:
        raise file_error(StoreError, "read", path, error) from error
    if not there:
        raise NothingYetError(f"there is no database at {path} yet.", remedy="Start the service: timecode serve")


def file_system(path: Path, mounts: Path) -> str:
    """Name the type of the file system that holds the path, by the mount table; empty where there is none."""
    try:
        table = mounts.read_text(encoding="utf-8", errors="replace")
        resolved = path.resolve()
    except OSError:
        return ""
    above = {str(folder) for folder in (resolved, *resolved.parents)}
    best, kind = 0, ""
    for line in table.splitlines():
        fields = line.split(" ")
        if len(fields) > 2:
            point = fields[1]
            for octal, text in _ESCAPES:
                point = point.replace(octal, text)
            if point in above and len(point) >= best:
                best, kind = len(point), fields[2]
    return kind


def check_names(path: Path) -> None:
    """Raise StoreError for what is no file, and for one with a second name: SQLite keeps a log beside each of them."""
    try:
        status = path.stat()
    except OSError as error:
        raise file_error(StoreError, "read", path, error) from error
    if not stat.S_ISREG(status.st_mode):
        raise StoreError(
            f"{path} is no file.",
            remedy="Move it away, and put the database back; or run `timecode restore FILE`, with a backup.",
        )
    if status.st_nlink > 1:
        find = f"find / -xdev -samefile {shlex.quote(str(path))}"
        raise StoreError(
            f"{path} has a second name (a hard link), by which another process could write to it.",
            remedy=f"Remove the other name (find it: {find}), or copy the file.",
        )


def check_link(path: Path) -> None:
    """Raise StoreError for a link that leads to nothing, which may come back, or to itself."""
    try:
        path.stat()
    except FileNotFoundError as error:
        if path.is_symlink():
            raise StoreError(
                f"{path} leads to {path.readlink()}, which is not there.",
                remedy="Mount the disk that has it; or remove the link, to begin with an empty database.",
            ) from error
    except OSError as error:  # any other is told by who opens it
        if error.errno == errno.ELOOP:
            raise StoreError(f"{path} is a link that leads back to itself.", remedy="Remove that link.") from error


def make_file(path: Path) -> None:
    """Create the file where there is none: 0600. Its log gets the same mode from SQLite. Raises StoreError."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise file_error(StoreError, "write", path, error) from error


def close_to_others(file: Path) -> None:
    """Take a database of ours, and what lies beside it, from everybody else."""
    for name in (file, log_of(file), memory_of(file)):
        with suppress(FileNotFoundError):
            if stat.S_IMODE(name.stat().st_mode) & 0o077:
                name.chmod(0o600)
