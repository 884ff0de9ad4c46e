"""A fault of the file system is told with what helps against that very fault."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.server import timecode
from timecode_core.errors import BusyError, SettingsError, StoreError, TimecodeError
from timecode_core.setup.home import Home
from timecode_core.setup.lock import FileLock
from timecode_core.setup.remedies import file_error, remedy_for
from timecode_core.setup.settings import Settings


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


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC])
def test_a_place_that_may_not_be_written_is_changed_for_another_where_there_is_a_way(number: int) -> None:
    error = file_error(TimecodeError, "write", Path("/x"), OSError(number, "no"), elsewhere="Name another.")
    assert (error.remedy == "Name another.") == (number != errno.ENOSPC)


def test_settings_that_cannot_be_read_are_told_with_the_reason(tmp_path: Path) -> None:
    """Mending their text is no remedy for a folder, or for a file where the home folder must be."""
    (tmp_path / "config.toml").mkdir()
    (tmp_path / "file").touch()
    for home, word in ((tmp_path, "It is a folder"), (tmp_path / "file", "not a folder")):
        with pytest.raises(SettingsError, match=word):
            Settings.load(home, {})


@pytest.mark.skipif(os.name != "posix", reason="needs a limit on the size of files")
def test_a_lock_is_held_although_its_holder_cannot_be_written_down(tmp_path: Path) -> None:
    """A full disk must not keep the service from starting, nor let two of them start."""
    path = tmp_path / "timecode.lock"
    code = (
        "import resource, signal, pathlib, sys; from timecode_core.setup.lock import FileLock;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0));"
        "path = pathlib.Path(sys.argv[1]); first = FileLock(path, path); first.acquire('one');"
        "second = FileLock(path, path); second.acquire('two')"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False)
    assert "BusyError" in ended.stderr.splitlines()[-1]
    assert "is being written by another process. Wait until that is done" in ended.stderr


@pytest.mark.skipif(os.name != "posix", reason="needs a limit on the size of files")
def test_a_secret_that_cannot_be_made_is_said_to_be_written(tmp_path: Path) -> None:
    """As on a full disk, at the first start: there is nothing to be read."""
    home = Home(tmp_path / "home")
    home.make()
    code = (
        "import resource, signal, pathlib, sys; from timecode_core.setup.home import Home;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0));"
        "Home(pathlib.Path(sys.argv[1])).secret('token')"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(home.path)], capture_output=True, text=True, check=False)
    assert f"cannot write {home.path / 'token'}: " in ended.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("purpose", "remedy"),
    [
        ("serve on port 1", "Run: timecode stop"),
        ("restore", "Wait until that is done, then try again."),
        ("", "Run `timecode stop`, or wait until that is done."),
    ],
)
def test_who_finds_a_lock_held_is_told_what_ends_its_holder(tmp_path: Path, purpose: str, remedy: str) -> None:
    """Nobody should have to stop a restore, nor to look for how a service is ended."""
    path = tmp_path / "timecode.lock"
    with FileLock(path, path) as first:
        first.acquire(purpose)
        with pytest.raises(BusyError) as caught:
            FileLock(path, path).acquire()
    assert caught.value.remedy == remedy


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
