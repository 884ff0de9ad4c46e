"""The file: who may read it, what is refused, and what happens when the disk fails."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from store_sqlite.power import Disk, PowerVFS
from timecode_core.aggregation import Aggregation
from timecode_core.errors import QueryError, StoreError, TimecodeError
from timecode_core.event import Event
from timecode_store_sqlite.label_sets import Labels, LabelSets
from timecode_store_sqlite.location import check_location, file_system
from timecode_store_sqlite.settings import SqliteSettings
from timecode_store_sqlite.store import SqliteStore

DAYS = Aggregation("days", ("day",))
PROJECTS = Aggregation("projects", ("day", "project", "entity"))


def write(store: SqliteStore, first: int = 0, count: int = 1, text: str = "") -> None:
    with store.writing() as transaction:
        transaction.insert([Event.of(time=n, entity=f"a{text}") for n in range(first, first + count)])
        transaction.apply(DAYS, {(0,): count})


def count(store: SqliteStore) -> int:
    with store.reading() as reader:
        return reader.count()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# --- Who may read it ---


def test_every_file_is_its_owners_alone(path: Path, tmp_path: Path) -> None:
    """Database, log, shared memory and backup are 0600 whatever the umask."""
    old = os.umask(0)
    try:
        store = SqliteStore(path)
        write(store)
        store.backup(tmp_path / "b.db")
        assert {file.name: mode(file) for file in tmp_path.iterdir()} == dict.fromkeys(
            ("t.db", "t.db-wal", "t.db-shm", "t.db.lock", "t.db.state", "b.db"), 0o600
        )
        store.close()
    finally:
        os.umask(old)


def test_an_open_file_is_closed_to_others(path: Path) -> None:
    """A file that others could read is taken from them when it is opened for writing."""
    SqliteStore(path).close()
    path.chmod(0o644)
    SqliteStore(path).close()
    assert mode(path) == 0o600


def test_names_that_were_deleted_leave_the_file(store: SqliteStore, path: Path, tmp_path: Path) -> None:
    """Once its events and cells are gone, neither a project's name nor a file's is in any file of the store."""
    for secret in ("SecretProject", "SecretFile"):
        assert secret.encode() not in contents(tmp_path)
    events = [Event.of(time=n, entity=f"SecretFile{n}", project="SecretProject", source="http") for n in range(300)]
    kept = Event.of(time=5, entity="kept.py", project="kept")
    with store.writing() as transaction:
        transaction.insert(events)
        transaction.insert([kept])
        transaction.apply(PROJECTS, {(0, each.subject.project, each.subject.entity): 1 for each in [*events, kept]})
    assert b"SecretProject" in contents(tmp_path)
    with store.writing() as transaction:
        transaction.delete(events)
        transaction.apply(PROJECTS, {(0, each.subject.project, each.subject.entity): -1 for each in events})
    for secret in ("SecretProject", "SecretFile"):
        assert secret.encode() not in contents(tmp_path)
    with store.reading() as reader:
        assert reader.values("project") == ["kept"]
        assert list(reader.totals(PROJECTS, (0, 0), ("project",), {})) == [(("kept",), 1)]


def contents(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


# --- What is refused, with what to do about it ---


def test_a_missing_database_is_not_made_by_reading(path: Path) -> None:
    """The message says where it looked and how a database comes to be."""
    with pytest.raises(StoreError, match=r"no database at .*t\.db.*timecode serve"):
        SqliteStore(path, writable=False)
    assert not path.exists()


@pytest.mark.parametrize("writable", [True, False])
def test_a_file_that_is_no_database(path: Path, writable: bool) -> None:
    """A text file is refused and left as it is."""
    path.write_bytes(b"no database at all " * 1000)
    with pytest.raises(StoreError, match=r"t\.db: .*no SQLite database.*restore FILE` puts a backup"):
        SqliteStore(path, writable=writable)
    assert path.read_bytes() == b"no database at all " * 1000


@pytest.mark.parametrize("writable", [True, False])
def test_another_programs_database(path: Path, writable: bool) -> None:
    """A database of somebody else's is refused and left as it is, whether or not it says whose it is."""
    for pragma in ("", "PRAGMA application_id = 7"):
        path.unlink(missing_ok=True)
        with apsw.Connection(str(path)) as connection:
            connection.execute(f"CREATE TABLE theirs (x); {pragma}")
        connection.close()
        before = path.read_bytes()
        with pytest.raises(StoreError, match="another program's"):
            SqliteStore(path, writable=writable)
        assert path.read_bytes() == before


