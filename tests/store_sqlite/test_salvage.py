"""What a damaged database still yields: nothing that it never held, and all that the damage has left."""

from __future__ import annotations

import errno
import io
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any

import apsw
import pytest
from hypothesis import given, strategies as st
from support.installations import fresh_home
from support.stores import left_as_by_a_kill, somebody_reading
from support.strategies import fewer
from system.damage import DATABASE, IN_BYTES, IN_ROWS, PAGE, build, damage_log, edit, execute
from timecode_core.errors import BusyError, StoreError
from timecode_core.event import Event
from timecode_core.subject import Subject
from timecode_store_sqlite import hold as hold_module
from timecode_store_sqlite.frames import FRAME_HEAD, HEAD
from timecode_store_sqlite.pages import Pages
from timecode_store_sqlite.records import NAMES, StoredEvent, contexts_on
from timecode_store_sqlite.salvage import SqliteSalvage
from timecode_store_sqlite.settings import SqliteSettings
from timecode_store_sqlite.store import SqliteStore

CUTS = {"_truncate", "_truncate_to_a_page"}
SECOND = 1_000_000
PROVED = "so that nothing proves that time and entity are right"


def salvaged(path: Path) -> tuple[list[Event], Sequence[str]]:
    """All that the file yields, in order, and what is said to be lost."""
    salvage = SqliteSalvage(path, lambda _done, _all: None)
    events = [event for chunk in salvage.events() for event in chunk]
    return sorted(events, key=lambda event: event.key), salvage.losses


def stored(path: Path) -> list[Event]:
    """All that the file holds, as the store reads it."""
    store = SqliteStore(path, writable=False)
    with store.reading() as reader:
        events = list(reader.scan((-(2**63), b""), 2**62, 10**6))
    store.close()
    return events


def bare(event: Event) -> Event:
    """The event as it is kept where its labels are lost."""
    return event.evolve(subject=Subject(event.subject.entity))


def judge(path: Path, true: Sequence[Event], *, told: bool = True) -> tuple[list[Event], Sequence[str]]:
    """Salvage the file, and make sure that it holds no event that there never was, and that no count is wrong."""
    events, losses = salvaged(path)
    ids = {event.id for event in events}
    assert len(ids) == len(events)
    known = {event.id: event for event in true}
    proven = [event for event in events if event.id in known]
    assert all(event == known[event.id] for event in proven)
    assert all(event.subject.source == known[event.id].subject.source for event in proven) or not told
    rest = [event for event in events if event.id not in known]
    if rest:
        assert f"Kept without project and other labels, which are lost, {PROVED}: {len(rest):,}." in losses
        assert all(event.subject == Subject(event.subject.entity) for event in rest)
    if told and len(events) < len(true):
        assert losses, len(events)
    return events, losses


@pytest.fixture(scope="module")
def sound() -> Iterator[Path]:
    """A database that was closed in good order, with 3,000 events on some fifty pages."""
    with fresh_home() as home:
        build(home)
        yield home / DATABASE


@pytest.fixture(scope="module")
def homes(sound: Path) -> dict[int, list[Event]]:
    """For each page, by where it begins, the events whose rows are on it. An index has ids, too, but no entity."""
    content, true = sound.read_bytes(), stored(sound)
    pages = {at: content[at : at + PAGE] for at in range(0, len(content), PAGE)}
    found = {
        at: [event for event in true if event.id in page and event.subject.entity.encode() in page]
        for at, page in pages.items()
    }
    assert sum(map(len, found.values())) == len(true)
    return found


@pytest.fixture(scope="module")
def unfolded() -> Iterator[Path]:
    """A database that was killed, a thousand of whose 3,000 events are in its log alone."""
    with fresh_home() as home:
        build(home, unfolded=True)
        yield home / DATABASE


@pytest.fixture
def path(sound: Path, tmp_path: Path) -> Path:
    """A copy of the sound one, to be damaged."""
    return Path(shutil.copy(sound, tmp_path / "d.db"))


def ask(path: Path, sql: str, *bindings: str) -> list[tuple[Any, ...]]:
    """The rows that the database has for an answer."""
    connection = apsw.Connection(str(path))
    rows = connection.execute(sql, bindings).fetchall()
    connection.close()
    return rows


def roots(path: Path, *names: str) -> list[int]:
    """Where the trees of these names begin: in so small a file, they end there, too."""
    return [ask(path, "SELECT rootpage FROM sqlite_schema WHERE name = ?", name)[0][0] for name in names]


