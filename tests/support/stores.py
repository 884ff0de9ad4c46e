"""Events in a store without a service, by nothing but their time."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
from timecode_core.event import Event
from timecode_core.protocols import Store


def write(store: Store, *times: int) -> None:
    """Store an event at each of the times, in one transaction."""
    with store.writing() as transaction:
        transaction.insert([Event.of(time=time, entity="a") for time in times])


def times(store: Store) -> list[int]:
    """The times of all events."""
    with store.reading() as reader:
        return [event.time for event in reader.scan((-1, b""), 2**60, 10**6)]


def left_as_by_a_kill(path: Path, folder: Path) -> Path:
    """A copy of a database in use, as a kill -9 would leave it."""
    folder.mkdir()
    for file in path.parent.glob(f"{path.name}*"):
        if not file.name.endswith((".lock", "-shm")):
            shutil.copy2(file, folder / file.name)
    return folder / path.name


@contextmanager
def somebody_reading(path: Path) -> Iterator[int]:
    """Another program's connection, with an open view of the file: no fold can be completed. Gives how many it sees."""
    connection = apsw.Connection(str(path))
    try:
        connection.execute("BEGIN")
        ((count,),) = connection.execute("SELECT count(*) FROM events")
        yield int(count)
    finally:
        connection.close()


def make_version_1(path: Path) -> None:
    """Make a database that nobody has open what the first version of Timecode would have written."""
    connection = apsw.Connection(str(path))
    try:
        connection.execute("PRAGMA journal_mode = DELETE").fetchall()
        connection.execute("ALTER TABLE contexts DROP COLUMN mark; PRAGMA user_version = 1").fetchall()
    finally:
        connection.close()
    path.with_name(f"{path.name}.state").unlink(missing_ok=True)