def test_a_damaged_page_is_reported(store: SqliteStore, path: Path) -> None:
    """Damage in the midst of the file is an error that names the file and the way out, and health says so."""
    write(store, count=20_000)
    store.close()
    content = bytearray(path.read_bytes())
    content[8192 : len(content) - 8192] = os.urandom(len(content) - 16384)
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"t\.db: the file is damaged.*restore FILE` puts a backup.*recover` saves"):  # noqa: SIM117
        with SqliteStore(path).reading() as reader:
            reader.scan((-1, b""), 2**60, 10**6)


def test_a_missing_folder_is_reported(tmp_path: Path) -> None:
    """The message names the file and what to check."""
    with pytest.raises(StoreError, match=r"cannot write .*Create its folder first"):
        SqliteStore(tmp_path / "nowhere" / "t.db")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names of files are text")
@pytest.mark.parametrize("writable", [True, False])
def test_a_name_that_is_no_utf_8_is_reported(tmp_path: Path, writable: bool) -> None:
    """SQLite could not be told it."""
    with pytest.raises(StoreError, match="not UTF-8"):
        SqliteStore(tmp_path / os.fsdecode(b"caf\xe9.db"), writable=writable)


def test_the_lock_follows_no_link(path: Path, tmp_path: Path) -> None:
    """It is written to: what a link leads to would be emptied."""
    precious = tmp_path / "precious"
    precious.write_text("thesis", encoding="utf-8")
    path.with_name(f"{path.name}.lock").symlink_to(precious)
    with pytest.raises(TimecodeError, match="cannot open"):
        SqliteStore(path)
    assert precious.read_text(encoding="utf-8") == "thesis"


def test_a_network_file_system_is_refused(tmp_path: Path) -> None:
    """SQLite's log needs shared memory, which network file systems lack: refused before anything is written."""
    mounts = tmp_path / "mounts"
    share = tmp_path / "my share"
    share.mkdir()
    mounts.write_text(f"/dev/sda / ext4 rw 0 0\nserver:/x {str(share).replace(' ', chr(92) + '040')} nfs4 rw 0 0\n")
    assert file_system(tmp_path / "t.db", mounts) == "ext4"
    check_location(tmp_path / "t.db", mounts=mounts)
    with pytest.raises(StoreError, match=r"network file system \(nfs4\).*TIMECODE_HOME"):
        check_location(share / "t.db", mounts=mounts)
    assert file_system(tmp_path, tmp_path / "no table here") == ""