def clear(path: Path, *pages: int) -> None:
    """Fill these pages, counted from 1, with zeros."""
    with path.open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * PAGE)
            file.write(bytes(PAGE))


# --- What is whole


def test_a_sound_file_yields_all_of_it_and_stays_as_it_is(sound: Path) -> None:
    """Every event with its labels, its source and its id. Nothing is written, neither to it nor beside it."""
    before = {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in sound.parent.iterdir()}
    events, losses = salvaged(sound)
    assert {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in sound.parent.iterdir()} == before
    true = stored(sound)
    assert (events, losses) == (true, [])
    assert [event.id for event in events] == [event.id for event in true]
    assert [event.subject for event in events] == [event.subject for event in true]
    assert len({event.subject.source for event in events}) == 2


def test_what_only_the_log_holds_is_found(tmp_path: Path) -> None:
    """After a kill -9, the newest work is there and nowhere else, often on several images of a page."""
    path = tmp_path / "t.db"
    store = SqliteStore(path)
    events = [Event.of(time=n * SECOND, entity=f"{n % 7}.py", project=f"p{n % 3}") for n in range(500)]
    for begin in range(0, 500, 10):
        with store.writing() as transaction:
            transaction.insert(events[begin : begin + 10])
    killed = left_as_by_a_kill(path, tmp_path / "killed")
    store.close()
    assert salvaged(killed) == (events, [])
    Path(f"{killed}-wal").unlink()
    assert salvaged(killed)[0] == []


def test_long_texts_go_on_on_other_pages(tmp_path: Path) -> None:
    """Paths and labels of every length that matters, up to the longest; folded or in the log."""
    path = tmp_path / "t.db"
    store = SqliteStore(path)
    lengths = [*range(1, 120, 9), *range(900, 1_060), *range(4_000, 4_097, 7), 4_096]
    events = [Event.of(time=n * SECOND, entity="a" * n) for n in lengths]
    events += [Event.of(time=(5_000 + n) * SECOND, entity="𐍈" * n) for n in (31, 250, 1_020, 4_096)]
    events += [Event.of(time=(9_500 + n) * SECOND, entity="x", project="𐍈" * n, branch="b" * n) for n in (60, 512)]
    with store.writing() as transaction:
        transaction.insert(events)
    assert salvaged(left_as_by_a_kill(path, tmp_path / "killed")) == (events, [])
    store.close()
    assert salvaged(path) == (events, [])


def test_labels_of_any_length_are_found_in_the_table_and_in_its_index(tmp_path: Path) -> None:
    """Around those lengths from which on a part of them is on other pages, each kind of tree having its own."""
    store = SqliteStore(tmp_path / "t.db")
    events = [Event.of(time=n, entity="a", branch="b" * n) for n in (*range(0, 120, 7), *range(480, 513))]
    events += [Event.of(time=n, entity="a", project="𐍈" * 512, language="c" * n) for n in range(480)]
    events += [Event.of(time=n, entity="a", project="𐍈" * 512, branch="𐍈" * 480, language="d" * n) for n in range(99)]
    with store.writing() as transaction:
        transaction.insert(sorted(events, key=lambda event: event.key))
    store.close()
    pages = Pages(tmp_path / "t.db")
    found = [one for page in pages for one in contexts_on(page, pages)]
    pages.close()
    labels = {attrgetter(*NAMES)(event.subject) for event in events}
    assert {one.labels for one in found if one.events == 1} == labels
    assert {one.labels for one in found if one.events is None} == labels
    rows, keys = ({one.number for one in found if (one.events is None) == keyed} for keyed in (False, True))
    assert rows == keys == set(range(1, len(labels) + 1))


@pytest.mark.parametrize("size", [512, 1024, 65536])
def test_pages_of_any_size(path: Path, size: int) -> None:
    """The header tells how large they are."""
    connection = apsw.Connection(str(path))
    connection.execute(f"PRAGMA journal_mode = DELETE; PRAGMA page_size = {size}; VACUUM").fetchall()
    connection.close()
    events, losses = salvaged(path)
    assert (len(events), losses) == (3_000, [])


def test_a_file_of_version_1(sound: Path, path: Path) -> None:
    """It has no marks by which contexts could be told from changed ones; the events prove them."""
    execute(path, "ALTER TABLE contexts DROP COLUMN mark; PRAGMA user_version = 1")
    with pytest.raises(StoreError, match="of an earlier version"):
        stored(path)
    assert salvaged(path) == (stored(sound), [])
    gone = [row[0] for row in ask(path, "SELECT id FROM events WHERE context = 1")]
    execute(path, "PRAGMA secure_delete = ON; DELETE FROM events WHERE context = 1")
    events, losses = salvaged(path)
    assert events == [event for event in stored(sound) if event.id not in gone]
    assert losses == [f"Lost of 3,000 events that the file still counts: {len(gone)}, at least."]


