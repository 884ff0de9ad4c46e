"""One call to the disk fails, once, whichever it is: the service goes on by itself, or after one more start."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest
from store_sqlite.power import CountingVFS, Disk, without_sqlite
from support.installations import installation, started
from system.power_cuts import Events, batch_of, check_totals, events_in
from timecode_core.errors import TimecodeError
from timecode_core.event import Event
from timecode_core.intake.wire import event_to_wire
from timecode_core.serving import keeper as keeper_module
from timecode_core.serving.service import Service
from timecode_store_sqlite import hold as hold_module

FAULTS: tuple[type[apsw.Error], ...] = (apsw.IOError, apsw.FullError)
_BATCHES = 12
_PATIENCE_S = 60.0


@contextmanager
def _impatient() -> Iterator[None]:
    """What a service does once a second it does at once, and its log is folded often."""
    with pytest.MonkeyPatch.context() as context:
        for name in ("_TEND_S", "_FIRST_PAUSE_S", "_LONGEST_PAUSE_S"):
            context.setattr(keeper_module, name, 0.005)
        context.setattr(hold_module, "FOLDED_BYTES", 40_000)
        yield


@contextmanager
def _failing(disk: Disk) -> Iterator[None]:
    """All calls go to this disk meanwhile."""
    vfs = CountingVFS("failing", disk, default=True)
    try:
        with without_sqlite(disk), pytest.MonkeyPatch.context() as context:
            context.setattr("sys.unraisablehook", lambda _: None)  # what SQLite does not pass on when it cleans up
            yield
    finally:
        vfs.unregister()


def work() -> list[list[Event]]:
    """What is sent: the same in every run, so that the nth call of one is that of another."""
    rng = random.Random(9)
    stored: Events = {}
    batches = []
    for n in range(_BATCHES):
        batches.append(batch := batch_of(rng, n * 3, stored))
        stored |= {event.id: event for event in batch}
    return batches


def attempt(number: int, fault: type[apsw.Error], home: Path) -> str:
    """Ingest, with the nth call failing. Says how it went on; AssertionError for what must not be."""
    home.mkdir()
    disk = Disk(folder=home)
    disk.fails = (number, fault)
    client = _Client()
    with _impatient(), _failing(disk):
        starts = 0
        while not client.done:
            starts += 1
            assert starts <= 2, "one more start was not enough"
            try:
                with started(home) as service:
                    client.send(service)
            except TimecodeError as error:
                client.told.append(str(error))
        assert disk.calls >= number, f"there were only {disk.calls} calls"
    house = installation(home)
    store = house.store()
    try:
        check_totals(house.terms(), store, client.acknowledged)
        assert events_in(store) == client.acknowledged
    finally:
        store.close()
    if starts > 1:
        return "stored after one more start"
    return "refused, and stored when sent again" if client.told else "stored as if nothing had been"


class _Client:
    """Sends batch after batch, each again until it is taken."""

    def __init__(self) -> None:
        self._batches = work()
        self.acknowledged: Events = {}
        self.told: list[str] = []

    @property
    def done(self) -> bool:
        """Whether all was taken."""
        return not self._batches

    def send(self, service: Service) -> None:
        """Send what is left. Returns where the service does not get ready any more."""
        while self._batches:
            if not _got_ready(service):
                return
            due = {event.id: event for event in self._batches[0]}
            if self.told:
                self._check_whole(service, due)
            try:
                receipt = service.submit([event_to_wire(event) for event in self._batches[0]], "test")
            except TimecodeError as error:
                self.told.append(str(error))
                continue
            assert receipt.count("rejected") == 0
            self.acknowledged |= due
            del self._batches[0]

    def _check_whole(self, service: Service, due: Events) -> None:
        """All that was acknowledged is there, and of what was not, all or nothing."""
        found = events_in(service._store)
        assert found in (self.acknowledged, self.acknowledged | due)


def _got_ready(service: Service) -> bool:
    """Wait until it takes events; it may say for good that it doesn't."""
    end = time.monotonic() + _PATIENCE_S
    while not service.ready and time.monotonic() < end:
        time.sleep(0.002)
    return service.ready
