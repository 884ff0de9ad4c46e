"""The store writes into what its path names, or not at all; nobody else writes to it by another name."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from support.stores import somebody_reading, times, write
from timecode_core.errors import BusyError, StoreError
from timecode_core.event import Event
from timecode_store_sqlite import hold as hold_module, location
from timecode_store_sqlite.location import is_shared
from timecode_store_sqlite.settings import SqliteSettings
from timecode_store_sqlite.store import SqliteStore


@pytest.fixture
def store(store: SqliteStore) -> SqliteStore:
    """With an event in it."""
    write(store, 1)
    return store


def test_a_removed_database_is_not_written_to_nor_read(store: SqliteStore, path: Path) -> None:
    """Nothing is made in its place; put back, it is taken up after it was opened anew."""
    path.rename(path.with_name("away"))
    for _ in range(2):
        with pytest.raises(StoreError, match=r"t\.db is gone, so that nothing is stored"):
            write(store, 2)
        with pytest.raises(StoreError, match="is gone"):
            times(store)
        with pytest.raises(StoreError, match="is gone"):
            store.reopen()
    assert not store.health().ok
    assert "is gone" in store.tend()
    assert not path.exists()
    path.with_name("away").rename(path)
    store.reopen()
    assert store.doubt != ""
    assert store.tend() == ""
    write(store, 2)
    assert times(store) == [1, 2]


def test_an_emptied_database_is_not_begun_anew(store: SqliteStore, path: Path) -> None:
    """What the log still holds is not thrown away for an empty database."""
    os.truncate(path, 0)
    with pytest.raises(StoreError, match="another program has changed"):
        write(store, 2)
    for _ in range(2):
        with pytest.raises(StoreError, match="gone or empty"):
            store.reopen()
    assert path.stat().st_size == 0


def test_another_database_in_its_place_is_opened_as_another(store: SqliteStore, path: Path, tmp_path: Path) -> None:
    """Its content is what is read then, its log nobody else's, and what one knew of the other is forgotten."""
    other = SqliteStore(tmp_path / "other.db")
    with other.writing() as transaction:
        transaction.insert([Event.of(time=7, entity="b", project=f"p{n}", source="x") for n in range(3)])
    other.close()
    (tmp_path / "other.db").replace(path)
    with pytest.raises(StoreError, match="another file is in the place"):
        write(store, 2)
    store.reopen()
    write(store, 8)
    with store.reading() as reader:
        assert [event.subject.project for event in reader.scan((-1, b""), 99, 9) if event.time == 8] == [""]
        assert reader.count() == 4


@pytest.mark.parametrize("suffix", ["-wal", "-shm"])
def test_a_removed_log_takes_nothing_with_it(store: SqliteStore, path: Path, suffix: str) -> None:
    """What was acknowledged is in the file when the process is gone, and nothing more is acknowledged meanwhile."""
    path.with_name(f"t.db{suffix}").unlink()
    with pytest.raises(StoreError, match=f"t.db{suffix} is gone"):
        write(store, 2)
    copy = path.with_name("copy")
    copy.mkdir()
    for file in path.parent.glob("t.db*"):
        shutil.copy(file, copy / file.name)
    assert times(SqliteStore(copy / "t.db")) == [1]
    store.reopen()
    write(store, 2)
    assert times(store) == [1, 2]
    assert store.check() == []