def test_a_sqlite_with_a_known_corruption_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before 3.51.3 two connections could corrupt a database: better no store than a broken one."""
    monkeypatch.setattr(apsw, "sqlite_lib_version", lambda: "3.51.2")
    with pytest.raises(StoreError, match=r"SQLite 3\.51\.2.*Upgrade"):
        SqliteStore(path)


def test_values_that_sqlite_cannot_hold(store: SqliteStore) -> None:
    """Too great an integer, half a character, a duration beyond the bound: StoreError, and nothing stays behind."""
    for event in (
        Event.of(time=2**63, entity="a"),
        Event.of(time=0, entity="a", source="\ud800"),
        Event.of(time=0, duration=3_600_000_001, entity="a"),
    ):
        with pytest.raises(StoreError), store.writing() as transaction:
            transaction.insert([event])
    with store.reading() as reader:
        assert (reader.count(), reader.last(), reader.values("project")) == (0, None, [])


def test_a_failed_write_can_not_be_passed_over(store: SqliteStore) -> None:
    """Who catches a failed write and goes on gets an error in the end, and nothing of the transaction is stored."""
    write(store)
    with pytest.raises(StoreError, match="nothing of its transaction"), store.writing() as transaction:  # noqa: PT012
        transaction.set_metadata("key", "value")
        with pytest.raises(StoreError, match="UNIQUE"):
            transaction.insert([Event.of(time=7, entity="new", project="new"), Event.of(time=0, entity="a")])
    with store.reading() as reader:
        assert (reader.count(), reader.metadata(), reader.values("project")) == (1, {}, [""])
    write(store, 7)
    assert count(store) == 2


def test_names_of_columns_are_not_taken_from_requests(store: SqliteStore) -> None:
    """A column that an aggregation lacks is refused before it comes near to SQL."""
    with store.reading() as reader:
        for column in ("entity", "id", "1; DROP TABLE events", "source"):
            with pytest.raises(QueryError):
                reader.values(column)
            with pytest.raises(QueryError):
                reader.totals(DAYS, (0, 0), (column,), {})
            with pytest.raises(QueryError):
                reader.totals(DAYS, (0, 0), (), {column: ["x"]})


def test_a_changed_definition_must_be_cleared_first(store: SqliteStore) -> None:
    """Cells of other columns under the same name are neither read nor written, but an error that says what to do."""
    changed = Aggregation("days", ("day", "project"))
    write(store)
    with pytest.raises(StoreError, match="timecode rebuild"), store.writing() as transaction:
        transaction.apply(changed, {(0, "p"): 1})
    with pytest.raises(StoreError, match="timecode rebuild"), store.reading() as reader:
        reader.totals(changed, (0, 0), (), {})


# --- Failing disks ---


def on_a_disk(path: Path, name: str) -> tuple[SqliteStore, Disk, PowerVFS]:
    disk = Disk()
    vfs = PowerVFS(name, disk)
    return SqliteStore(path, vfs=name), disk, vfs


def test_a_full_disk_stores_nothing_and_is_got_over(path: Path) -> None:
    """While the disk is full writing is an error and reading goes on; with room again, the same store writes."""
    store, disk, _vfs = on_a_disk(path, "full")
    write(store)
    for _ in range(3):
        disk.fault = apsw.FullError
        with pytest.raises(StoreError, match=r"the disk is full.*Free some space"):
            write(store, 1)
        assert count(store) == 1
        disk.fault = None
    write(store, 1)
    assert count(store) == 2
    store.close()


def test_a_failing_disk_stores_nothing_and_is_got_over(path: Path) -> None:
    """After a failed write or sync the file is opened anew and looked through; then it goes on."""
    store, disk, _vfs = on_a_disk(path, "failing")
    write(store)
    for n in range(1, 4):
        disk.fault = apsw.IOError
        with pytest.raises(StoreError, match="the disk failed"):
            write(store, n)
        with pytest.raises(StoreError):
            write(store, n)
        disk.fault = None
        assert store.health().ok
        assert count(store) == n
        write(store, n)
    assert count(store) == 4
    store.close()
    with SqliteStore(path, writable=False).reading() as reader:
        assert [event.time for event in reader.scan((-1, b""), 9, 9)] == [0, 1, 2, 3]


# --- The log ---


def wal_bytes(path: Path) -> int:
    wal = path.with_name(f"{path.name}-wal")
    return wal.stat().st_size if wal.exists() else 0


def test_the_log_is_bounded(path: Path) -> None:
    """After any commit the log is at most as large as the setting allows, however much was written."""
    store = SqliteStore(path, SqliteSettings(wal_limit_bytes=100_000))
    for n in range(30):
        write(store, n * 1000, 1000, "x" * 50)
        assert wal_bytes(path) <= 100_000
    store.close()
    assert not wal_bytes(path)


def test_a_reader_that_stays_lets_the_log_grow_only_while_it_stays(path: Path) -> None:
    """A reader's view is kept, writing goes on without waiting for it, and the log shrinks after it has gone."""
    store = SqliteStore(path, SqliteSettings(wal_limit_bytes=50_000))
    write(store)
    with store.reading() as reader:
        for n in range(1, 20):
            write(store, n * 1000, 1000)
        assert reader.count() == 1
        assert wal_bytes(path) > 50_000
    write(store, 10**6)
    assert wal_bytes(path) <= 50_000
    store.close()


