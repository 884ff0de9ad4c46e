"""Each command as another user, and on files that one may not reach: a line with a remedy, and nothing is changed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.nobody import BECOME_NOBODY, NOBODY
from support.server import environment, timecode
from system.damage import build

pytestmark = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can be somebody else"
)
AS_NOBODY = f"""
import sys
from timecode_core.cli import main
{BECOME_NOBODY}
main(sys.argv[1:])
"""
COMMANDS = (
    *("backup", "backup {there}/new.db", "restore {there}/copy.db", "recover {home}/timecode.db", "stop", "status"),
    *("forget --project p1 --yes", "rebuild", "service status", "logs", "demo --no-serve --days 1", "keys new x"),
)


SAID = ("belongs to the user with the number 0", "Check who owns it", "Check that it and its folder are yours")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that anybody may enter, with a home of root's."""
    with tempfile.TemporaryDirectory() as one:
        Path(one).chmod(0o755)
        build(Path(one, "home"))
        yield Path(one)


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", AS_NOBODY, *words], env=environment(home), capture_output=True, text=True, check=False
    )


def seen(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Every file with its owner, size and time."""
    found = {}
    for path in folder.rglob("*"):
        status = path.stat()
        found[str(path)] = (status.st_uid, status.st_size, status.st_mtime_ns)
    return found


@pytest.mark.parametrize("mode", [0o700, 0o755], ids=oct)
@pytest.mark.parametrize("words", COMMANDS)
def test_in_the_home_of_another_user(folder: Path, words: str, mode: int) -> None:
    """It says whose it is, or what can't be read."""
    home = folder / "home"
    home.chmod(mode)
    before = seen(folder)
    ended = run(home, *words.format(home=home, there=folder).split())
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert len(ended.stderr.splitlines()) == 1, ended.stderr
    assert any(one in ended.stderr for one in SAID), ended.stderr
    assert seen(folder) == before


@pytest.fixture(scope="module")
def of_nobody(folder: Path) -> Path:
    """A home of nobody's, whole."""
    home = folder / "of-nobody"
    build(home)
    given_away(home)
    return home


def given_away(home: Path) -> None:
    for one in (home, *home.rglob("*")):
        os.chown(one, NOBODY, NOBODY)


@pytest.mark.parametrize("words", [*COMMANDS, "today", "verify", "export csv", "backup {there}/roots.db"])
def test_root_makes_nothing_in_the_home_of_another_user(folder: Path, of_nobody: Path, words: str) -> None:
    """Its owner could not use that any more."""
    ended = timecode(of_nobody, *words.format(home=of_nobody, there=folder).split())
    assert (ended.returncode, len(ended.stderr.splitlines())) == (1, 1), ended.stdout + ended.stderr
    assert f"belongs to the user with the number {NOBODY}" in ended.stderr
    assert {path.stat().st_uid for path in of_nobody.rglob("*")} == {NOBODY}


def test_doctor_says_whose_it_is(folder: Path) -> None:
    """As a fault, and nothing of what it can't see."""
    (folder / "home").chmod(0o755)
    ended = run(folder / "home", "doctor", "--quick")
    assert ended.returncode == 4, ended.stderr
    assert "belongs to the user with the number 0" in ended.stdout
    assert "not running" not in ended.stdout


@pytest.mark.parametrize(
    "words", ["backup {closed}/new.db", "restore {closed}/copy.db", "recover {closed}/x.db", "backup /tmp/" + "x" * 300]
)
def test_a_file_that_one_may_not_reach(folder: Path, words: str) -> None:
    """In a home of one's own."""
    closed, own = folder / "closed", folder / "own"
    for path, owner in ((closed, 0), (own, NOBODY)):
        if not path.exists():
            build(own) if owner else path.mkdir(mode=0o700)
            if owner:
                given_away(own)
    ended = run(own, *words.format(closed=closed).split())
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert len(ended.stderr.splitlines()) == 1, ended.stderr
    assert "Permission denied" in ended.stderr or "too long" in ended.stderr, ended.stderr
    assert "draft" not in ended.stderr, "of which nobody knows"


def test_backups_that_one_may_not_read_are_not_passed_over(folder: Path) -> None:
    """What was forgotten may be in them."""
    own = folder / "own-too"
    build(own)
    given_away(own)
    (own / "backups").mkdir(mode=0o700)
    ended = run(own, "forget", "--project", "p1", "--yes", "--backups")
    assert ended.returncode == 1, ended.stdout
    assert "cannot read" in ended.stderr
    assert "backups" in ended.stderr