def test_a_log_cut_off_in_the_midst_of_a_transaction_is_noticed(store: SqliteStore, path: Path) -> None:
    """The commit would write behind the hole, and nothing of it could be read again."""
    log = path.with_name("t.db-wal")
    with pytest.raises(StoreError, match="has cut"), store.writing() as transaction:  # noqa: PT012
        transaction.insert([Event.of(time=2, entity="a")])
        os.truncate(log, log.stat().st_size // 2)


def test_a_database_changed_in_the_midst_of_a_transaction_is_noticed(store: SqliteStore, path: Path) -> None:
    """Only a fold writes to it, and none is under way."""
    with pytest.raises(StoreError, match="another program has changed"), store.writing() as transaction:  # noqa: PT012
        transaction.insert([Event.of(time=2, entity="a")])
        os.utime(path, ns=(0, 0))


def test_what_another_program_writes_is_noticed(store: SqliteStore, path: Path) -> None:
    """Its transaction stands, and is looked through before anything is built on it."""
    other = apsw.Connection(str(path))
    other.execute("UPDATE events SET entity = 'b'")
    other.close()
    with pytest.raises(StoreError, match="another program has changed"):
        write(store, 2)
    store.reopen()
    assert store.doubt != ""
    with store.reading() as reader:
        assert [event.subject.entity for event in reader.scan((-1, b""), 99, 9)] == ["b"]


def test_a_commit_between_our_look_and_our_transaction_is_noticed(store: SqliteStore, path: Path) -> None:
    """Another program may hold the file while we wait for it: what it has written is not taken for ours."""
    other = apsw.Connection(str(path))
    other.execute("BEGIN IMMEDIATE; DELETE FROM events")

    def commit() -> None:
        time.sleep(0.3)
        other.execute("COMMIT")

    thread = threading.Thread(target=commit)
    thread.start()
    with pytest.raises(StoreError, match="another program has changed"):
        write(store, 2)
    thread.join()
    other.close()
    assert times_of(path) == []
    store.reopen()
    assert store.doubt != ""


def times_of(path: Path) -> list[int]:
    connection = apsw.Connection(str(path))
    try:
        return [int(time) for (time,) in connection.execute("SELECT time FROM events")]
    finally:
        connection.close()


def test_a_log_that_sqlite_begins_anew_is_no_cut(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fold that meets a reader leaves the log as long as it was, and the next write begins it anew."""
    monkeypatch.setattr(hold_module, "IDLE_S", 0.0)
    store = SqliteStore(path)
    for n in range(5):
        write(store, n)
    with store.reading():
        assert store.tend() == ""
        assert path.with_name("t.db-wal").stat().st_size > 0
    for n in range(5, 25):
        write(store, n)
    assert len(times(store)) == 25
    store.close()


def test_a_log_that_cannot_be_saved_at_once_is_saved_later(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its name is gone, and another program reads: until that ends, it is kept open, and told."""
    monkeypatch.setattr(hold_module, "IDLE_S", 0.0)
    store = SqliteStore(path)
    write(store, 1)
    with somebody_reading(path) as count:
        assert count == 1
        write(store, 2)
        path.with_name("t.db-wal").unlink()
        for _ in range(2):
            assert "kept only for as long as the service runs: another program" in store.tend()
            with pytest.raises(StoreError, match="wal is gone"):
                store.reopen()
            with pytest.raises(StoreError, match="wal is gone"):
                write(store, 3)
    assert "kept only" not in store.tend()
    assert times_of(path) == [1, 2]
    store.reopen()
    write(store, 3)
    assert times(store) == [1, 2, 3]
    assert "warning" not in store.health().details
    store.close()


def test_what_could_never_be_saved_is_told_at_the_end(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = SqliteStore(path)
    with somebody_reading(path) as count:
        assert count == 0
        write(store, 1)
        path.with_name("t.db-wal").unlink()
        assert "kept only" in store.tend()
        store.close()
    assert "what came in since" in caplog.text
    assert "is lost" in caplog.text


class _Meddled(apsw.VFS):
    """The machine's own VFS; somebody does something to the database just before one of the writes to it."""

    def __init__(self, database: Path, meddle: Callable[[Path], object]) -> None:
        self.database, self.meddle = database, meddle
        self.writes_left: int | None = None
        self.name = f"meddled-{id(self)}"
        super().__init__(self.name, "")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        return _MeddledFile(self, name, flags)


class _MeddledFile(apsw.VFSFile):
    def __init__(self, vfs: _Meddled, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        self._vfs = vfs
        self._is_database = isinstance(name, apsw.URIFilename) and name.filename() == str(vfs.database)
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        if self._is_database and self._vfs.writes_left is not None:
            if self._vfs.writes_left == 0:
                self._vfs.meddle(self._vfs.database)
            self._vfs.writes_left -= 1
        super().xWrite(data, offset)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing tells of holes")
@pytest.mark.parametrize("part", [0, 0.5])
@pytest.mark.parametrize("left", [0, 1, 2])
def test_a_database_that_is_cut_under_a_fold_is_used_no_more(
    tmp_path: Path, part: float, left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the fold writes behind the cut makes it as long as it was, and its time is the fold's."""
    monkeypatch.setattr(hold_module, "IDLE_S", 0.0)
    vfs = _Meddled(tmp_path / "t.db", lambda path: os.truncate(path, int(path.stat().st_size * part)))
    told_under_a_fold(vfs, left, "another program has cut")


@pytest.mark.skipif(shutil.which("fallocate") is None, reason="it is what makes holes of zeros")
@pytest.mark.parametrize(("kind", "told"), [("zfs", ""), ("ext4", "another program has cut")])
def test_zeros_that_the_file_system_makes_holes_of_are_no_cut(
    tmp_path: Path, kind: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ZFS does so where it compresses, and what is forgotten is overwritten with zeros. Here it is done by hand."""
    monkeypatch.setattr(hold_module, "IDLE_S", 0.0)
    (tmp_path / "mounts").write_text(f"pool {tmp_path} {kind} rw 0 0\n", encoding="utf-8")
    monkeypatch.setattr(location, "MOUNTS", tmp_path / "mounts")
    (tmp_path / "home").mkdir()
    vfs = _Meddled(
        tmp_path / "home" / "t.db", lambda path: subprocess.run(["fallocate", "--dig-holes", path], check=True)
    )
    store = SqliteStore(vfs.database, vfs=vfs.name)
    events = [Event.of(time=n, entity="a") for n in range(5_000)]
    with store.writing() as transaction:
        transaction.insert(events)
    with store.writing() as transaction:
        transaction.delete(events)
    assert store.tend() == ""
    write(store, 10**6)
    vfs.writes_left = 0
    assert told in store.tend()
    assert bool(store.tend()) == bool(told)
    store.close()


@pytest.mark.parametrize("left", [0, 1, 2])
@pytest.mark.parametrize("suffix", ["", "-shm"])
def test_a_file_that_is_removed_under_a_fold_is_missed(
    tmp_path: Path, suffix: str, left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is there after a fold is not taken for what must be there."""
    monkeypatch.setattr(hold_module, "IDLE_S", 0.0)
    told_under_a_fold(_Meddled(tmp_path / "t.db", lambda path: Path(f"{path}{suffix}").unlink()), left, "is gone")


def told_under_a_fold(vfs: _Meddled, left: int, what: str) -> None:
    """Fold after some work, with so many writes to the database before the meddling; nothing is stored afterwards."""
    store = SqliteStore(vfs.database, vfs=vfs.name)
    for n in range(50):
        write(store, *range(n * 100, n * 100 + 100))
    assert store.tend() == ""
    write(store, 10**6)
    vfs.writes_left = left
    assert what in store.tend()
    with pytest.raises(StoreError, match=what):
        write(store, 10**6 + 1)
    store.close()


def test_a_copy_in_the_place_of_its_original_goes_on_with_the_log(path: Path, tmp_path: Path) -> None:
    """The log is its own, too: what was written last is not kept from it."""
    store = SqliteStore(path)
    write(store, 1)
    shutil.copy(path, tmp_path / "copy")
    (tmp_path / "copy").replace(path)
    assert "another file is in the place" in store.tend()
    store.reopen()
    assert times(store) == [1]
    write(store, 2)
    assert times(store) == [1, 2]
    store.close()


def test_a_folder_in_its_place_is_no_file(store: SqliteStore, path: Path) -> None:
    path.rename(path.with_name("away"))
    path.mkdir()
    assert "another file is in the place" in store.tend()
    with pytest.raises(StoreError, match=r"t\.db is no file"):
        store.reopen()
    path.rmdir()
    path.with_name("away").rename(path)
    store.reopen()
    assert times(store) == [1]


def test_a_link_that_leads_to_nothing_is_no_place_for_a_new_database(path: Path, tmp_path: Path) -> None:
    """Its disk may not be mounted."""
    path.symlink_to(tmp_path / "disk" / "t.db")
    for writable in (True, False):
        with pytest.raises(StoreError):
            SqliteStore(path, writable=writable)
    (tmp_path / "disk").mkdir()
    for writable in (True, False):
        with pytest.raises(StoreError, match=r"leads to .*disk/t\.db, which is not there.*Mount the disk"):
            SqliteStore(path, writable=writable)
    assert list((tmp_path / "disk").iterdir()) == []


def test_a_link_that_leads_elsewhere_is_followed_with_its_lock(tmp_path: Path) -> None:
    """Taken up again, the file that it leads to now is locked, and the other is free."""
    for name in "ab":
        (tmp_path / name).mkdir()
        SqliteStore(tmp_path / name / "t.db").close()
    link = tmp_path / "link.db"
    link.symlink_to(tmp_path / "a" / "t.db")
    store = SqliteStore(link)
    link.unlink()
    link.symlink_to(tmp_path / "b" / "t.db")
    assert "another file is in the place" in store.tend()
    store.reopen()
    write(store, 1)
    SqliteStore(tmp_path / "a" / "t.db").close()
    with pytest.raises(BusyError):
        SqliteStore(tmp_path / "b" / "t.db")
    store.close()
    assert times_of(tmp_path / "b" / "t.db") == [1]


def test_a_marker_that_cannot_be_written_is_told_and_costs_nothing(path: Path, tmp_path: Path) -> None:
    """The log is folded all the same, since no marker is left that would condemn it."""
    store = SqliteStore(path, SqliteSettings(wal_limit_bytes=30_000))
    marker = path.with_name("t.db.state")
    marker.unlink()
    marker.mkdir()
    for n in range(50):
        write(store, n)
    assert path.with_name("t.db-wal").stat().st_size <= 30_000
    assert "t.db.state" in str(store.health().details["warning"])
    store.close()
    marker.rmdir()
    again = SqliteStore(path)
    assert again.doubt != ""
    assert len(times(again)) == 50
    again.close()


def test_a_second_name_is_refused_and_told(store: SqliteStore, path: Path, tmp_path: Path) -> None:
    """SQLite keeps a log beside each name: opened by the other, what is in this one's log would be missing."""
    os.link(path, tmp_path / "second.db")
    assert "second name" in str(store.health().details["warning"])
    write(store, 2)
    store.close()
    for name in ("t.db", "second.db"):
        with pytest.raises(StoreError, match=r"second name.*find"):
            SqliteStore(tmp_path / name)
    (tmp_path / "second.db").unlink()
    SqliteStore(path).close()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the file itself is not locked")
def test_a_file_that_was_renamed_has_one_writer_all_the_same(store: SqliteStore, path: Path, tmp_path: Path) -> None:
    """The lock is on the file itself, too, whatever its name."""
    (tmp_path / "home").mkdir()
    path.rename(tmp_path / "home" / "t.db")
    with pytest.raises(BusyError, match="another process"):
        SqliteStore(tmp_path / "home" / "t.db")
    assert store.tend() != ""


def test_a_lock_that_was_taken_away_is_taken_anew(store: SqliteStore, path: Path) -> None:
    """Or another process could take the new one, and both would write."""
    path.with_name("t.db.lock").unlink()
    with pytest.raises(StoreError, match="the lock beside"):
        write(store, 2)
    store.reopen()
    assert path.with_name("t.db.lock").exists()
    write(store, 2)


def test_the_log_is_folded_once_nobody_writes(store: SqliteStore, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Right after a write it stays; a moment later the database itself holds everything."""
    log = path.with_name("t.db-wal")
    monkeypatch.setattr(hold_module, "IDLE_S", 3600.0)
    assert store.tend() == ""
    assert log.stat().st_size > 0
    monkeypatch.setattr(hold_module, "IDLE_S", 0.0)
    assert store.tend() == ""
    assert log.stat().st_size == 0
    alone = path.with_name("alone.db")
    shutil.copy(path, alone)
    assert times(SqliteStore(alone)) == [1]


def test_who_reads_leaves_every_file_as_it_is(store: SqliteStore, path: Path, tmp_path: Path) -> None:
    """A reading process that ends last would fold the log: what a kill left is for the service to find."""
    folder = tmp_path / "killed"
    folder.mkdir()
    for name in ("t.db", "t.db-wal", "t.db.state"):
        shutil.copy2(path.with_name(name), folder / name)
    before = {name: (folder / name).read_bytes() for name in ("t.db", "t.db-wal")}
    script = (
        "import sys; from pathlib import Path; from timecode_store_sqlite.store import SqliteStore\n"
        "store = SqliteStore(Path(sys.argv[1]), writable=False)\n"
        "with store.reading() as reader: print(reader.count())\n"
        "store.close()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder / "t.db")], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "1"
    assert {name: (folder / name).read_bytes() for name in before} == before


@pytest.mark.parametrize(
    ("kind", "shared"),
    [
        *(
            (kind, True)
            for kind in (
                "9p",
                "drvfs",
                "vboxsf",
                "virtiofs",
                "prl_fs",
                "fuse",
                "fakeowner",
                "juicefs",
                "davfs",
                "ocfs2",
                "gpfs",
                "nfs4",
                "NFS",
            )
        ),
        *(
            (f"fuse.{name}", True)
            for name in (
                "vmhgfs-fuse",
                "gvfsd-fuse",
                "juicefs",
                "gcsfuse",
                "ossfs2",
                "pCloud.fs",
                "sshfs",
                "sshfs#me@host",
            )
        ),
        *((kind, False) for kind in ("ext4", "btrfs", "xfs", "zfs", "tmpfs", "overlay", "apfs", "f2fs", "fuseblk", "")),
        *((f"fuse.{name}", False) for name in ("ntfs-3g", "mergerfs", "gocryptfs")),
    ],
)
def test_file_systems_of_others_are_known(kind: str, shared: bool) -> None:
    """Of networks, of hosts around a virtual machine, of clusters, of object stores; local ones are none of them."""
    assert is_shared(kind) is shared