def test_a_closed_store_is_one_file(path: Path, tmp_path: Path) -> None:
    """Nothing but the database is left behind, and beside it the lock, which nobody holds, and the marker."""
    store = SqliteStore(path)
    write(store)
    store.close()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["t.db", "t.db.lock", "t.db.state"]


def test_labels_are_read_once_by_all_who_read(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that ends forgets no labels: what was committed stays true. Only a write undone is forgotten."""
    read: list[int] = []
    load = LabelSets._labels

    def counted(contexts: LabelSets, number: int) -> Labels:
        read.append(number)
        return load(contexts, number)

    monkeypatch.setattr(LabelSets, "_labels", counted)
    write(store)
    for _ in range(3):
        with store.reading() as reader:
            assert len(reader.scan((-1, b""), 9, 9)) == 1
    assert len(read) == 1
    with pytest.raises(KeyError), store.writing() as transaction:  # noqa: PT012
        transaction.insert([Event.of(time=1, entity="a", project="undone")])
        raise KeyError
    with store.writing() as transaction:
        transaction.insert([Event.of(time=2, entity="a", project="undone")])
    with store.reading() as reader:
        assert [event.subject.project for event in reader.scan((-1, b""), 9, 9)] == ["", "undone"]


# --- Disks that can't be written ---

READ = textwrap.dedent("""
    import os, sys
    from pathlib import Path
    from timecode_store_sqlite.store import SqliteStore
    from timecode_core.errors import TimecodeError
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    try:
        store = SqliteStore(Path(sys.argv[1]), writable=sys.argv[2] == "w")
        with store.reading() as reader:
            print(reader.count())
        store.close()
    except TimecodeError as error:
        print(error)
""")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that another user can reach, unlike pytest's."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def as_a_stranger(path: Path, how: str) -> str:
    """Open the store as somebody who owns nothing of it (root, who is refused nothing, becomes nobody)."""
    command = [sys.executable, "-c", READ, str(path), how]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not done.stderr, done.stderr
    return done.stdout.strip()


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are POSIX")
def test_reading_where_nothing_can_be_written(folder: Path) -> None:
    """A database in a folder that can't be written is read; one with an unfinished log there says what to do."""
    path = folder / "t.db"
    store = SqliteStore(path)
    write(store, count=7)
    shutil.copy(path, folder / "busy.db")
    shutil.copy(f"{path}-wal", folder / "busy.db-wal")
    store.close()
    for file in folder.iterdir():
        file.chmod(0o444)
    folder.chmod(0o555)
    assert as_a_stranger(path, "r") == "7"
    assert sorted(file.name for file in folder.iterdir()) == [
        "busy.db",
        "busy.db-wal",
        "t.db",
        "t.db.lock",
        "t.db.state",
    ]
    assert "Copy the folder to a writable place" in as_a_stranger(folder / "busy.db", "r")
    assert "cannot write" in as_a_stranger(path, "w")


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are POSIX")
def test_a_file_of_somebody_elses(folder: Path) -> None:
    """Without the right to read, the message names the file and what to check."""
    path = folder / "t.db"
    SqliteStore(path).close()
    path.chmod(0)
    assert "t.db" in as_a_stranger(path, "r")
    assert "Check" in as_a_stranger(path, "r")
