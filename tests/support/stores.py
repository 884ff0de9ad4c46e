"""Events in a store without a service, by nothing but their time."""

import shutil
from pathlib import Path

from timecode_core.event import Event
from timecode_core.protocols import Store


def write(store: Store, *times: int) -> None:
    """Store an event at each of the times, in one transaction."""
    with store.writing() as transaction:
        transaction.insert([Event(time, 0, 0, "a") for time in times])


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
