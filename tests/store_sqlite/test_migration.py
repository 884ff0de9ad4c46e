"""An older file becomes one of today, or stays what it was."""

from pathlib import Path

import apsw
import pytest
from store_sqlite.power import Disk, PowerVFS
from support.stores import left_as_by_a_kill, make_version_1, times
from timecode_core.errors import StoreError
from timecode_core.event import Event
from timecode_store_sqlite import hold as hold_module
from timecode_store_sqlite.hold import Hold
from timecode_store_sqlite.schema import MIGRATIONS
from timecode_store_sqlite.store import SqliteStore

NEXT = (
    *MIGRATIONS,
    "ALTER TABLE metadata ADD COLUMN note TEXT NOT NULL DEFAULT 'new'; CREATE TABLE more (x TEXT) STRICT",
)
"""The schema of a day to come, seen from which today's is the earlier one."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "t.db"
    store = SqliteStore(path)
    with store.writing() as transaction:
        transaction.insert([Event.of(time=1, entity="a")])
        transaction.set_metadata("key", "value")
    store.close()
    return path


def ask(path: Path, sql: str) -> list[tuple[object, ...]]:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        return list(connection.execute(sql).fetchall())
    finally:
        connection.close()


def test_a_new_file_says_what_it_is(path: Path) -> None:
    """The header tells our files from others', and their version."""
    assert ask(path, "PRAGMA user_version") == [(len(MIGRATIONS),)]
    assert ask(path, "PRAGMA application_id") == [(0x54434F44,)]
    assert ask(path, "PRAGMA journal_mode") == [("wal",)]


def test_an_earlier_file_is_brought_up_to_date_and_a_copy_kept(path: Path) -> None:
    """All of it is still there afterwards, and beside it a copy, 0600, that the earlier version can open."""
    store = SqliteStore(path, migrations=NEXT)
    with store.reading() as reader:
        assert (reader.count(), reader.last()) == (1, Event.of(time=1, entity="a"))
    store.close()
    assert ask(path, "PRAGMA user_version") == [(len(NEXT),)]
    assert ask(path, "SELECT key, value, note FROM metadata") == [("key", "value", "new")]
    copy = path.with_name(f"t.db.v{len(MIGRATIONS)}.backup")
    assert copy.stat().st_mode & 0o777 == 0o600
    with SqliteStore(copy).reading() as reader:
        assert reader.metadata() == {"key": "value"}


def test_a_file_of_today_is_not_copied(path: Path, tmp_path: Path) -> None:
    """Opening what is up to date writes no backup."""
    SqliteStore(path).close()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["t.db", "t.db.lock", "t.db.state"]


def test_earlier_copies_are_kept(path: Path, tmp_path: Path) -> None:
    """A second migration from the same version overwrites no copy."""
    name = f"t.db.v{len(MIGRATIONS)}.backup"
    (tmp_path / name).write_bytes(b"precious")
    SqliteStore(path, migrations=NEXT).close()
    assert (tmp_path / name).read_bytes() == b"precious"
    assert (tmp_path / f"{name}.1").exists()


def test_a_migration_that_fails_changes_nothing(path: Path) -> None:
    """Half a migration is none: the file is as it was, and today's version opens it."""
    with pytest.raises(StoreError, match="no such table"):
        SqliteStore(path, migrations=(*MIGRATIONS, "CREATE TABLE half (x TEXT) STRICT; DROP TABLE no_such_table"))
    assert ask(path, "PRAGMA user_version") == [(len(MIGRATIONS),)]
    assert ask(path, "SELECT name FROM sqlite_schema WHERE name = 'half'") == []
    store = SqliteStore(path)
    with store.reading() as reader:
        assert reader.count() == 1
    store.close()


def test_a_migration_that_keeps_failing_leaves_no_copies(path: Path, tmp_path: Path) -> None:
    """The service tries again and again, and each copy is as large as the database."""
    failing = (*NEXT, "DROP TABLE no_such_table")
    for _ in range(3):
        with pytest.raises(StoreError, match=r"no such table.*timecode restore FILE.*timecode recover"):
            SqliteStore(path, migrations=failing)
    assert {file.name for file in tmp_path.glob("*.backup*")} == {f"t.db.v{len(MIGRATIONS)}.backup"}