def test_the_columns_are_those_of_the_schema(path: Path) -> None:
    """Where a later version of it has others, the shapes of records must know of that."""
    columns = {
        table: [row[0] for row in ask(path, "SELECT name FROM pragma_table_info(?)", table)]
        for table in ("contexts", "events")
    }
    assert columns["contexts"] == ["id", *NAMES, "events", "mark"]
    assert columns["events"] == [*StoredEvent._fields]


def test_what_was_deleted_does_not_come_back(tmp_path: Path) -> None:
    """Neither from free room on pages that were split and filled in any order, nor from the log, even after a kill."""
    path = tmp_path / "t.db"
    store = SqliteStore(path)
    events = [Event.of(time=n * SECOND, entity=f"{n % 50}.py", project=f"p{n % 7}") for n in range(2_000)]
    mixed = random.Random(1).sample(events, len(events))
    for begin in range(0, len(mixed), 40):
        with store.writing() as transaction:
            transaction.insert(mixed[begin : begin + 40])
    with store.writing() as transaction:
        transaction.delete([event for event in events if event.subject.project == "p3"])
    left = [event for event in events if event.subject.project != "p3"]
    assert salvaged(left_as_by_a_kill(path, tmp_path / "killed")) == (left, [])
    store.close()
    assert salvaged(path) == (left, [])


@pytest.mark.parametrize("folded_before", [True, False], ids=["in the database", "in the log"])
def test_what_was_deleted_while_somebody_read_does_not_come_back(tmp_path: Path, folded_before: bool) -> None:
    """The log can't be emptied then: older images of its pages are still there when the process is killed."""
    path = tmp_path / "t.db"
    store = SqliteStore(path, SqliteSettings(wal_limit_bytes=0 if folded_before else 2**24))
    events = [Event.of(time=n * SECOND, entity=f"{n % 50}.py", project=f"p{n % 7}") for n in range(1_000)]
    with store.writing() as transaction:
        transaction.insert(events)
    with somebody_reading(path):
        with store.writing() as transaction:
            transaction.delete([event for event in events if event.subject.project == "p3"])
        killed = left_as_by_a_kill(path, tmp_path / "killed")
    left = [event for event in events if event.subject.project != "p3"]
    assert salvaged(killed) == (left, [])
    store.close()


