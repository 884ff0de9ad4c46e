"""SQLite replays whatever log lies beside a database: no other one's, and none of an earlier time, gets that far."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from support.stores import left_as_by_a_kill, somebody_reading, times, write
from timecode_core.errors import StoreError
from timecode_store_sqlite import hold as hold_module
from timecode_store_sqlite.frames import FRAME_HEAD, HEAD, frames
from timecode_store_sqlite.store import SqliteStore

NOT_ITS_OWN = r"log of another database, or of an earlier time.*Move t\.db-wal"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log is folded whenever the store is tended."""
    monkeypatch.setattr(hold_module, "IDLE_S", 0.0)


def killed_with_a_log(path: Path, tmp_path: Path) -> Path:
    """A database as a kill leaves it, with one event in the file and a later one in its log."""
    store = SqliteStore(path)
    write(store, 1)
    assert store.tend() == ""
    write(store, 2)
    killed = left_as_by_a_kill(path, tmp_path / "killed")
    store.close()
    return killed


def own_revision(path: Path) -> int:
    """That of a database and its log."""
    with SqliteStore(path, writable=False).reading() as reader:
        return reader.revision()


def checkpointed(path: Path, mode: str) -> None:
    """What another program does that folds the log."""
    connection = apsw.Connection(str(path))
    connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchall()
    connection.close()


@pytest.mark.parametrize("writable", [True, False])
@pytest.mark.parametrize("killed", [True, False])
def test_a_log_of_an_earlier_time_is_refused(path: Path, tmp_path: Path, killed: bool, writable: bool) -> None:
    """Moved away once and back later, it would take the file back to where it was then."""
    store = SqliteStore(path)
    write(store, 1)
    assert store.tend() == ""
    write(store, 2)
    earlier = tmp_path / "earlier"
    shutil.copy(path.with_name("t.db-wal"), earlier)
    assert store.tend() == ""
    write(store, 3)
    assert store.tend() == ""
    copy = left_as_by_a_kill(path, tmp_path / "killed")
    store.close()
    database = copy if killed else path
    shutil.copy(earlier, database.with_name("t.db-wal"))
    for _ in range(2):
        with pytest.raises(StoreError, match=NOT_ITS_OWN):
            SqliteStore(database, writable=writable)
    database.with_name("t.db-wal").unlink()
    again = SqliteStore(database)
    assert times(again) == [1, 2, 3]
    again.close()


def test_a_log_of_an_earlier_time_is_not_taken_up_while_it_runs(path: Path, tmp_path: Path) -> None:
    store = SqliteStore(path)
    write(store, 1)
    shutil.copy(path.with_name("t.db-wal"), tmp_path / "earlier")
    assert store.tend() == ""
    write(store, 2)
    assert store.tend() == ""
    (tmp_path / "earlier").replace(path.with_name("t.db-wal"))
    assert "another file is in the place of" in store.tend()
    for _ in range(2):
        with pytest.raises(StoreError, match=NOT_ITS_OWN):
            store.reopen()
    path.with_name("t.db-wal").unlink()
    store.reopen()
    assert times(store) == [1, 2]
    store.close()


@pytest.mark.parametrize("mode", ["PASSIVE", "RESTART", "TRUNCATE"])
def test_a_log_that_another_program_has_folded_is_its_own_all_the_same(path: Path, tmp_path: Path, mode: str) -> None:
    """The file then holds a revision of which the marker has never heard: it is in the log."""
    store = SqliteStore(path)
    write(store, 1)
    assert store.tend() == ""
    write(store, 2)
    write(store, 3)
    checkpointed(path, mode)
    again = SqliteStore(left_as_by_a_kill(path, tmp_path / "killed"))
    assert times(again) == [1, 2, 3]
    again.close()
    with pytest.raises(StoreError, match="another program has changed"):
        write(store, 4)
    store.reopen()
    write(store, 4)
    assert times(store) == [1, 2, 3, 4]
    store.close()


@pytest.mark.parametrize("end", [False, True])
def test_a_log_that_was_folded_and_could_not_be_emptied_is_its_own(path: Path, tmp_path: Path, end: bool) -> None:
    """Somebody reads what is newest; the next write begins the log anew."""
    store = SqliteStore(path)
    write(store, 1)
    assert store.tend() == ""
    write(store, 2)
    with somebody_reading(path):
        assert store.tend() == ""
        if end:
            store.close()
    if not end:
        write(store, 3)
    again = SqliteStore(left_as_by_a_kill(path, tmp_path / "killed"))
    assert times(again) == ([1, 2] if end else [1, 2, 3])
    again.close()
    store.close()