def test_a_text_that_is_no_utf8_says_what_helps(path: Path, tmp_path: Path) -> None:
    """A rebuild would meet it just as the migration does."""
    make_version_1(path)
    ask(path, "UPDATE contexts SET project = CAST(x'ff' AS TEXT)")
    with pytest.raises(StoreError, match=r"no UTF-8\. Stop the service: `timecode restore FILE`.*timecode recover"):
        SqliteStore(path)
    assert list(tmp_path.glob("*.backup*")) == []


def ended_by(fault: type[apsw.Error], path: Path) -> str:
    """A migration that is ended by a fault of the disk once its copy is made: what is said of it."""
    disk = Disk()
    _vfs = PowerVFS("failing-in-a-migration", disk)
    with pytest.MonkeyPatch.context() as context:
        context.setattr(Hold, "_write_mark", lambda *_: setattr(disk, "fault", fault))
        with pytest.raises(StoreError) as raised:
            SqliteStore(path, migrations=NEXT, vfs="failing-in-a-migration")
    return str(raised.value)


def test_a_full_disk_keeps_no_copy_of_a_migration_that_it_ended(path: Path, tmp_path: Path) -> None:
    """Else the next try would have less room still."""
    assert "the disk is full" in ended_by(apsw.FullError, path)
    assert list(tmp_path.glob("*.backup*")) == []
    SqliteStore(path, migrations=NEXT).close()


def test_a_copy_stays_where_the_migration_may_have_come_into_the_log(path: Path, tmp_path: Path) -> None:
    """What could not be synced may be found there all the same by the next that opens it."""
    assert "the disk failed" in ended_by(apsw.IOError, path)
    assert [file.name for file in tmp_path.glob("*.backup*")] == [f"t.db.v{len(MIGRATIONS)}.backup"]


def test_any_number_of_copies(path: Path, tmp_path: Path) -> None:
    """A name is found for one more."""
    name = f"t.db.v{len(MIGRATIONS)}.backup"
    for taken in (name, *(f"{name}.{n}" for n in range(1, 1001))):
        (tmp_path / taken).touch()
    SqliteStore(path, migrations=NEXT).close()
    assert (tmp_path / f"{name}.1001").stat().st_size


def test_several_versions_at_once(path: Path, tmp_path: Path) -> None:
    """A file that is far behind goes through every version, with a copy before each."""
    SqliteStore(path, migrations=(*NEXT, "DROP TABLE more")).close()
    assert ask(path, "PRAGMA user_version") == [(len(NEXT) + 1,)]
    copies = {file.name for file in tmp_path.iterdir()} - {"t.db", "t.db.lock", "t.db.state"}
    assert copies == {f"t.db.v{len(MIGRATIONS)}.backup", f"t.db.v{len(NEXT)}.backup"}


@pytest.mark.parametrize("writable", [True, False])
def test_a_newer_file_is_refused(path: Path, writable: bool) -> None:
    """A file of a newer Timecode is left alone, and the message says what opens it."""
    SqliteStore(path, migrations=NEXT).close()
    with pytest.raises(StoreError, match=r"newer Timecode.*Start the newer Timecode"):
        SqliteStore(path, writable=writable)


def test_reading_never_migrates(path: Path) -> None:
    """A reading command says that the service must first bring the file up to date."""
    with pytest.raises(StoreError, match=r"earlier version.*timecode serve"):
        SqliteStore(path, writable=False, migrations=NEXT)
    assert ask(path, "PRAGMA user_version") == [(len(MIGRATIONS),)]


def test_one_that_was_killed_in_its_migration_goes_on(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its log is its own then, though the last service that closed it knew of none."""
    copies = []

    def copied(file: Path) -> None:
        copies.append(left_as_by_a_kill(file, tmp_path / "killed"))

    monkeypatch.setattr(hold_module, "close_to_others", copied)
    SqliteStore(path, migrations=NEXT).close()
    monkeypatch.undo()
    for writable in (False, True):
        store = SqliteStore(copies[0], writable=writable, migrations=NEXT)
        assert times(store) == [1]
        store.close()
