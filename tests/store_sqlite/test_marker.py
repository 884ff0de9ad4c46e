"""The marker: a database that is not as it was left is known, and no log but its own is replayed over it."""

from __future__ import annotations

import os
import random
import shutil
import threading
from pathlib import Path

import pytest
from support.stores import left_as_by_a_kill, times, write
from timecode_core.errors import StoreError
from timecode_store_sqlite import hold as hold_module
from timecode_store_sqlite.settings import SqliteSettings
from timecode_store_sqlite.store import SqliteStore


def closed(path: Path) -> None:
    store = SqliteStore(path)
    write(store, *range(1000))
    store.close()


@pytest.mark.parametrize("writable", [True, False])
def test_a_database_closed_in_good_order_is_not_in_doubt(path: Path, writable: bool) -> None:
    """Nor is a new one, nor one that a service has open and has found sound."""
    new = SqliteStore(path)
    assert new.doubt == ""
    write(new, 1)
    reading = SqliteStore(path, writable=False)
    assert reading.doubt == ""
    reading.close()
    new.close()
    again = SqliteStore(path, writable=writable)
    assert again.doubt == ""
    again.close()


@pytest.mark.parametrize("writable", [True, False])
@pytest.mark.parametrize(
    "change",
    [
        lambda path: os.truncate(path, path.stat().st_size - 4096),
        lambda path: os.utime(path, (1, 1)),
        lambda path: path.write_bytes(path.read_bytes()[:100] + b"\0" + path.read_bytes()[101:]),
        lambda path: path.with_name("t.db.state").unlink(),
        lambda path: path.with_name("t.db.state").write_text("{}"),
        lambda path: path.with_name("t.db.state").write_text("null"),
        lambda path: path.with_name("t.db.state").write_text(
            '{"state": "open", "sound": true, "low": "1", "high": []}'
        ),
        lambda path: path.with_name("t.db.state").write_bytes(b"\xff" * 512),
    ],
    ids=["shorter", "touched", "first page", "no marker", "empty marker", "null marker", "wrong types", "no text"],
)
def test_one_that_is_not_as_it_was_is_in_doubt(path: Path, change: object, writable: bool) -> None:
    """Until it is trusted, and closed in good order again."""
    closed(path)
    assert callable(change)
    change(path)
    try:
        store = SqliteStore(path, writable=writable)
    except StoreError:
        return  # refused at once
    assert store.doubt != ""
    store.close()
    again = SqliteStore(path)
    assert again.doubt != ""
    assert not again.judge(again.opening - 1, sound=True)
    assert again.doubt != ""
    assert again.judge(again.opening, sound=True)
    again.close()
    assert SqliteStore(path, writable=False).doubt == ""


def test_one_that_was_killed_is_in_doubt_and_whole(path: Path, tmp_path: Path) -> None:
    """Its log is its own, wherever the folder is moved."""
    store = SqliteStore(path)
    write(store, 1, 2, 3)
    copy = left_as_by_a_kill(path, tmp_path / "moved")
    store.close()
    again = SqliteStore(copy)
    assert "good order" in again.doubt
    assert times(again) == [1, 2, 3]
    again.close()


