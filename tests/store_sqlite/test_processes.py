"""Several processes on one file: one writes, any read, none uses another's connection."""

import subprocess
import sys
import textwrap
from pathlib import Path

import apsw
import pytest
from timecode_core.aggregation import Aggregation
from timecode_core.errors import BusyError, StoreError
from timecode_core.event import Event
from timecode_store_sqlite.settings import SqliteSettings
from timecode_store_sqlite.store import SqliteStore

DAYS = Aggregation("days", ("day",))

WRITER = textwrap.dedent("""
    import sys
    from pathlib import Path
    from timecode_core.aggregation import Aggregation
    from timecode_core.event import Event
    from timecode_store_sqlite.store import SqliteStore

    store = SqliteStore(Path(sys.argv[1]))
    for n in range(100):
        with store.writing() as transaction:
            transaction.insert([Event.of(time=n, entity=str(k), project=str(n)) for k in range(3)])
            transaction.apply(Aggregation("days", ("day",)), {(0,): 3})
    store.close()
""")

FORKS = textwrap.dedent("""
    import os, sys, warnings
    from pathlib import Path
    from timecode_core.errors import StoreError
    from timecode_core.event import Event
    from timecode_store_sqlite.store import SqliteStore

    warnings.simplefilter("ignore")
    store = SqliteStore(Path(sys.argv[1]))
    with store.writing() as transaction:
        transaction.insert([Event.of(time=1, entity="a")])
    with store.reading():
        pass
    child = os.fork()
    if not child:
        refused = 0
        for opening in (store.reading, store.writing):
            try:
                with opening():
                    pass
            except StoreError as error:
                refused += "after the fork" in str(error)
        refused += not store.health().ok
        store.close()
        os._exit(refused)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    with store.writing() as transaction:
        transaction.insert([Event.of(time=2, entity="a")])
    with store.reading() as reader:
        print(reader.count())
    store.close()
""")


def test_a_process_reads_while_another_writes(tmp_path: Path) -> None:
    """The reader sees whole transactions, ever more of them, and in the end all; the labels are right throughout."""
    path = tmp_path / "t.db"
    SqliteStore(path).close()
    reading = SqliteStore(path, writable=False)
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stderr=subprocess.PIPE, text=True)
    seen = 0
    while True:
        ended = writer.poll() is not None
        with reading.reading() as reader:
            events = reader.scan((-1, b""), 10**9, 10**6)
            assert len(events) % 3 == 0
            assert reader.count() == len(events) >= seen
            assert all(event.subject.project == str(event.time) for event in events)
            assert list(reader.totals(DAYS, (0, 0), (), {})) == ([((), len(events))] if events else [])
            seen = len(events)
        if ended:
            break
    reading.close()
    assert writer.communicate()[1] == ""
    assert seen == 300


def test_a_second_store_for_writing_is_refused(tmp_path: Path) -> None:
    """One process at a time writes to a file, by whichever name: each would reckon totals by its own rule."""
    first = SqliteStore(tmp_path / "t.db")
    (tmp_path / "link.db").symlink_to(tmp_path / "t.db")
    for name in ("t.db", "link.db"):
        with pytest.raises(BusyError, match=r"t\.db is being written by timecode \(process \d+\)"):
            SqliteStore(tmp_path / name)
    SqliteStore(tmp_path / "t.db", writable=False).close()
    first.close()
    SqliteStore(tmp_path / "link.db").close()


def test_a_store_that_could_not_be_opened_leaves_no_lock(tmp_path: Path) -> None:
    """A damaged file, refused and moved away, can be put right without a restart of anything."""
    path = tmp_path / "t.db"
    path.write_bytes(b"no database at all " * 1000)
    with pytest.raises(StoreError, match="no SQLite database"):
        SqliteStore(path)
    path.unlink()
    SqliteStore(path).close()


def test_another_programs_write_is_waited_for_and_then_told(tmp_path: Path) -> None:
    """While another holds the write transaction, ours ends with an error that tells; afterwards it goes through."""
    store = SqliteStore(tmp_path / "t.db", SqliteSettings(busy_timeout_ms=10))
    other = apsw.Connection(str(tmp_path / "t.db"))
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="another process is writing"), store.writing():
        pass
    other.execute("ROLLBACK")
    other.close()
    with store.writing() as transaction:
        transaction.insert([Event.of(time=2, entity="a")])
    store.close()


def test_writing_within_writing_is_refused(tmp_path: Path) -> None:
    """A second transaction in the same process is an error, not a deadlock, and does the first no harm."""
    store = SqliteStore(tmp_path / "t.db", SqliteSettings(busy_timeout_ms=10))
    with store.writing() as transaction:
        transaction.insert([Event.of(time=1, entity="a")])
        with pytest.raises(StoreError, match="another thread is writing"), store.writing():
            pass
    with store.reading() as reader:
        assert reader.count() == 1
    store.close()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_a_fork_is_refused_and_does_no_harm(tmp_path: Path) -> None:
    """A forked process gets an error, its close leaves the parent's connections alone, and the parent goes on."""
    done = subprocess.run(
        [sys.executable, "-c", FORKS, str(tmp_path / "t.db")], capture_output=True, text=True, check=False
    )
    assert (done.stdout.split(), done.stderr) == (["3", "2"], "")
