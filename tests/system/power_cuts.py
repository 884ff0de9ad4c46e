"""Power cuts under all that stands between an answer and the disk, and what is found when the power is back."""

from __future__ import annotations

import random
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path

import apsw
import pytest
from attrs import Factory, define
from store_sqlite.power import Disk, PowerVFS, without_sqlite
from support.installations import ALWAYS, installation
from support.reference import credits_of, pieces_of, report_of
from support.scratch import scratch
from timecode_core.accounting.ledger import Ledger
from timecode_core.accounting.renaming import rename_altered
from timecode_core.accounting.terms import Terms
from timecode_core.accounting.upkeep import Upkeep
from timecode_core.accounting.verification import verify
from timecode_core.answering.answers import Answers
from timecode_core.errors import DamageError, TimecodeError
from timecode_core.event import Event
from timecode_core.intake.intake import Intake
from timecode_core.intake.wire import event_to_wire
from timecode_core.protocols import Mending, Step, Store, Transaction
from timecode_core.query import Query
from timecode_core.safekeeping.looking import look_through
from timecode_core.selection import Selection
from timecode_core.serving.writer import Writer
from timecode_store_sqlite import hold as hold_module
from timecode_store_sqlite.maintenance import SqliteMaintenance
from timecode_store_sqlite.settings import SqliteSettings
from timecode_store_sqlite.store import SqliteStore

DATABASE = "timecode.db"
_ACTS = 16
_MINUTE = 60_000_000
_BEGIN = 28_000_000 * _MINUTE
_ALL = 10**6

Events = dict[bytes, Event]


class Lost(AssertionError):  # noqa: N818  (what happened, not an error of ours)
    """The disk doesn't hold what it must, or holds something by half."""


@define
class Book:
    """What a client knows: what was acknowledged, and what there is if the act that was begun last is done, too."""

    stored: Events = Factory(dict)
    due: Events = Factory(dict)
    batch: Sequence[Event] = ()
    """What was sent last."""
    backups: dict[str, Events] = Factory(dict)
    begun: dict[str, Events] = Factory(dict)
    """The backups that were begun, be they acknowledged or not, with what each is to hold."""
    earlier: Events = Factory(dict)
    """What a database of an earlier version held."""


class Pipeline:
    """The parts of a service that store something, on one home folder, in one thread."""

    store_type: Callable[..., SqliteStore] = SqliteStore

    def __init__(self, home: Path, settings: SqliteSettings | None = None) -> None:
        """Open the store as a service does: look it through where it is in doubt, and bring its totals up to date."""
        self.terms, steps = _parts()
        self.ledger = self.make_ledger()
        self.store = self.store_type(home / DATABASE, settings)
        try:
            self.opened()
            self.writer = Writer(self.store, self.ledger)
            self.intake = Intake(steps, self.writer.submit, "UTC")
            look_through(self.terms, self.store, lambda _done, _all: None)
            self.writer.run(self.catch_up)
        except BaseException:
            self.store.close()
            raise

    def make_ledger(self) -> Ledger:
        return self.terms.ledger()

    def opened(self) -> None:
        """What else is to be done with a store."""

    def catch_up(self, transaction: Transaction) -> None:
        self._upkeep(transaction, everything=False)

    def _upkeep(self, transaction: Transaction, *, everything: bool) -> None:
        upkeep = Upkeep.due(transaction.metadata(), self.terms, self.ledger, everything=everything)
        if upkeep.needed:
            upkeep.do(transaction, self.ledger, lambda _done, _all: None)

    def rebuild(self, transaction: Transaction) -> None:
        """As the command does."""
        if isinstance(transaction, Mending):
            transaction.mend()
        rename_altered(transaction)
        self._upkeep(transaction, everything=True)

    def take(self, batch: Sequence[Event]) -> list[str]:
        """Store events that came over the wire; their verdicts."""
        receipt = self.intake.submit([event_to_wire(event) for event in batch], "test")
        return [outcome.verdict for outcome in receipt.outcomes]

    def remove(self, events: Sequence[Event]) -> None:
        """Forget events, with what they had of the totals."""
        self.writer.run(lambda transaction: self.ledger.remove(transaction, events))

    def events(self) -> Events:
        """All that is stored."""
        return events_in(self.store)

    def close(self) -> None:
        self.writer.close()
        self.store.close()


def events_in(store: Store) -> Events:
    """All that a store holds."""
    with store.reading() as reader:
        return {event.id: event for event in reader.scan((-(2**62), b""), 2**62, _ALL)}


@cache
def _parts() -> tuple[Terms, dict[str, Step]]:
    house = installation(Path("nowhere"))
    return house.terms(), house.steps()


