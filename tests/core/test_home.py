"""The home folder belongs to its owner alone, however it came to be, and its faults are told in a line."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from timecode_core.errors import TimecodeError
from timecode_core.setup.home import Home


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_folder_and_a_token_made_by_hand_are_closed_to_others(tmp_path: Path) -> None:
    """`mkdir` and an editor leave them readable; the next start does not."""
    home = Home(tmp_path / "home")
    home.path.mkdir(mode=0o755)
    token = home.path / "token"
    token.write_text("secret\n", encoding="utf-8")
    token.chmod(0o644)
    home.make()
    assert home.secret("token") == "secret"
    assert (_mode(home.path), _mode(token)) == (0o700, 0o600)


def test_a_folder_that_others_use_or_that_holds_other_things_is_left_as_it_is(tmp_path: Path) -> None:
    """`TIMECODE_HOME=/tmp` must not close it to everybody else."""
    shared, used = tmp_path / "shared", tmp_path / "used"
    shared.mkdir()
    shared.chmod(0o1777)
    used.mkdir(mode=0o755)
    (used / "thesis.tex").touch()
    for folder, mode in ((shared, 0o1777), (used, 0o755)):
        with pytest.raises(TimecodeError, match="an empty folder of yours"):
            Home(folder).make()
        assert _mode(folder) == mode
        assert not (folder / ".gitignore").exists()
    (used / "config.toml").touch()
    Home(used).make()
    assert _mode(used) == 0o700


def test_a_secret_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    """Whoever asks later gets the same."""
    home = Home(tmp_path / "home")
    first = home.secret("token")
    assert home.secret("token") == first
    assert (_mode(home.path), _mode(home.path / "token")) == (0o700, 0o600)


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe\x00"])
def test_a_secret_that_cannot_be_one_is_told(tmp_path: Path, content: bytes) -> None:
    """With what to do about it; an empty token would let everybody in."""
    home = Home(tmp_path)
    (tmp_path / "token").write_bytes(content)
    with pytest.raises(TimecodeError, match="Remove it"):
        home.secret("token")


@pytest.mark.parametrize("there", [True, False])
def test_a_secret_that_is_a_link_is_refused_and_not_followed(tmp_path: Path, there: bool) -> None:
    """What it leads to is neither read nor closed to others nor made."""
    elsewhere = tmp_path / "elsewhere"
    if there:
        elsewhere.write_text("0b0e0a52-0000-4000-8000-000000000000\n", encoding="utf-8")
        elsewhere.chmod(0o644)
    home = Home(tmp_path / "home")
    home.make()
    (home.path / "token").symlink_to(elsewhere)
    with pytest.raises(TimecodeError, match="is a link"):
        home.secret("token")
    assert elsewhere.exists() == there
    assert not there or _mode(elsewhere) == 0o644


def test_a_home_of_nobody_is_told() -> None:
    """A user that does not exist has no folder."""
    with pytest.raises(TimecodeError, match="Set TIMECODE_HOME"):
        Home.find({"TIMECODE_HOME": "~no-such-user-here/x"})


@pytest.mark.parametrize("user", ["rel", "", "./x", "~"])
@pytest.mark.parametrize("named", ["", "~", "~/timecode"])
def test_a_relative_home_is_told(user: str, named: str) -> None:
    """It would be another folder wherever a command is run."""
    with pytest.raises(TimecodeError, match=r"HOME is .*Set HOME to your home folder"):
        Home.find({"HOME": user, "TIMECODE_HOME": named})


def test_a_folder_named_by_hand_needs_no_home(tmp_path: Path) -> None:
    """TIMECODE_HOME may be relative to the folder at hand."""
    assert Home.find({"HOME": "rel", "TIMECODE_HOME": str(tmp_path)}).path == tmp_path
    assert Home.find({"HOME": "rel", "TIMECODE_HOME": "x"}).path == Path.cwd() / "x"


def test_a_folder_that_is_refused_is_refused_with_what_is_in_it(tmp_path: Path) -> None:
    """The first few names: one may be a file that nobody knew of, and none may steer the terminal."""
    used = tmp_path / "used"
    used.mkdir(mode=0o755)
    (used / "thesis\x1b.tex").touch()
    with pytest.raises(TimecodeError, match=r"not Timecode's alone: it holds 'thesis\\x1b.tex'\. Set"):
        Home(used).make()
    for name in ("a", "b", "c"):
        (used / name).touch()
    with pytest.raises(TimecodeError, match=r"it holds 'a', 'b', 'c' and 1 more\. Set"):
        Home(used).make()


@pytest.mark.parametrize(
    "name",
    [
        *("timecode.db", "timecode.db-wal", "timecode.db.lock", "timecode.db.state", "timecode.lock", "token"),
        *("machine_id", "config.toml", "hash_key", "service.json", "keys.json", "sessions.json"),
    ],
)
def test_a_folder_with_a_file_of_ours_is_ours_whatever_else_it_holds(tmp_path: Path, name: str) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    for each in (name, "notes.txt"):
        (home / each).touch()
    Home(home).make()
    assert _mode(home) == 0o700


def test_what_systems_leave_behind_and_folders_made_beforehand_are_no_hindrance(tmp_path: Path) -> None:
    """A Finder has looked into it, it is the root of a disk, or somebody has put a plugin there already."""
    home = tmp_path / "home"
    (home / "plugins").mkdir(parents=True)
    home.chmod(0o755)
    for name in (".DS_Store", "desktop.ini", "lost+found", ".gitignore"):
        (home / name).touch()
    Home(home).make()
    assert _mode(home) == 0o700
