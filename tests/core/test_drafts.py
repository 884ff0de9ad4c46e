"""Drafts are gone when they are done with, and nobody takes another's away."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

from timecode_core.safekeeping.drafts import draft_folder

_KILLED = """
import os, pathlib, sys
from timecode_core.safekeeping.drafts import draft_folder
with draft_folder(pathlib.Path(sys.argv[1])) as folder:
    (folder / "large").write_text("x")
    os._exit(9)
"""


def test_a_draft_is_private_and_gone_afterwards(tmp_path: Path) -> None:
    """With its lock."""
    with draft_folder(tmp_path) as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert list(tmp_path.iterdir()) == []


def test_two_at_once_leave_each_other_alone(tmp_path: Path) -> None:
    """The second comes while the first is at work."""
    with draft_folder(tmp_path) as one:
        (one / "work").write_text("x")
        with draft_folder(tmp_path) as other:
            assert one != other
        assert (one / "work").read_text() == "x"


def test_what_a_kill_has_left_is_cleared_away_by_the_next(tmp_path: Path) -> None:
    """And nothing else that is there."""
    (tmp_path / "draft-of-a-letter.txt").write_text("mine")
    ended = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path)], check=False)
    assert ended.returncode == 9
    assert len(list(tmp_path.iterdir())) == 3
    with draft_folder(tmp_path):
        assert len(list(tmp_path.iterdir())) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["draft-of-a-letter.txt"]


def test_a_lock_without_a_folder_is_cleared_away_too(tmp_path: Path) -> None:
    """As a kill between the two leaves it."""
    left = tmp_path / f"timecode-draft-{'0' * 32}.lock"
    left.touch()
    with draft_folder(tmp_path):
        assert not left.exists()
    assert list(tmp_path.iterdir()) == []


def test_what_is_named_nearly_so_is_left_alone(tmp_path: Path) -> None:
    """It is somebody's: a folder may be named that is not ours."""
    for name in ("draft-novel", "timecode-draft-novel", f"timecode-draft-{'0' * 31}"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "chapter1.txt").write_text("mine")
        (tmp_path / f"{name}.lock").touch()
    before = sorted(tmp_path.rglob("*"))
    with draft_folder(tmp_path):
        pass
    assert sorted(tmp_path.rglob("*")) == before
