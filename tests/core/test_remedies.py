"""A fault of the file system is told with what helps against that very fault."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from support.server import timecode
from timecode_core.errors import StoreError, TimecodeError
from timecode_core.home import Home
from timecode_core.lock import FileLock
from timecode_core.remedies import file_error, remedy_for


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (errno.ENOSPC, "space"),
        (errno.EDQUOT, "quota"),
        (errno.EROFS, "only be read"),
        (errno.EACCES, "owns"),
        (errno.EPERM, "owns"),
        (errno.ENOTDIR, "is a file, not a folder"),
        (errno.EISDIR, "is a folder"),
        (errno.ELOOP, "symbolic link"),
        (errno.ENAMETOOLONG, "shorter"),
        (errno.EMFILE, "ulimit -n"),
        (errno.ENFILE, "ulimit -n"),
        (errno.EIO, "disk"),
        (errno.ENOTTY, "Check it"),
    ],
)
def test_each_fault_has_its_remedy(number: int, word: str) -> None:
    """ "Check who owns it" is for those faults alone that the owner can mend."""
    error = file_error(StoreError, "write", Path("/x"), OSError(number, os.strerror(number)))
    assert isinstance(error, StoreError)
    assert word in error.remedy
    assert ("owns" in error.remedy) == (number in (errno.EACCES, errno.EPERM))
    assert str(error).startswith(f"cannot write /x: {os.strerror(number)}. ")


def test_a_fault_without_a_number_has_a_remedy_too() -> None:
    error = OSError("nothing known")
    assert remedy_for(error)
    assert "nothing known" in str(file_error(TimecodeError, "write", Path("/x"), error))


def test_a_home_that_cannot_be_is_told_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path, word in ((tmp_path / "file" / "home", "not a folder"), (tmp_path / ("x" * 300), "shorter path")):
        with pytest.raises(TimecodeError, match=word):
            Home(path).make()


def test_a_lock_that_is_no_file_is_told_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder")
    for name, word in (("folder", "It is a folder"), ("link", "symbolic link")):
        with pytest.raises(TimecodeError, match=word):
            FileLock(tmp_path / name, tmp_path).acquire()


def test_a_file_that_export_cannot_write_is_told_with_the_reason(tmp_path: Path) -> None:
    """No folder there, a folder there, or a file where a folder must be."""
    home = tmp_path / "home"
    assert timecode(home, "demo", "--days", "1", "--no-serve").returncode == 0
    (tmp_path / "file").touch()
    for name, word in (("no/where.csv", "Create its folder"), ("file/x.csv", "not a folder")):
        told = timecode(home / "demo", "export", "csv", "-o", str(tmp_path / name))
        assert told.returncode == 1
        assert word in told.stderr
        assert len(told.stderr.splitlines()) == 1
