"""The home folder belongs to its owner alone, however it came to be, and its faults are told in a line."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from timecode_core.errors import TimecodeError
from timecode_core.home import Home


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
