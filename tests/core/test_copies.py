"""What is forgotten is found in every copy and taken out of each, whoever else makes, moves or removes one."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.installations import installation, running
from support.server import environment
from system.damage import command
from timecode_core.commands.progress import progress_bar
from timecode_core.erasure import Erasure
from timecode_core.safekeeping import backups
from timecode_core.safekeeping.backups import Backups
from timecode_core.safekeeping.copies import Copy, search

_LEFT = """
import os, pathlib, sys
from timecode_core.safekeeping.drafts import draft_folder
with draft_folder(pathlib.Path(sys.argv[1])) as folder:
    (folder / "timecode.db").write_text("secret")
    os._exit(9)
"""
NOON = int(datetime(2025, 1, 1, 12, tzinfo=UTC).timestamp())
SECRET = Erasure(projects=("secret",))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """With three events of a project `secret`, and ten of another."""
    with running(tmp_path / "home") as service:
        work = [{"time": NOON + n * 60, "entity": "a", "project": "secret" if n < 3 else "open"} for n in range(13)]
        service.submit(work, "test")
    return tmp_path / "home"


def backed_up(home: Path, count: int = 1) -> list[Path]:
    """Make backups; the newest comes first."""
    for _ in range(count):
        assert command(home, "backup")[0] == 0
    return [backup.path for backup in backups.kept(home / "backups")]


def found(home: Path, *, rewrite: bool = False) -> list[Copy]:
    """What all copies hold of `secret`."""
    return [*search(installation(home), SECRET, NOON * 1_000_000, progress_bar, rewrite=rewrite)]


def test_each_is_rewritten_and_holds_none_of_it_afterwards(home: Path) -> None:
    two = backed_up(home, 2)
    assert [(one.path, one.found.events, one.error) for one in found(home)] == [(path, 3, None) for path in two]
    assert [one.found.events for one in found(home, rewrite=True)] == [3, 3]
    assert [one.found.events for one in found(home)] == [0, 0]


def test_any_name_is_looked_into_and_so_is_the_folder_of_before(home: Path, tmp_path: Path) -> None:
    """What somebody has put beside them, packed or not; other files are nobody's affair."""
    backed_up(home)
    assert command(home, "backup", str(home / "backups" / "before-the-trip.db"))[0] == 0
    (home / "backups" / "list.txt").write_text("secret")
    (home / "config.toml").write_text(f"[backups]\nfolder = '{tmp_path / 'new'}'\n", encoding="utf-8")
    assert command(home, "backup")[0] == 0
    code, output, errors = command(home, "forget", "--project", "secret", "--yes", "--backups")
    assert (code, errors, output.count("forgotten 3 events")) == (0, "", 3)


def test_a_project_that_loses_events_without_time_is_named(home: Path) -> None:
    """Nobody says yes to what was not shown."""
    with running(home) as service:
        service.submit([{"time": NOON + 86_400, "entity": "a", "project": "alone"}], "test")
    _, output, errors = command(home, "forget", "--from", "2025-01-01", "--to", "2025-01-02")
    assert "0 s  alone" in output
    assert errors == "timecode: there is no terminal to ask on: nothing was forgotten. Add --yes."


def test_totals_of_other_settings_are_made_anew(home: Path) -> None:
    """Whoever goes back to them, and to the backup, finds what adds up."""
    with running(home) as service:
        projects = ("open", "secret", "open")
        work = [{"time": NOON + 86_400 + n * 300, "entity": "a", "project": one} for n, one in enumerate(projects)]
        service.submit(work, "test")
    (path,) = backed_up(home)
    (home / "config.toml").write_text("[core]\nkeystroke_timeout = 60\n", encoding="utf-8")
    assert command(home, "rebuild")[0] == 0
    assert "forgotten 4 events" in command(home, "forget", "--project", "secret", "--yes", "--backups")[1]
    (home / "config.toml").unlink()
    code, _, errors = command(home, "restore", str(path))
    assert (code, errors) == (0, "")
    with running(home):
        assert command(home, "verify")[0] == 0


