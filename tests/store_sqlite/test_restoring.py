"""A restore that ends after any of its steps leaves the old data or the new, and the next opening completes it."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support.stores import left_as_by_a_kill, make_version_1, times, write
from timecode_core.errors import StoreError
from timecode_store_sqlite import restoring
from timecode_store_sqlite.maintenance import SqliteMaintenance
from timecode_store_sqlite.marker import Marker
from timecode_store_sqlite.settings import SqliteSettings
from timecode_store_sqlite.store import SqliteStore


class Broken(BaseException):
    """The process has ended."""


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A copy with other events."""
    store = SqliteStore(tmp_path / "other.db")
    write(store, 7, 8, 9)
    store.backup(tmp_path / "backup.db")
    store.close()
    return tmp_path / "backup.db"


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    """A database with a log beside it: four events, the last two of them in the log alone."""
    (tmp_path / "living").mkdir()
    living = tmp_path / "living" / "t.db"
    store = SqliteStore(living)
    write(store, 1, 2)
    store.tend()
    write(store, 3, 4)
    path = left_as_by_a_kill(living, tmp_path / "killed")
    store.close()
    assert path.with_name("t.db-wal").stat().st_size
    return path


def restore(path: Path, backup: Path) -> Path | None:
    return SqliteMaintenance(path, SqliteSettings()).restore(backup)


def opened(path: Path) -> list[int]:
    """The times of the events that the next to write finds."""
    store = SqliteStore(path)
    try:
        return times(store)
    finally:
        store.close()


def test_it_keeps_the_old_file_with_its_log(killed: Path, backup: Path) -> None:
    """What is kept can be opened, with all that was acknowledged."""
    kept = restore(killed, backup)
    assert opened(killed) == [7, 8, 9]
    assert kept is not None
    assert opened(kept / "t.db") == [1, 2, 3, 4]
    again = restore(killed, backup)
    assert again is not None
    assert again != kept
    assert opened(again / "t.db") == [7, 8, 9]


def test_what_was_restored_is_not_in_doubt(killed: Path, backup: Path) -> None:
    """It has been looked through, so that the service starts with it at once."""
    restore(killed, backup)
    store = SqliteStore(killed)
    assert store.doubt == ""
    store.close()


def break_off(path: Path, backup: Path, step: int) -> bool:
    """Restore, and end before that step of all that are done to files. False where there are fewer."""
    left = step

    def ending(real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **options: object) -> object:
            nonlocal left
            if left == 0:
                raise Broken
            left -= 1
            return real(*arguments, **options)

        return call

    with pytest.MonkeyPatch.context() as context:
        for place, name in (
            *((Path, name) for name in ("replace", "unlink")),
            *((restoring, name) for name in ("copy", "sync_folder")),
            (Marker, "write"),
        ):
            context.setattr(place, name, ending(getattr(place, name)))
        try:
            restore(path, backup)
        except Broken:
            return True
        return False


@pytest.mark.parametrize("marked", [True, False], ids=["with a marker", "without one"])
def test_broken_off_before_any_step(killed: Path, backup: Path, tmp_path: Path, marked: bool) -> None:
    """What is there is one or the other, to the last event, and goes from the one to the other at one step."""
    if not marked:
        killed.with_name("t.db.state").unlink()
    found = []
    for step in range(100):
        home = shutil.copytree(killed.parent, tmp_path / f"{step}")
        if not break_off(home / "t.db", backup, step):
            break
        found.append(opened(home / "t.db"))
        assert restore(home / "t.db", backup)
        assert opened(home / "t.db") == [7, 8, 9]
    old = found.count([1, 2, 3, 4])
    assert old > 3
    assert len(found) - old > 3
    assert found == [[1, 2, 3, 4]] * old + [[7, 8, 9]] * (len(found) - old)


def test_broken_off_twice_it_is_one_of_them(killed: Path, backup: Path, tmp_path: Path) -> None:
    """A second restore, broken off as well, leaves the first or the second; the service starts with either."""
    other = SqliteStore(tmp_path / "second.db")
    write(other, 5)
    other.backup(tmp_path / "second-backup.db")
    other.close()
    found = set()
    for step in range(100):
        once = shutil.copytree(killed.parent, tmp_path / f"{step}")
        if not break_off(once / "t.db", backup, step):
            break
        if (once / "t.db").read_bytes() == killed.read_bytes():
            continue
        for again in range(100):
            home = shutil.copytree(once, tmp_path / f"{step}-{again}")
            if not break_off(home / "t.db", tmp_path / "second-backup.db", again):
                break
            store = SqliteStore(home / "t.db")
            found.add(tuple(times(store)))
            assert "warning" not in store.health().details, (step, again)
            store.close()
    assert found == {(7, 8, 9), (5,)}