def test_what_a_log_before_has_left_behind_the_end_does_not_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of that is in the database, where it was deleted."""
    monkeypatch.setattr(hold_module, "IDLE_S", 0.0)
    path = tmp_path / "t.db"
    store = SqliteStore(path)
    events = [Event.of(time=n * SECOND, entity="a.py", project=f"p{n % 7}") for n in range(1_000)]
    with store.writing() as transaction:
        transaction.insert(events)
    with somebody_reading(path), store.writing() as transaction:
        transaction.delete(events[:500])
    with somebody_reading(path):
        assert store.tend() == ""
    with store.writing() as transaction:
        transaction.insert([Event.of(time=2_000 * SECOND, entity="a.py")])
    killed = left_as_by_a_kill(path, tmp_path / "killed")
    assert events[0].id in Path(f"{killed}-wal").read_bytes()
    assert [event.time // SECOND for event in salvaged(killed)[0]] == [*range(500, 1_000), 2_000]
    store.close()


def test_a_log_of_another_database_takes_the_place_of_nothing(sound: Path, path: Path, tmp_path: Path) -> None:
    """It is sound, and its pages are not those of this one: what is found in it is added."""
    other = tmp_path / "t.db"
    store = SqliteStore(other)
    event = Event.of(time=SECOND, entity="other.py")
    with store.writing() as transaction:
        transaction.insert([event])
    shutil.copy(f"{other}-wal", f"{path}-wal")
    store.close()
    assert salvaged(path)[0] == [event, *stored(sound)]


# --- What is damaged


@pytest.mark.parametrize("kind", dict.fromkeys(IN_BYTES), ids=lambda kind: kind.__name__)
def test_damage_costs_no_more_than_it_touches(
    sound: Path, homes: dict[int, list[Event]], path: Path, kind: Callable[[bytearray, random.Random], None]
) -> None:
    """What stands on a page that is as it was is found, and nothing is found that was never there."""
    true = stored(sound)
    content = sound.read_bytes()
    for seed in range(6):
        shutil.copy(sound, path)
        edit(path, kind, random.Random(seed))
        damaged = path.read_bytes()
        intact = [at for at in range(0, len(content), PAGE) if content[at : at + PAGE] == damaged[at : at + PAGE]]
        events, _ = judge(path, true)
        found = {event.id for event in events}
        for event in (event for at in intact for event in homes[at]):
            assert event.id in found or (kind.__name__ in CUTS and bare(event).id in found), (seed, event)


@pytest.mark.parametrize("statement", IN_ROWS)
def test_what_sqlite_knows_of_its_tables_does_not_matter(sound: Path, path: Path, statement: str) -> None:
    """Rows of its own that were changed cost nothing."""
    execute(path, statement)
    assert salvaged(path) == (stored(sound), [])


def test_a_damaged_log_costs_what_was_in_it_at_most(unfolded: Path, tmp_path: Path) -> None:
    """Each image of a page that is left in it is looked at, and most pages have several."""
    true, losses = salvaged(unfolded)
    assert (len(true), losses) == (3_000, [])
    for seed in range(4):
        home = tmp_path / str(seed)
        home.mkdir()
        for name in (DATABASE, f"{DATABASE}-wal"):
            shutil.copy(unfolded.with_name(name), home)
        how = damage_log(home, seed)
        found = {event.id for event in judge(home / DATABASE, true, told=False)[0]}
        assert how == "_truncate" or len(found) > 2_940, (how, len(found))


def test_neither_header_nor_schema_is_needed(sound: Path, path: Path) -> None:
    """The first page holds both. The size of pages is then the one that is usual."""
    clear(path, 1)
    assert salvaged(path) == (stored(sound), [])


@pytest.mark.parametrize("name", ["contexts", "sqlite_autoindex_contexts_1"])
def test_labels_are_kept_twice(sound: Path, path: Path, name: str) -> None:
    """The index that keeps contexts different has their labels, too."""
    clear(path, *roots(path, name))
    events, losses = salvaged(path)
    assert events == stored(sound)
    assert losses == (["How many events there were, nothing tells any more."] if name == "contexts" else [])


def test_where_all_labels_are_lost_time_is_kept(sound: Path, path: Path) -> None:
    """Each event is kept under the id that follows from what is left of it, and that is said."""
    clear(path, *roots(path, "contexts", "sqlite_autoindex_contexts_1"))
    events, losses = salvaged(path)
    assert events == sorted(map(bare, stored(sound)), key=lambda event: event.key)
    assert all(event.id == event.content_id() for event in events)
    assert losses == [
        "How many events there were, nothing tells any more.",
        f"Kept without project and other labels, which are lost, {PROVED}: 3,000.",
    ]
    clear(path, 1)  # so that no header says whose file it is, and events alone do
    assert salvaged(path) == (events, losses)


def test_of_two_events_that_differed_by_lost_labels_alone_one_is_left(tmp_path: Path) -> None:
    """They can't be told apart any more; what is said is how many are kept."""
    path = tmp_path / "t.db"
    store = SqliteStore(path)
    with store.writing() as transaction:
        transaction.insert([Event.of(time=1, entity="a", project=project) for project in ("p", "q")])
    store.close()
    clear(path, *roots(path, "contexts", "sqlite_autoindex_contexts_1"))
    events, losses = salvaged(path)
    assert events == [Event.of(time=1, entity="a")]
    assert losses[1].endswith(f"{PROVED}: 1.")


def test_what_has_lost_its_labels_is_at_least_as_long_as_its_page_says(tmp_path: Path) -> None:
    """Where its header says something else, a part of it is of another."""
    path = tmp_path / "t.db"
    events = [Event.of(time=n * SECOND, entity="abc") for n in (1, 2)]
    store = SqliteStore(path)
    with store.writing() as transaction:
        transaction.insert(events)
    store.close()
    clear(path, *roots(path, "contexts", "sqlite_autoindex_contexts_1"))
    content = bytearray(path.read_bytes())
    content[content.index(events[0].id) - 3 - 1] -= 2  # before the bytes of its time: the type, and so length, of "abc"
    path.write_bytes(content)
    assert salvaged(path)[0] == events[1:]