def _vacuumed(store: SqliteStore, path: Path, copy: Path) -> None:
    """As a shell makes a backup: other pages, the same revision."""
    connection = apsw.Connection(str(path))
    connection.execute("VACUUM INTO ?", (str(copy),))
    connection.close()


def _of_another(store: SqliteStore, path: Path, copy: Path) -> None:
    """A database of another home, of just that time."""
    other = SqliteStore(copy)
    write(other, 77)
    other.close()


def _by_ourselves(store: SqliteStore, path: Path, copy: Path) -> None:
    store.backup(copy)


@pytest.mark.parametrize("make", [_vacuumed, _of_another, _by_ourselves])
def test_a_database_made_while_no_fold_could_be_completed_keeps_clear_of_the_log(
    path: Path, tmp_path: Path, make: Callable[[SqliteStore, Path, Path], None]
) -> None:
    """Its revision lies between those that the marker knows, and the log would be written over it."""
    store = SqliteStore(path)
    write(store, 1)
    with somebody_reading(path):
        write(store, 2)
        assert store.tend() == ""
        (tmp_path / "made").mkdir()
        make(store, path, tmp_path / "made" / "t.db")
        write(store, 3)
        assert store.tend() == ""
        killed = left_as_by_a_kill(path, tmp_path / "killed")
    store.close()
    shutil.copy(tmp_path / "made" / "t.db", killed)
    before = killed.read_bytes()
    for _ in range(2):
        with pytest.raises(StoreError, match=NOT_ITS_OWN):
            SqliteStore(killed)
    assert killed.read_bytes() == before


@pytest.mark.parametrize("writable", [True, False])
def test_a_log_that_is_gone_after_a_kill_is_told(
    path: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, writable: bool
) -> None:
    """What was in it nobody knows; that it is gone, whoever comes first is told."""
    killed = killed_with_a_log(path, tmp_path)
    killed.with_name("t.db-wal").unlink()
    again = SqliteStore(killed, writable=writable)
    assert "its log is gone: what came in after 20" in str(again.health().details["warning"])
    assert times(again) == [1]
    again.close()
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "its log is gone" in caplog.text


@pytest.mark.parametrize("part", [0, 0.5])
def test_a_log_that_was_cut_is_told_where_the_marker_knows_more(path: Path, tmp_path: Path, part: float) -> None:
    """A fold was begun, and could not be completed: the marker has heard of what is in the log."""
    store = SqliteStore(path)
    write(store, 1)
    with somebody_reading(path):
        for n in range(2, 20):
            write(store, n)
        assert store.tend() == ""
        killed = left_as_by_a_kill(path, tmp_path / "killed")
    store.close()
    log = killed.with_name("t.db-wal")
    os.truncate(log, int(log.stat().st_size * part))
    again = SqliteStore(killed)
    assert "the end of its log is gone: what came in from 20" in str(again.health().details["warning"])
    assert len(times(again)) < 19
    again.close()
    SqliteStore(killed).close()


def test_whoever_ends_in_good_order_or_by_a_kill_is_not_told_of_a_loss(path: Path, tmp_path: Path) -> None:
    """With a log, with an empty one, and with none after the end."""
    store = SqliteStore(path)
    write(store, 1)
    full = left_as_by_a_kill(path, tmp_path / "full")
    assert store.tend() == ""
    empty = left_as_by_a_kill(path, tmp_path / "empty")
    store.close()
    for database in (full, empty, path):
        again = SqliteStore(database)
        assert "warning" not in again.health().details
        assert times(again) == [1]
        again.close()


@pytest.mark.parametrize("writable", [True, False])
def test_what_is_no_database_costs_its_log_nothing(path: Path, tmp_path: Path, writable: bool) -> None:
    """Garbage came into its place; the right one comes back, and its log is still there."""
    killed = killed_with_a_log(path, tmp_path)
    right = killed.read_bytes()
    killed.write_bytes(b"no database " * 1000)
    for _ in range(2):
        with pytest.raises(StoreError, match="no SQLite database"):
            SqliteStore(killed, writable=writable)
    killed.write_bytes(right)
    again = SqliteStore(killed)
    assert times(again) == [1, 2]
    again.close()