@pytest.mark.parametrize("writable", [True, False])
@pytest.mark.parametrize("how", ["backup", "copy"])
def test_the_log_of_what_it_replaced_is_not_replayed_over_a_backup(
    path: Path, tmp_path: Path, how: str, writable: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused, saying what to move away; with that away, the backup is what is read."""
    monkeypatch.setattr(hold_module, "IDLE_S", 0.0)
    store = SqliteStore(path)
    write(store, 1)
    if how == "backup":
        store.backup(tmp_path / "backup.db")
    else:
        assert store.tend() == ""  # folds the log
        shutil.copy(path, tmp_path / "backup.db")
    write(store, 2)
    assert store.tend() == ""  # folds the log
    write(store, 3)
    copy = left_as_by_a_kill(path, tmp_path / "killed")
    store.close()
    shutil.copy(tmp_path / "backup.db", copy)
    for _ in range(2):
        with pytest.raises(StoreError, match=r"log of another database.*Move t\.db-wal"):
            SqliteStore(copy, writable=writable)
    copy.with_name("t.db-wal").rename(tmp_path / "away")
    restored = SqliteStore(copy)
    assert times(restored) == [1]
    assert restored.check() == []
    restored.close()


@pytest.mark.parametrize("writable", [True, False])
@pytest.mark.parametrize("left", [None, 0, 1])
@pytest.mark.parametrize("killed", [True, False])
def test_no_new_database_is_begun_where_one_was(
    path: Path, tmp_path: Path, left: int | None, writable: bool, killed: bool
) -> None:
    """SQLite would begin an empty one, and throw the log away, which may hold all that there is."""
    store = SqliteStore(path)
    write(store, 1)
    copy = left_as_by_a_kill(path, tmp_path / "killed")
    store.close()
    database = copy if killed else path
    os.truncate(database, left or 0)
    if left is None:
        database.unlink()
    for _ in range(2):
        with pytest.raises(StoreError, match=r"gone or empty.*timecode restore FILE.*move every file t\.db\* away"):
            SqliteStore(database, writable=writable)
    assert not killed or database.with_name("t.db-wal").stat().st_size > 0
    for file in database.parent.glob("t.db*"):
        file.unlink()
    new = SqliteStore(database)
    assert times(new) == []
    new.close()


def test_a_database_in_doubt_is_so_until_it_is_judged(path: Path) -> None:
    """A judgement of damage outlives the process; readers beside it doubt, too."""
    closed(path)
    store = SqliteStore(path)
    assert store.judge(store.opening, sound=False)
    reading = SqliteStore(path, writable=False)
    assert reading.doubt != ""
    reading.close()
    store.close()
    again = SqliteStore(path)
    assert again.doubt != ""
    again.close()


def test_readers_beside_restarts_are_never_refused(path: Path) -> None:
    """Marker, lock and log are not read in one moment, and a service may begin or end in between."""
    closed(path)
    ending = threading.Event()
    refused: list[str] = []

    def read() -> None:
        while not ending.is_set():
            try:
                SqliteStore(path, writable=False).close()
            except StoreError as error:
                refused.append(str(error))

    thread = threading.Thread(target=read)
    thread.start()
    for n in range(60):
        store = SqliteStore(path)
        write(store, 10_000 + n)
        store.close()
    ending.set()
    thread.join()
    assert refused == []


def test_at_any_moment_its_own_log_is_known_and_no_other(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through hundreds of writes, folds and backups: each snapshot opens whole, no earlier copy takes a later log."""
    monkeypatch.setattr(hold_module, "IDLE_S", 0.0)
    rng = random.Random(1)
    store = SqliteStore(path, SqliteSettings(wal_limit_bytes=60_000))
    held: list[int] = []
    copies: list[tuple[Path, list[int]]] = []
    tried = 0
    for n in range(150):
        write(store, *range(n * 100, n * 100 + 20))
        held += range(n * 100, n * 100 + 20)
        match rng.randrange(6):
            case 0:
                store.tend()
            case 1:
                store.backup(copy := tmp_path / f"{n}.db")
                copies.append((copy, held.copy()))
            case 2:
                killed = left_as_by_a_kill(path, tmp_path / f"{n}")
                again = SqliteStore(killed)
                assert times(again) == held
                again.close()
            case 3 if copies:
                killed = left_as_by_a_kill(path, tmp_path / f"{n}")
                copy, then = rng.choice(copies)
                shutil.copy(copy, killed)
                try:
                    mixed = SqliteStore(killed)
                except StoreError:
                    tried += 1
                else:
                    assert times(mixed) == then
                    mixed.close()
    store.close()
    assert tried > 3