def test_of_two_images_of_an_event_without_labels_one_is_kept(tmp_path: Path) -> None:
    """One of them was altered, and nothing tells which."""
    path = tmp_path / "t.db"
    store = SqliteStore(path)
    with store.writing() as transaction:
        transaction.insert([Event.of(time=SECOND, entity="abc", project="p")])
    store.close()
    clear(path, *roots(path, "contexts", "sqlite_autoindex_contexts_1"))
    (page,) = roots(path, "events")
    image = path.read_bytes()[(page - 1) * PAGE : page * PAGE]
    Path(f"{path}-wal").write_bytes(bytes(HEAD + FRAME_HEAD) + image.replace(b"abc", b"abd"))
    events, losses = salvaged(path)
    assert events == [Event.of(time=SECOND, entity="abc")]
    assert losses[1].endswith(f"{PROVED}: 1.")


@pytest.mark.parametrize(
    "values",
    [
        "-1, 0, 0, {}, 0, 'a'",
        "253370764800000000, 0, 0, {}, 0, 'a'",
        "1, 30, 0, {}, 0, 'a'",
        "1, 86400, 0, {}, 0, 'a'",
        "1, 0, -1, {}, 0, 'a'",
        "1, 0, 3600000001, {}, 0, 'a'",
        "1, 0, 0, {}, 2, 'a'",
        "1, 0, 0, {}, 0, ''",
        "1, 0, 0, {}, 0, printf('%.*c', 4097, 'a')",
        "1, 0, 0, {}, 0, 'a' || char(0)",
    ],
)
def test_what_no_event_can_be_is_none(sound: Path, path: Path, values: str) -> None:
    """Where nothing else proves an event, it must at least be one that the intake could have taken."""
    unknown = 999_999
    time, rest = values.format(unknown).split(", ", 1)
    insert = "INSERT INTO events VALUES ({}, x'01000000000000000000000000000000', {})"
    possible = insert.format(2, f"0, 0, {unknown}, 1, 'possible'")
    execute(path, f"PRAGMA ignore_check_constraints = ON; {insert.format(time, rest)}; {possible}")
    events, _ = salvaged(path)
    new = Event.of(time=2, entity="possible", is_write=True)
    assert {event.id for event in events} - {event.id for event in stored(sound)} == {new.id}


def test_labels_that_somebody_has_changed_are_not_believed(sound: Path, path: Path) -> None:
    """Nor do they cost the time of their events, which is counted."""
    true = stored(sound)
    context = "(SELECT context FROM events LIMIT 1)"
    execute(path, f"UPDATE contexts SET project = 'renamed' WHERE id = {context}")
    labels = {(one.subject.project, one.subject.branch, one.subject.source) for one in true[:1]}
    own = [e for e in true if (e.subject.project, e.subject.branch, e.subject.source) in labels]
    events, losses = salvaged(path)
    assert {event.id for event in events} == {e.id for e in true} - {e.id for e in own} | {bare(e).id for e in own}
    assert losses == [f"Kept without project and other labels, which are lost, {PROVED}: {len(own)}."]


@pytest.mark.parametrize("change", ["", "ALTER TABLE contexts DROP COLUMN mark; "], ids=["version 2", "version 1"])
def test_an_event_that_was_changed_is_left_out_and_counted(sound: Path, path: Path, change: str) -> None:
    """Its labels are as they were, as their mark says or others of their events, so that it does not fit itself."""
    true = stored(sound)
    execute(path, f"{change}UPDATE events SET entity = 'other.py' WHERE time = (SELECT min(time) FROM events)")
    events, losses = salvaged(path)
    assert events == true[1:]
    assert losses == [
        "Lost of 3,000 events that the file still counts: 1, at least.",
        "Left out since they are not as they were stored: 1.",
    ]


def test_what_is_cut_off_is_counted(sound: Path, path: Path) -> None:
    """By what the contexts had counted: exactly so many are lost as are not found."""
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    events, losses = salvaged(path)
    assert 0 < len(events) < 3_000
    assert losses[0] == f"Lost of 3,000 events that the file still counts: {3_000 - len(events):,}, at least."
    assert {event.id for event in events} <= {event.id for event in stored(sound)}


def test_the_newest_count_counts(tmp_path: Path) -> None:
    """The database has an older one than its log."""
    path = tmp_path / "t.db"
    events = [Event.of(time=n * SECOND, entity="a.py") for n in range(20)]
    store = SqliteStore(path)
    with store.writing() as transaction:
        transaction.insert(events[:10])
    store.close()
    store = SqliteStore(path)
    with store.writing() as transaction:
        transaction.insert(events[10:])
    killed = left_as_by_a_kill(path, tmp_path / "killed")
    store.close()
    for file in (killed, Path(f"{killed}-wal")):
        file.write_bytes(file.read_bytes().replace(events[15].id, bytes(16)))
    found, losses = salvaged(killed)
    assert found == events[:15] + events[16:]
    assert losses[0] == "Lost of 20 events that the file still counts: 1, at least."