def test_a_restore_that_fails_leaves_no_draft(killed: Path, backup: Path) -> None:
    """It is as large as the database, and the disk may be full."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = {file.name for file in killed.parent.iterdir()}
    with pytest.MonkeyPatch.context() as context:
        context.setattr(shutil, "copyfileobj", full)
        with pytest.raises(StoreError, match="No space left"):
            restore(killed, backup)
    assert {file.name for file in killed.parent.iterdir()} - before <= {"t.db.lock"}
    assert opened(killed) == [1, 2, 3, 4]


def test_a_reader_that_comes_in_the_midst_is_told(killed: Path, backup: Path) -> None:
    """It completes nothing, since it does not write: it says who does."""
    log = killed.with_name("t.db-wal").read_bytes()
    marker = killed.with_name("t.db.state")
    held: list[bytes] = []

    def note(file: Path) -> None:
        held.append(marker.read_bytes())

    with pytest.MonkeyPatch.context() as context:
        context.setattr(restoring, "_part_with_log", note)
        restore(killed, backup)
    marker.write_bytes(held[0])
    assert killed.with_name("t.db-wal").read_bytes() == log
    with pytest.raises(StoreError, match=r"that was broken off\. Start the service"):
        SqliteStore(killed, writable=False)
    assert opened(killed) == [7, 8, 9]


def test_over_a_database_that_is_gone(killed: Path, backup: Path) -> None:
    """Its log is kept: the database may turn up again."""
    database, log = killed.read_bytes(), killed.with_name("t.db-wal").read_bytes()
    killed.unlink()
    kept = restore(killed, backup)
    assert opened(killed) == [7, 8, 9]
    assert kept is not None
    assert (kept / "t.db-wal").read_bytes() == log
    (kept / "t.db").write_bytes(database)
    assert opened(kept / "t.db") == [1, 2, 3, 4]


def test_a_link_that_leads_to_nothing_is_refused(tmp_path: Path, backup: Path) -> None:
    """The disk that has the database may not be mounted."""
    path = tmp_path / "t.db"
    (tmp_path / "disk").mkdir()
    path.symlink_to(tmp_path / "disk" / "t.db")
    with pytest.raises(StoreError, match="Mount the disk"):
        restore(path, backup)
    assert list((tmp_path / "disk").iterdir()) == []


def test_what_a_kill_has_left_goes_with_the_next_opening(killed: Path) -> None:
    """A half of a copy holds what may have to be forgotten."""
    (killed.parent / "t.db.restoring").write_text("half")
    (killed.parent / "t.db.before-restore.half").mkdir()
    (killed.parent / "t.db.before-restore.half" / "t.db").write_text("half")
    assert opened(killed) == [1, 2, 3, 4]
    assert not list(killed.parent.glob("*half")) + list(killed.parent.glob("*restoring"))


def test_what_can_not_be_removed_stops_nobody(killed: Path) -> None:
    """Such as a folder of that name."""
    (killed.parent / "t.db.restoring").mkdir()
    store = SqliteStore(killed)
    assert times(store) == [1, 2, 3, 4]
    store.close()


def test_drafts_that_a_kill_has_left_go_with_the_next_opening(killed: Path) -> None:
    """Those of restores and migrations alone: somebody may be making any other just now."""
    for name in ("restoring", "v1.backup", "v12.backup.3", "mine", "v1.backup.mine"):
        (killed.parent / f".t.db.{name}.timecode-draft").write_text("half")
    (killed.parent / ".t.db.restoring.timecode-draft-journal").write_text("half")
    assert opened(killed) == [1, 2, 3, 4]
    left = {path.name for path in killed.parent.glob(".*")}
    assert left == {".t.db.mine.timecode-draft", ".t.db.v1.backup.mine.timecode-draft"}


def test_into_nothing_and_through_a_link(tmp_path: Path, backup: Path) -> None:
    """A folder is made where it is missing; a link stays one, and leads to what was restored."""
    path = tmp_path / "new" / "t.db"
    assert restore(path, backup) is None
    assert opened(path) == [7, 8, 9]
    elsewhere = tmp_path / "disk"
    elsewhere.mkdir()
    shutil.move(path, elsewhere / "real.db")
    shutil.rmtree(path.parent)
    path.parent.mkdir()
    path.symlink_to(elsewhere / "real.db")
    kept = restore(path, backup)
    assert path.is_symlink()
    assert kept == elsewhere / "real.db.before-restore"
    assert opened(path) == [7, 8, 9]
    assert path.stat().st_mode & 0o777 == 0o600


def test_copies_are_found(killed: Path, backup: Path) -> None:
    """Those of restores and of migrations, and nothing else that lies there."""
    restore(killed, backup)
    restore(killed, backup)
    (killed.parent / "t.db.v1.backup").touch()
    (killed.parent / "t.db.mine").touch()
    (killed.parent / "t.db.recovered").touch()
    found = SqliteMaintenance(killed, SqliteSettings()).copies()
    names = [path.relative_to(killed.parent).as_posix().removeprefix("t.db.before") for path in found]
    assert names == ["-restore/t.db", "-restore.1/t.db", "t.db.recovered", "t.db.v1.backup"]


def test_copies_are_found_beside_a_link_and_beside_what_it_leads_to(tmp_path: Path) -> None:
    """Migrations make theirs beside what it leads to; earlier ones lie beside the link."""
    (tmp_path / "disk").mkdir()
    real, link = tmp_path / "disk" / "real.db", tmp_path / "t.db"
    SqliteStore(real).close()
    make_version_1(real)
    link.symlink_to(real)
    SqliteStore(link).close()
    assert list(tmp_path.glob("*.backup")) == []
    (tmp_path / "t.db.v1.backup.1").touch()
    found = SqliteMaintenance(link, SqliteSettings()).copies()
    assert found == [tmp_path / "disk" / "real.db.v1.backup", tmp_path / "t.db.v1.backup.1"]
