"""`timecode recover`: of a damaged database becomes a sound one, and the damaged one stays as it is."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.installations import fresh_home, installation, running, totals
from support.strategies import HOUR
from system.damage import DATABASE, PAGE, answers, build, command, right
from timecode_core.safekeeping.recovering import recover


@pytest.fixture(scope="module")
def base() -> Iterator[Path]:
    with fresh_home() as home:
        build(home)
        yield home


@pytest.fixture
def home(base: Path, tmp_path: Path) -> Path:
    """A home whose database was closed in good order."""
    return Path(shutil.copytree(base, tmp_path / "home", copy_function=shutil.copy2))


def clear(path: Path, first: int, behind: int) -> None:
    """Fill these pages with zeros, counted from 0."""
    with path.open("r+b") as file:
        file.seek(first * PAGE)
        file.write(bytes((behind - first) * PAGE))


def left(folder: Path) -> dict[Path, tuple[bytes, int]]:
    """Every file of a folder with its content and its time."""
    return {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in folder.rglob("*") if file.is_file()}


def taken_into_use(new: Path) -> Path:
    """A home whose database the file is."""
    home = new.parent / "other"
    home.mkdir()
    shutil.copy(new, home / DATABASE)
    return home


def refused(home: Path, *words: str) -> str:
    """The one line in which the command refuses."""
    code, output, errors = command(home, "recover", *words)
    assert (code, output) == (1, "")
    assert len(errors.splitlines()) == 1, errors
    return errors


def test_all_of_a_sound_one(base: Path, home: Path) -> None:
    """The new one answers as the old one did, and adds up. Beside it nothing is left."""
    new = home.with_name("new.db")
    before = left(home)
    code, output, errors = command(home, "recover", str(home / DATABASE), "--into", str(new))
    assert (code, errors) == (0, "")
    assert output.splitlines() == [
        f"Recovered 3,000 events, 83 h 20 m in all, from 2023-11-14 to 2023-12-23, into {new}.",
        "As far as can be told, nothing is lost.",
        f"To put it in the place of your database, stop the service and run: timecode restore {new}",
    ]
    assert left(home) == before
    assert sorted(file.name for file in home.parent.iterdir()) == ["home", "new.db"]
    assert new.stat().st_mode & 0o777 == 0o600
    other = taken_into_use(new)
    assert command(other, "verify")[0] == 0
    assert answers(other) == right(base)


def test_without_a_file_it_is_the_database_of_the_home(base: Path, home: Path) -> None:
    """It is never written where that belongs, be that gone: a restore puts it there."""
    path, new = home / DATABASE, home / f"{DATABASE}.recovered"
    clear(path, 0, 1)
    assert command(home, "recover")[0] == 0
    assert command(home, "restore", str(new))[0] == 0
    assert right(home)[2] == right(base)[2]
    path.unlink()
    assert "is where your database belongs. Name a new file" in refused(home, str(new), "--into", str(path))


def test_through_a_link_it_is_made_beside_what_that_leads_to(home: Path) -> None:
    """There it is found by who forgets something in every copy."""
    path, disk = home / DATABASE, home.with_name("disk")
    disk.mkdir()
    path.rename(disk / "real.db")
    path.symlink_to(disk / "real.db")
    code, output, _ = command(home, "recover")
    new = disk / "real.db.recovered"
    assert (code, output.splitlines()[-1].endswith(f"timecode restore {new}")) == (0, True)
    assert installation(home).maintenance().copies() == [new]


def test_what_a_damaged_one_yields(base: Path, home: Path) -> None:
    """SQLite can't open it any more. What is said to be lost is what the new one lacks, and its totals add up."""
    path = home / DATABASE
    clear(path, 0, 1)
    clear(path, 30, 36)
    before = left(home)
    assert isinstance(answers(home), str)
    code, output, _ = command(home, "recover", str(path))
    new = path.with_name(f"{DATABASE}.recovered")
    assert {file: found for file, found in left(home).items() if file != new} == before
    other = taken_into_use(new)
    assert code == command(other, "verify")[0] == 0
    kept, true = right(other)[2], right(base)[2]
    assert set(kept) < set(true)
    assert (
        output.splitlines()[1] == f"Lost of 3,000 events that the file still counts: {len(true) - len(kept)}, at least."
    )
    assert output.startswith(f"Recovered {len(kept):,} events")