def test_a_part_that_the_disk_cannot_read_costs_no_other(
    sound: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading goes on behind it."""

    class Failing(io.FileIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() == 30 * PAGE:
                raise OSError(errno.EIO, "Input/output error")
            return super().read(-1 if size is None else size)

    execute(path, "UPDATE events SET entity = 'other.py' WHERE time = (SELECT min(time) FROM events)")
    monkeypatch.setattr(Path, "open", lambda self, *_modes, **_more: Failing(self))
    found, _ = salvaged(path)
    monkeypatch.undo()
    clear(path, 31)
    assert found == salvaged(path)[0]
    assert 2_900 < len(found) < 3_000


# --- What is refused


@pytest.mark.parametrize("content", [b"", b"text " * 5_000, bytes(3 * PAGE)], ids=["empty", "text", "zeros"])
def test_what_is_no_database_of_ours_is_refused(tmp_path: Path, content: bytes) -> None:
    """In a line that says what to do."""
    path = tmp_path / "f"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"no database of Timecode's, or nothing of it is left\. Name another copy"):
        salvaged(path)


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    """It is sound, and nothing of ours."""
    path = tmp_path / "f.db"
    connection = apsw.Connection(str(path))
    connection.execute("CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'x')").fetchall()
    connection.close()
    with pytest.raises(StoreError, match="no database of Timecode's"):
        salvaged(path)


def test_an_empty_database_of_ours_yields_nothing_and_lacks_nothing(tmp_path: Path) -> None:
    """There never was an event in it."""
    SqliteStore(tmp_path / "t.db").close()
    assert salvaged(tmp_path / "t.db") == ([], [])


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """Is named, with what to name in its place."""
    with pytest.raises(StoreError, match=r"there is no file .*f\.db\. Name the damaged database"):
        salvaged(tmp_path / "f.db")


def test_a_file_that_is_being_written_is_refused(tmp_path: Path) -> None:
    """The message names who holds it."""
    store = SqliteStore(tmp_path / "t.db")
    with pytest.raises(BusyError, match=r"is being written by timecode \(process \d+\)\. Run `timecode stop`, or wait"):
        salvaged(tmp_path / "t.db")
    store.close()


# --- Whatever the bytes are

_edits = st.lists(st.tuples(st.integers(0, 11 * PAGE), st.binary(min_size=1, max_size=40)), max_size=30)


@pytest.fixture(scope="module")
def small() -> Iterator[tuple[bytes, list[Event]]]:
    """The bytes of a small database, and its events, some of them long."""
    with fresh_home() as home:
        home.mkdir()
        store = SqliteStore(home / DATABASE)
        events = [Event.of(time=n * SECOND, entity=f"{n}" * 9, project=f"p{n % 4}") for n in range(150)]
        events += [Event.of(time=(200 + n) * SECOND, entity="long" * 1_000, branch="b") for n in range(2)]
        with store.writing() as transaction:
            transaction.insert(events)
        store.close()
        yield (home / DATABASE).read_bytes(), events


@given(edits=_edits, log=st.binary(max_size=200) | st.none())
@fewer(2)
def test_whatever_is_written_over_it_what_it_yields_was_there(
    small: tuple[bytes, list[Event]],
    tmp_path_factory: pytest.TempPathFactory,
    edits: list[tuple[int, bytes]],
    log: bytes | None,
) -> None:
    """Nothing raises, and nothing goes on for ever. An event without labels proves nothing, and is said to be one."""
    content, true = small
    changed = bytearray(content)
    for at, text in edits:
        changed[at : at + len(text)] = text
    path = tmp_path_factory.mktemp("f") / "f.db"
    path.write_bytes(changed)
    if log is not None:
        Path(f"{path}-wal").write_bytes(log + content)
    judge(path, true, told=False)


@given(content=st.binary(max_size=3 * PAGE))
def test_no_bytes_at_all_make_it_fail(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """Bytes behind the header of a database of ours yield nothing that is proven, and raise nothing."""
    path = tmp_path_factory.mktemp("f") / "f.db"
    path.write_bytes(bytes(68) + b"TCOD" + content)
    judge(path, [], told=False)
