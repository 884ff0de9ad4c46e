"""Where a run keeps its databases: one folder, gone at the end."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import islice
from pathlib import Path

from attrs import frozen
from timecode_core.accounting.upkeep import Upkeep
from timecode_core.serving.service import Service
from timecode_core.setup.home import Home
from timecode_core.setup.lock import WriteLock
from timecode_core.wiring.installation import Installation

from bench.data import years
from bench.scale import Scale
from bench.timing import seconds

_CHUNK = 20_000


@frozen
class History:
    """A store with ten years in it, its file's bytes, and how long the aggregations took to fill."""

    installation: Installation
    events: int
    bytes: int
    filled_s: float


class Place:
    """Makes homes, services and the one long history, which several benchmarks share."""

    def __init__(self, folder: Path, scale: Scale) -> None:
        self.folder = folder
        self.scale = scale

    def installation(self) -> Installation:
        """A fresh home."""
        home = Home(Path(tempfile.mkdtemp(dir=self.folder)))
        home.make()
        return Installation.load(home)

    @contextmanager
    def service(self, installation: Installation | None = None) -> Iterator[Service]:
        """A running service in this process."""
        chosen = installation or self.installation()
        with WriteLock(chosen.home) as lock:
            lock.acquire("bench")
            service = Service(chosen)
            service.start()
            try:
                service.wait()
                yield service
            finally:
                service.close()

    @cached_property
    def history(self) -> History:
        """`scale.events` events, appended in order, then all aggregations filled from them."""
        installation = self.installation()
        store = installation.store(writable=True)
        try:
            events = years(installation.steps(), self.scale.events)
            while chunk := list(islice(events, _CHUNK)):
                with store.writing() as transaction:
                    transaction.insert(chunk)
            terms = installation.terms()
            ledger = terms.ledger()
            with store.writing() as transaction:
                upkeep = Upkeep.due(transaction.metadata(), terms, ledger)
                filled_s = seconds(lambda: upkeep.do(transaction, ledger, lambda _done, _all: None))
        finally:
            store.close()
        size = (installation.home.path / "timecode.db").stat().st_size
        return History(installation, self.scale.events, size, filled_s)
