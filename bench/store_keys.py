"""Which keys the store should have: the chosen ones, alternatives, and the least that SQLite can do, in one run.

    python bench/store_keys.py [events of history]

Each schema gets the same heartbeats under the same pragmas (WAL, synchronous=FULL): live ones in transactions of 1, 25
and 1000; then, on top of a history, live ones again and late ones from any time. "no key" keeps the same columns in the
order of arrival and can refuse no duplicate: no store of events can be faster. The store's lines are `SqliteStore`
itself: its events alone (interning, counts and revision included), then with three aggregations.
Read the ratios; the figures are this machine's.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Protocol

import apsw
from timecode_core.aggregation import Aggregation
from timecode_core.event import Event
from timecode_core.subject import Subject
from timecode_store_sqlite.settings import SqliteSettings
from timecode_store_sqlite.store import SqliteStore

COLUMNS = "utc_offset INTEGER, duration INTEGER, context INTEGER, is_write INTEGER, entity TEXT"
TEXTS = "project TEXT, branch TEXT, language TEXT, editor TEXT, machine_id TEXT, category TEXT, type TEXT, source TEXT"
OWN = f"time INTEGER, id BLOB, {COLUMNS}"
KEY = "PRIMARY KEY (time, id)) WITHOUT ROWID"
SCHEMAS = {
    "no key": f"CREATE TABLE e ({OWN})",
    "(time, id) without rowid [chosen]": f"CREATE TABLE e ({OWN}, {KEY}",
    "the same, source as a column": f"CREATE TABLE e ({OWN}, source INTEGER, {KEY}",
    "the same, labels as texts": f"CREATE TABLE e ({OWN}, {TEXTS}, {KEY}",
    "rowid, unique id, index on time": f"CREATE TABLE e ({OWN}, UNIQUE (id)); CREATE INDEX t ON e (time, id)",
    "id without rowid, index on time": (
        f"CREATE TABLE e ({OWN}, PRIMARY KEY (id)) WITHOUT ROWID; CREATE INDEX t ON e (time, id)"
    ),
}
DAILY = Aggregation("daily", ("day", "project", "branch", "language", "editor", "machine_id", "category"))
HOURLY = Aggregation("hourly", ("day", "hour", *DAILY.columns[1:]))
labels = attrgetter(*DAILY.columns[1:])
ENTITIES = Aggregation("entities", ("day", "project", "entity"))
DAY_US = 86_400_000_000
STEP_US = 30_000_000
ROUNDS = 3
"""Each schema takes its turn this often, and its best counts: what else the machine does only ever slows."""


class Target(Protocol):
    """Something that stores batches."""

    def write(self, events: Sequence[Event]) -> None: ...

    def close(self) -> int: ...


class Table:
    """One bare table."""

    def __init__(self, path: Path, ddl: str) -> None:
        self._path = path
        self._connection = apsw.Connection(str(path))
        self._connection.execute(f"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; {ddl}").fetchall()
        names = [row[1] for row in self._connection.execute("PRAGMA table_info(e)")]
        self._sql = f"INSERT INTO e VALUES ({', '.join('?' * len(names))})"
        self._extra = len(names) - 7

    def write(self, events: Sequence[Event]) -> None:
        rows: list[tuple[object, ...]] = []
        for e in events:
            row: tuple[object, ...] = (
                e.time,
                e.id,
                e.utc_offset,
                e.duration,
                hash(e.subject.project) % 300,
                e.is_write,
                e.subject.entity,
            )
            if self._extra == 1:
                row += (1,)
            elif self._extra:
                row += (*labels(e.subject), e.subject.type, e.subject.source)
            rows.append(row)
        with self._connection:
            self._connection.executemany(self._sql, rows)

    def close(self) -> int:
        self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        self._connection.close()
        return self._path.stat().st_size


class Whole:
    """The store, with or without aggregations."""

    def __init__(self, path: Path, *, aggregations: bool) -> None:
        self._path, self._aggregations = path, aggregations
        self._store = SqliteStore(path, SqliteSettings())

    def write(self, events: Sequence[Event]) -> None:
        with self._store.writing() as transaction:
            transaction.insert(events)
            if self._aggregations:
                daily: dict[tuple[int | str, ...], int] = {}
                hourly: dict[tuple[int | str, ...], int] = {}
                entities: dict[tuple[int | str, ...], int] = {}
                for e in events:
                    day, rest = divmod(e.time, DAY_US)
                    grouped = labels(e.subject)
                    for cells, cell in (
                        (daily, (day, *grouped)),
                        (hourly, (day, rest // 3_600_000_000, *grouped)),
                        (entities, (day, e.subject.project, e.subject.entity)),
                    ):
                        cells[cell] = cells.get(cell, 0) + STEP_US
                transaction.apply(DAILY, daily)
                transaction.apply(HOURLY, hourly)
                transaction.apply(ENTITIES, entities)

    def close(self) -> int:
        self._store.close()
        return self._path.stat().st_size


def heartbeats(start: int, count: int, seed: int) -> list[Event]:
    """A heavy user's heartbeats: one every half minute, eight hours a day, in stretches on one project."""
    rng = random.Random(seed)
    events = []
    project, entity = "project0", "src/a.py"
    for n in range(start, start + count):
        if not rng.randrange(60):
            project = f"project{min(int(rng.expovariate(0.2)), 40)}"
        if not rng.randrange(8):
            entity = f"src/package{rng.randrange(20)}/module{rng.randrange(30)}.py"
        day, slot = divmod(n, 960)
        at = day * DAY_US + slot * STEP_US + rng.randrange(STEP_US)
        subject = Subject(entity, "file", "coding", project, "main", "Python", "VS Code", "0" * 32, "http")
        events.append(Event.on(subject, at, 3600))
    return events