def test_totals_are_those_of_the_settings_of_today(
    home: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """They are computed anew, and what they were computed by is kept with them."""
    new = tmp_path / "new.db"
    made = recover(installation(home, {"keystroke_timeout": 60}), home / DATABASE, new, lambda _done, _all: None)
    with running(taken_into_use(new), {"keystroke_timeout": 60}) as service:
        assert totals(service) == {(): made.credited}
    assert made.credited < 83 * HOUR
    assert "recomputing" not in caplog.text


def test_an_empty_or_foreign_file_is_refused(home: Path) -> None:
    """Nothing is made then."""
    (home / "text").write_text("no database", encoding="utf-8")
    before = left(home)
    assert "no database of Timecode's" in refused(home, str(home / "text"))
    assert "there is no file" in refused(home, str(home / "nowhere.db"))
    assert f"{home} is a folder. Name the damaged database" in refused(home, str(home))
    assert "Create it first" in refused(home, str(home / DATABASE), "--into", str(home / "no" / "new.db"))
    assert left(home) == before


def test_where_no_event_is_left_nothing_is_made(home: Path) -> None:
    """A new one without events would only look like success."""
    path = home / DATABASE
    clear(path, 1, path.stat().st_size // PAGE)
    before = left(home)
    assert "holds no event that can be recovered. Name another copy" in refused(home, str(path))
    assert left(home) == before


def test_no_other_disk_is_needed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it is made where the new one will be; the system's folder for such things may be small, or full."""
    monkeypatch.setattr(tempfile, "tempdir", str(home / "nowhere"))
    assert command(home, "recover", str(home / DATABASE))[0] == 0


def test_nothing_is_written_over(home: Path) -> None:
    """Not even an earlier try."""
    new = home / f"{DATABASE}.recovered"
    new.write_bytes(b"precious")
    assert "exists already. Move it away, or name a new file: --into NEW" in refused(home, str(home / DATABASE))
    assert new.read_bytes() == b"precious"


def test_a_database_in_use_is_refused(home: Path) -> None:
    """The message names who writes to it. A copy of it can be recovered meanwhile."""
    with running(home):
        assert "is being written by timecode" in refused(home, str(home / DATABASE))
        copy = Path(shutil.copy(home / DATABASE, home.parent))
        assert command(home, "recover", str(copy))[0] == 0


@pytest.mark.parametrize("moment", [1, 2, 3])
def test_interrupted_it_leaves_nothing(home: Path, moment: int) -> None:
    """Whether it is reading, storing or checking: no half of a new one, nor what a store keeps beside it."""
    before = left(home.parent)
    told = 0

    def interrupt(_done: int, _all: int) -> None:
        nonlocal told
        told += 1
        if told == moment:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        recover(installation(home), home / DATABASE, home.with_name("new.db"), interrupt)
    assert left(home.parent) == before


def test_a_link_that_leads_to_itself_is_told(home: Path) -> None:
    """In a line, whatever would read what it leads to; a copy can be recovered, and restored once the link is gone."""
    path = home / DATABASE
    copy = Path(shutil.copy(path, home.with_name("copy.db")))
    path.unlink()
    path.symlink_to(path)
    for words in (("today",), ("backup", str(home.with_name("new"))), ("restore", str(copy))):
        code, _, errors = command(home, *words)
        assert (code, len(errors.splitlines())) == (1, 1), errors
        assert "leads back to itself. Remove that link" in errors
    assert "there is no file" in refused(home)
    assert command(home, "recover", str(copy))[0] == 0
    assert installation(home).maintenance().copies() == []


def test_nothing_half_made_lies_where_a_kill_would_leave_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it is in a folder that the next one clears up: what is forgotten later would stay in it."""
    beside: set[str] = set()
    rename = Path.rename

    def noted(path: Path, target: Path) -> Path:
        beside.update(file.name for file in home.parent.iterdir())
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", noted)
    recover(installation(home), home / DATABASE, home.with_name("new.db"), lambda _done, _all: None)
    assert {name for name in beside if not name.startswith("timecode-draft-")} == {"home"}