def test_one_that_goes_meanwhile_costs_the_others_nothing(home: Path) -> None:
    """It holds nothing any more."""
    first, second, third = backed_up(home, 3)
    going = search(installation(home), SECRET, NOON * 1_000_000, progress_bar, rewrite=True)
    assert next(going).path == first
    second.unlink()
    assert [(one.path, one.found.events, one.error) for one in going] == [(third, 3, None)]


def test_one_that_is_damaged_costs_the_others_nothing(home: Path) -> None:
    """It may hold anything, and that is told."""
    two = backed_up(home, 2)
    two[0].write_bytes(two[0].read_bytes()[:-1000])
    damaged, sound = found(home, rewrite=True)
    assert damaged.error
    assert "is damaged" in str(damaged.error)
    assert (sound.error, sound.found.events) == (None, 3)


def test_a_link_goes_on_leading_to_what_it_led_to(home: Path, tmp_path: Path) -> None:
    """That is what is rewritten."""
    (path,) = backed_up(home)
    elsewhere = path.rename(tmp_path / "elsewhere.gz")
    path.symlink_to(elsewhere)
    assert [one.found.events for one in found(home, rewrite=True)] == [3]
    assert path.is_symlink()
    assert path.resolve() == elsewhere
    assert [one.found.events for one in found(home)] == [0]


def test_what_a_kill_has_left_is_no_copy_any_more(home: Path) -> None:
    """Neither in the home nor among the backups."""
    backed_up(home)
    for place in (home, home / "backups"):
        assert subprocess.run([sys.executable, "-c", _LEFT, str(place)], check=False).returncode == 9
    found(home)
    assert not list(home.rglob("timecode-draft-*"))


def test_none_is_made_meanwhile(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that was begun before would come to hold what was forgotten. Each says who is at it."""
    monkeypatch.setattr(backups, "_PATIENCE_S", 0.2)
    one = installation(home)
    with Backups(one.home, one.settings.backups, one.maintenance()).alone():
        for words in (["backup"], ["backup", str(home.with_name("b.gz"))], ["forget", "--project", "secret", "--yes"]):
            code, output, errors = command(home, *words)
            assert (code, len(errors.splitlines())) == (1, 1), errors
            assert "is being written by timecode backup (process" in errors
        assert "Forgotten: 3 events." in output
        assert errors.endswith("Give the same command again once that is done.")
    assert not (home / "backups").exists()
    assert command(home, "backup")[0] == 0


def test_one_that_is_being_made_is_waited_for(home: Path) -> None:
    """By the one command that is given, as the service gives its own up."""
    backed_up(home)
    program = (
        "import pathlib, sys, time; from support.installations import installation;"
        "from timecode_core.safekeeping.backups import Backups; one = installation(pathlib.Path(sys.argv[1]));"
        "held = Backups(one.home, one.settings.backups, one.maintenance()).alone(); held.__enter__();"
        "print(flush=True); time.sleep(1)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(home)], env=environment(home), stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        other.stdout.readline()
        assert [one.found.events for one in found(home)] == [3]


def test_another_homes_backups_are_left_alone(home: Path, tmp_path: Path) -> None:
    """Two homes with one folder would thin out each other's; the second to come is told so."""
    folder = tmp_path / "shared"
    other = tmp_path / "other"
    for one in (home, other):
        with running(one) as service:
            service.submit([{"time": NOON, "entity": "b", "project": "secret"}], "test")
        (one / "config.toml").write_text(f"[backups]\nfolder = '{folder}'\n", encoding="utf-8")
    assert command(home, "backup")[0] == 0
    code, _, errors = command(other, "backup")
    assert code == 1
    assert f"the backups in {folder} are another home's. Choose another folder" in errors
    assert len(backups.kept(folder)) == 1
    code, output, errors = command(other, "forget", "--project", "secret", "--yes", "--backups")
    assert (code, output.count("forgotten")) == (1, 0)
    assert f"{folder} could not be looked into: the backups in {folder} are another home's" in errors
    (folder / "timecode-home").unlink()
    assert command(other, "backup")[0] == 0
    assert command(home, "backup")[0] == 1