def test_a_log_is_not_folded_into_a_database_in_doubt(path: Path, tmp_path: Path) -> None:
    """If that turns out to be damaged, a copy that isn't can take its place, and the log is still there."""
    killed = killed_with_a_log(path, tmp_path)
    right = killed.read_bytes()
    log = killed.with_name("t.db-wal")
    size = log.stat().st_size
    again = SqliteStore(killed)
    assert (again.doubt != "", again.tend()) == (True, "")
    again.close()
    assert (killed.read_bytes(), log.stat().st_size) == (right, size)
    again = SqliteStore(killed)
    assert again.judge(again.opening, sound=True)
    assert log.stat().st_size == 0
    assert times(again) == [1, 2]
    again.close()
    assert not log.exists()


@pytest.mark.parametrize("text", ["[" * 100_000, "{", "", "[]", '{"state": "open"}', "\udcff"])
def test_a_marker_that_is_none_is_as_none(path: Path, text: str) -> None:
    store = SqliteStore(path)
    write(store, 1)
    store.close()
    path.with_name("t.db.state").write_bytes(text.encode(errors="surrogateescape"))
    again = SqliteStore(path)
    assert "nothing tells" in again.doubt
    assert times(again) == [1]
    again.close()


def test_a_log_without_a_revision_that_can_be_read_costs_what_is_in_it_at_most(path: Path, tmp_path: Path) -> None:
    """A record whose number is none: SQLite ends the log before it, since the checksum does not fit."""
    killed = killed_with_a_log(path, tmp_path)
    log = killed.with_name("t.db-wal")
    record, none = b"\x01\x03\x00\x06", b"\x01\x03\x06\x00"  # row 1; a header of three bytes; its key, a number
    assert log.read_bytes().count(record) == 1
    log.write_bytes(log.read_bytes().replace(record, none))
    for writable in (False, True):
        again = SqliteStore(killed, writable=writable)
        assert times(again) == [1]
        again.close()


@pytest.mark.parametrize("writable", [True, False])
def test_half_a_commit_behind_the_end_of_a_log_is_no_other_database(path: Path, tmp_path: Path, writable: bool) -> None:
    """What a power cut leaves of a frame says nothing, even where a revision can be read in it."""
    killed = killed_with_a_log(path, tmp_path)
    log = killed.with_name("t.db-wal")
    revision = own_revision(path).to_bytes(8)
    number, page = next((number, page) for number, page in frames(log) if revision in page)
    torn = page.replace(revision, (2).to_bytes(8))
    assert torn != page
    with log.open("ab") as file:  # with the salts of the log, and no checksum yet
        file.write(number.to_bytes(4) + bytes(4) + log.read_bytes()[16:24] + bytes(8) + torn)
    store = SqliteStore(killed, writable=writable)
    assert times(store) == [1, 2]
    store.close()


def test_the_frames_of_a_log_are_those_that_sqlite_takes(path: Path, tmp_path: Path) -> None:
    """All that were committed; none from the first on of which a bit is another."""
    killed = killed_with_a_log(path, tmp_path)
    log = killed.with_name("t.db-wal")
    whole, content = list(frames(log)), log.read_bytes()
    assert len(whole) == len(content) // (FRAME_HEAD + 4096) > 1
    for at, left in ((3, 0), (20, 0), (HEAD + 1, 0), (HEAD + 30, 0), (len(content) - 1, len(whole) - 1)):
        changed = bytearray(content)
        changed[at] ^= 0x10
        log.write_bytes(changed)
        assert list(frames(log)) == whole[:left], at
    for length in range(HEAD + FRAME_HEAD):
        log.write_bytes(content[:length])
        assert list(frames(log)) == []
    log.unlink()
    assert list(frames(log)) == []


@pytest.mark.parametrize("length", [1, 10, 31])
def test_a_log_with_half_a_head_is_an_empty_one(path: Path, tmp_path: Path, length: int) -> None:
    """To SQLite, too; what it held is missing, and told."""
    killed = killed_with_a_log(path, tmp_path)
    log = killed.with_name("t.db-wal")
    log.write_bytes(log.read_bytes()[:length])
    for writable in (False, True):
        store = SqliteStore(killed, writable=writable)
        assert times(store) == [1]
        store.close()