def rate(target: Target, events: Sequence[Event], size: int) -> float:
    """Events a second, written in transactions of a size."""
    begun = time.perf_counter()
    for at in range(0, len(events), size):
        target.write(events[at : at + size])
    return len(events) / (time.perf_counter() - begun)


def main(history: int) -> None:
    """Measure every schema, and print rates and their ratios to the first."""
    past, live = heartbeats(0, history, 1), heartbeats(history, 30_000, 2)
    after = heartbeats(history + 30_000, 20_000, 3)
    late = heartbeats(0, history, 4)
    random.Random(5).shuffle(late)
    late = sorted(late[:20_000], key=lambda e: hash(e.id))
    kinds: dict[str, Callable[[Path], Target]] = {
        name: lambda path, ddl=ddl: Table(path, ddl)  # type: ignore[misc]
        for name, ddl in SCHEMAS.items()
    }
    kinds["SqliteStore, events alone"] = lambda path: Whole(path, aggregations=False)
    kinds["SqliteStore, three aggregations"] = lambda path: Whole(path, aggregations=True)
    best: dict[str, list[float]] = {}
    sizes: dict[str, float] = {}
    for _ in range(ROUNDS):
        for name, make in kinds.items():
            with tempfile.TemporaryDirectory() as folder:
                target = make(Path(folder) / "t.db")
                rates = [rate(target, live[:2_000], 1), rate(target, live[2_000:10_000], 25)]
                rates.append(rate(target, live[10_000:], 1000))
                rate(target, past, 10_000)
                rates += [rate(target, after, 1000), rate(target, late, 1000)]
                sizes[name] = target.close() / (len(past) + len(live) + len(after) + len(late))
                best[name] = [max(pair) for pair in zip(rates, best.get(name, rates), strict=True)]
    print(f"{history:,} events of history; thousand events a second, best of {ROUNDS} (ratio to no key)")
    print("| schema | live, 1 | live, 25 | live, 1000 | on history, 1000 | late on history, 1000 | bytes an event |")
    print("|---|---|---|---|---|---|---|")
    for name, rates in best.items():
        cells = [f"{r / 1000:,.1f} ({r / b:.2f})" for r, b in zip(rates, best["no key"], strict=True)]
        print(f"| {name} | {' | '.join(cells)} | {sizes[name]:.0f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