# --- A life


def batch_of(rng: random.Random, n: int, stored: Events) -> list[Event]:
    """What an editor sends as its nth batch: new work, late work, work with durations, and some of it again."""
    again = rng.sample(sorted(stored.values(), key=lambda event: event.key), min(len(stored), rng.choice((0, 0, 1, 5))))
    new = []
    for k in range(rng.choice((1, 1, 2, 8, 60))):
        late = rng.choice((0, 0, 0, 30, 500))
        new.append(
            Event.of(
                time=_BEGIN + (n * 20 - late) * _MINUTE + k * rng.choice((1, 1_000_000, 70_000_000)),
                utc_offset=rng.choice((0, 0, 3_600, -18_000)),
                duration=rng.choice((0, 0, 0, 5 * _MINUTE, 60 * _MINUTE)),
                entity=f"/p/{rng.randrange(9)}.py",
                project=f"p{rng.randrange(4)}",
                language=rng.choice(("Python", "Go")),
                category="coding",
                branch="x" * rng.randrange(40),
            )
        )
    mixed = [*new, *again]
    rng.shuffle(mixed)
    return mixed


def live(pipeline: Pipeline, home: Path, book: Book, rng: random.Random) -> None:
    """Do this and that, and note what was acknowledged, until the power goes."""
    for n in range(rng.choice((3, _ACTS))):
        act = rng.choices(("take", "remove", "rebuild", "backup", "tend"), (12, 1, 1, 2, 1))[0]
        if act == "take":
            book.batch = batch_of(rng, len(book.stored) + n, book.stored)
            book.due = book.stored | {event.id: event for event in book.batch}
            verdicts = pipeline.take(book.batch)
            if verdicts.count("stored") != len(book.due) - len(book.stored):
                raise Lost(f"{verdicts} of events of which {len(book.due) - len(book.stored)} are new")
        elif act == "remove":
            gone = rng.sample(sorted(book.stored.values(), key=lambda event: event.key), len(book.stored) // 4)
            book.due = {key: event for key, event in book.stored.items() if event not in gone}
            pipeline.remove(gone)
        elif act == "rebuild":
            pipeline.writer.run(pipeline.rebuild)
        elif act == "backup":
            name = f"{len(book.begun)}.backup"
            book.begun[name] = book.stored
            pipeline.store.backup(home / name)
            book.backups[name] = book.stored
        else:
            pipeline.store.tend()
        book.stored = book.due


def restore(home: Path, settings: SqliteSettings, book: Book, name: str) -> None:
    """Put a backup in the place of what is there."""
    book.due = book.backups[name]
    SqliteMaintenance(home / DATABASE, settings).restore(home / name)
    book.stored = book.due


def attempt(seed: int, folder: Path, kind: type[Pipeline] = Pipeline, *, lies: int = 0) -> str:
    """Live until a cut, once or twice, and see what the disk holds. Says what was found; raises Lost."""
    rng = random.Random(seed)
    before, book = folder / f"{seed}", Book()
    if rng.random() < 0.3:
        shutil.copytree(of_version_1(), before)
        book.stored = book.due = book.earlier = _first_events()
    else:
        before.mkdir()
    settings = SqliteSettings(wal_limit_bytes=rng.choice((0, 50_000, 2**24)))
    with pytest.MonkeyPatch.context() as context:
        context.setattr(hold_module, "FOLDED_BYTES", rng.choice((20_000, 2**22)))
        context.setattr(hold_module, "IDLE_S", 0.0)
        for turn in range(rng.choice((1, 1, 2))):
            after = folder / f"{seed}-{turn}"
            after.mkdir()
            disk = Disk(cut_at=rng.randrange(1, 500), seed=seed, folder=before, lies=lies)
            with powered(disk):
                _run(kind, before, settings, book, rng, disk, after)
            shutil.rmtree(before)
            before = after
    found = check(before, book)
    shutil.rmtree(before)
    return found


@contextmanager
def powered(disk: Disk) -> Iterator[None]:
    """All files are on this disk meanwhile."""
    vfs = PowerVFS("power", disk, default=True)
    try:
        with without_sqlite(disk), pytest.MonkeyPatch.context() as context:
            context.setattr(sys, "unraisablehook", lambda _: None)  # what SQLite does not pass on when it cleans up
            yield
    finally:
        vfs.unregister()


def _run(
    kind: type[Pipeline],
    home: Path,
    settings: SqliteSettings,
    book: Book,
    rng: random.Random,
    disk: Disk,
    after: Path,
) -> None:
    """Live until the cut, and put into the folder `after` what the disk holds then."""
    with ExitStack() as stack:
        with suppress(TimecodeError, OSError):
            try:
                for _ in range(6):
                    if book.backups and book.stored == book.due and rng.random() < 0.5:
                        restore(home, settings, book, rng.choice(sorted(book.backups)))
                    pipeline = kind(home, settings)
                    stack.callback(pipeline.close)
                    _settle(book, pipeline.events())
                    live(pipeline, home, book, rng)
                    stack.pop_all().close()
            except (TimecodeError, OSError) as error:
                if not disk.cut:
                    raise Lost(f"failed with the power on: {error}") from error
                raise
        disk.abandoned = True
        disk.restore(after)


def _settle(book: Book, found: Events) -> None:
    """See what became of the act that was under way."""
    if found not in (book.stored, book.due):
        missing, more = len(book.stored.keys() - found), len(found.keys() - book.due)
        raise Lost(f"of {len(book.stored)} acknowledged events {missing} are missing, and {more} are there unasked")
    book.stored = book.due = found


# --- What is found


def check(home: Path, book: Book) -> str:
    """Raise Lost unless all is well: events, totals, backups, and that what was sent last can be sent again."""
    try:
        whole = "that and all of the next act" if _is_done(home, book) else "exactly what was acknowledged"
        pipeline = Pipeline(home)
        try:
            _settle(book, pipeline.events())
            if warning := pipeline.store.health().details.get("warning"):
                raise Lost(f"it warns of {warning}")
            check_totals(pipeline.terms, pipeline.store, book.stored)
            new = {event.id for event in book.batch} - book.stored.keys()
            if pipeline.take(book.batch).count("stored") != len(new):
                raise Lost("what was sent again was not stored once")
            after = book.stored | {event.id: event for event in book.batch}
            if pipeline.events() != after:
                raise Lost("sent again, it is not as it must be")
            check_totals(pipeline.terms, pipeline.store, after)
        finally:
            pipeline.close()
        _check_backups(home, book)
    except DamageError as error:
        raise Lost(str(error)) from error
    except TimecodeError as error:
        raise Lost(f"it could not be opened: {error}") from error
    return whole


def _is_done(home: Path, book: Book) -> bool:
    if book.stored == book.due:
        return False
    store = SqliteStore(home / DATABASE)
    try:
        return events_in(store) == book.due
    finally:
        store.close()


def check_totals(terms: Terms, store: Store, events: Events) -> None:
    """By the product's own recomputation, and by the slow, obvious one that shares no code with it."""
    found = verify(terms, store)
    if not found.clean or found.pending:
        raise Lost(f"{found.faults} {found.pending}")
    report = Answers(terms, store).report(Query(Selection(*ALWAYS, {}), ("day", "project")))
    expected = report_of(pieces_of(credits_of([*events.values()])), *ALWAYS, ("day", "project"))
    if {row.values: row.time for row in report.rows} != expected:
        raise Lost("the totals are not those of the events")


def _check_backups(home: Path, book: Book) -> None:
    """Those that were acknowledged are there; whatever has a backup's name is whole."""
    for name in book.backups.keys() - {path.name for path in home.glob("*.backup")}:
        raise Lost(f"the backup {name} was acknowledged, and is not there")
    for path in home.glob("*.backup"):
        expected = book.begun.get(path.name)
        if path.name.startswith(f"{DATABASE}.v"):
            expected = book.earlier
            _check_is_earlier(path)
        store = SqliteStore(path)
        try:
            found = events_in(store)
            damage = store.check()
        finally:
            store.close()
        if damage or found != expected:
            raise Lost(f"the backup {path.name}: {damage or f'{len(found)} events'}")


def _check_is_earlier(path: Path) -> None:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    ((version,),) = connection.execute("PRAGMA user_version")
    connection.close()
    if version != 1:
        raise Lost(f"the copy of what was migrated is of version {version}")


# --- A database of version 1


@cache
def of_version_1() -> Path:
    """The home of somebody who has not started the service since. Made once a process, from today's."""
    home = scratch() / "earlier"
    home.mkdir()
    pipeline = Pipeline(home)
    pipeline.take(batch_of(random.Random(1), 0, {}) + batch_of(random.Random(3), 1, {}))
    pipeline.close()
    connection = apsw.Connection(str(home / DATABASE))
    connection.execute("ALTER TABLE contexts DROP COLUMN mark; PRAGMA user_version = 1").fetchall()
    connection.close()
    return home


@cache
def _first_events() -> Events:
    home = scratch() / "seen"
    shutil.copytree(of_version_1(), home)
    store = SqliteStore(home / DATABASE)
    try:
        return events_in(store)
    finally:
        store.close()
