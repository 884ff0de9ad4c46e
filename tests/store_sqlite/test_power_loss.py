"""What was acknowledged survives a power cut at any moment, and nothing is ever there by half."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from store_sqlite.power import Disk, PowerVFS, without_sqlite
from support.stores import times, write
from timecode_core.aggregation import Aggregation
from timecode_core.errors import StoreError
from timecode_core.event import Event
from timecode_store_sqlite import hold as hold_module
from timecode_store_sqlite.settings import SqliteSettings
from timecode_store_sqlite.store import SqliteStore

DAYS = Aggregation("days", ("day",))
PROJECTS = Aggregation("projects", ("day", "project", "entity"))
CUTS = 300
CUTS_OF_MUTANTS = 60

Life = Callable[[SqliteStore, list[int], random.Random], None]


class Lost(Exception):  # noqa: N818  (what happened, not an error of ours)
    """The disk doesn't hold what it must."""


def events_of(n: int) -> list[Event]:
    """The events of transaction n: some late, some in order, sometimes many."""
    rng = random.Random(n)
    size = rng.choice((1, 1, 2, 5, 40))
    events = []
    for k in range(size):
        time = (n - rng.choice((0, 0, 3))) * 1000 + k
        entity = f"{n}/{k}/{'x' * rng.randrange(200)}"
        events.append(Event.of(time=time, duration=rng.choice((0, 5)), entity=entity, project=f"p{rng.randrange(50)}"))
    return events


@contextmanager
def writes(store: SqliteStore, n: int) -> Iterator[None]:
    """Write transaction n, now and then with the deletion of an earlier one. The body runs before the commit."""
    events = events_of(n)
    with store.writing() as transaction:
        transaction.insert(sorted(events, key=lambda each: each.key))
        transaction.apply(DAYS, {(0,): len(events)})
        transaction.apply(PROJECTS, {(0, each.subject.project, each.subject.entity): 1 for each in events})
        if n % 7 == 6:
            gone = events_of(n - 3)
            transaction.delete(gone)
            transaction.apply(DAYS, {(0,): -len(gone)})
            transaction.apply(PROJECTS, {(0, each.subject.project, each.subject.entity): -1 for each in gone})
        transaction.set_metadata("latest", str(n))
        yield


def live(store: SqliteStore, acknowledged: list[int], _rng: random.Random) -> None:
    """Write until the power goes, and note what was acknowledged."""
    for n in range(40):
        with writes(store, n):
            pass
        acknowledged.append(n)


def live_without_sync(store: SqliteStore, acknowledged: list[int], rng: random.Random) -> None:
    """The same, but nothing is ever synced."""
    _pragma(store, "PRAGMA synchronous = OFF")
    live(store, acknowledged, rng)


def live_with_late_sync(store: SqliteStore, acknowledged: list[int], rng: random.Random) -> None:
    """The same, but commits are synced only at checkpoints."""
    _pragma(store, "PRAGMA synchronous = NORMAL")
    live(store, acknowledged, rng)


def live_too_hasty(store: SqliteStore, acknowledged: list[int], _rng: random.Random) -> None:
    """The same, but acknowledge before the commit."""
    for n in range(40):
        with writes(store, n):
            acknowledged.append(n)


def _pragma(store: SqliteStore, pragma: str) -> None:
    assert store._connections.writer is not None
    store._connections.writer.raw.execute(pragma)


def cut(seed: int, folder: Path, life: Life) -> int:
    """Live until a cut, look at what the disk holds. Gives the number of acknowledged transactions; raises Lost."""
    rng = random.Random(seed)
    before, after = folder / f"{seed}", folder / f"{seed}-after"
    before.mkdir()
    after.mkdir()
    disk = Disk(cut_at=rng.randrange(1, 400), seed=seed)
    name = f"power-{life.__name__}-{seed}"
    vfs = PowerVFS(name, disk)
    settings = SqliteSettings(wal_limit_bytes=rng.choice((0, 50_000, 2**24)))
    acknowledged: list[int] = []
    with pytest.MonkeyPatch.context() as context:
        context.setattr(hold_module, "FOLDED_BYTES", rng.choice((40_000, 2**22)))
        try:
            store = SqliteStore(before / "t.db", settings, vfs=name)
        except StoreError:
            pass  # cut while it was made
        else:
            with suppress(StoreError):
                life(store, acknowledged, rng)
            disk.abandoned = disk.cut
            store.close()
    disk.restore(after)
    del vfs
    check(after / "t.db", acknowledged)
    return len(acknowledged)


def check(path: Path, acknowledged: list[int]) -> None:
    """Raise Lost unless the file holds exactly what was acknowledged, or that and all of the next transaction."""
    try:
        store = SqliteStore(path)
        with store.writing() as transaction:
            if (found := transaction.connection.rows("PRAGMA integrity_check")) != [("ok",)]:
                raise Lost(str(found))
            latest = int(transaction.metadata().get("latest", "-1"))
            if latest not in (len(acknowledged) - 1, len(acknowledged)):
                raise Lost(f"{len(acknowledged)} acknowledged, the last on disk is {latest}")
            expected = {event.id: event for n in range(latest + 1) for event in events_of(n)}
            for n in range(6, latest + 1, 7):
                for event in events_of(n - 3):
                    del expected[event.id]
            stored = {event.id: event for event in transaction.scan((-(2**60), b""), 2**60, 10**6)}
            cells = dict(transaction.totals(PROJECTS, (0, 0), ("project", "entity"), {}))
            if stored != expected or transaction.count() != len(expected):
                raise Lost("events")
            if cells != {(event.subject.project, event.subject.entity): 1 for event in expected.values()}:
                raise Lost("cells")
            if dict(transaction.totals(DAYS, (0, 0), (), {})) != ({(): len(expected)} if expected else {}):
                raise Lost("totals")
            transaction.set_metadata("after", "written")
        store.close()
    except StoreError as error:
        raise Lost(str(error)) from error


def test_nothing_acknowledged_is_lost_and_nothing_is_there_by_half(tmp_path: Path) -> None:
    """Over hundreds of cuts, every acknowledged transaction is on the disk, whole, and the file sound and writable."""
    acknowledged = sum(cut(seed, tmp_path, live) for seed in range(CUTS))
    assert acknowledged > CUTS


@pytest.mark.parametrize("life", [live_without_sync, live_with_late_sync, live_too_hasty])
def test_the_test_catches_a_store_that_loses(life: Life, tmp_path: Path) -> None:
    """A store that syncs late or never, or acknowledges too soon, is caught: the test above can fail."""
    caught = 0
    for seed in range(CUTS_OF_MUTANTS):
        try:
            cut(seed, tmp_path, life)
        except Lost:
            caught += 1
    assert caught > CUTS_OF_MUTANTS // 20


def test_a_backup_that_was_made_is_there(path: Path, tmp_path: Path) -> None:
    """By its name, which is nothing that a disk has at once, and whole."""
    store = SqliteStore(path)
    write(store, *range(100))
    for seed in range(20):
        after = tmp_path / f"{seed}-after"
        after.mkdir()
        disk = Disk(seed=seed, folder=tmp_path)
        with without_sqlite(disk):
            store.backup(tmp_path / f"{seed}.backup")
            disk.restore(after)
        copy = SqliteStore(after / f"{seed}.backup")
        assert times(copy) == list(range(100))
        copy.close()
    store.close()
