"""A service whose store fails while totals are brought up to date: it tries again, and takes nothing meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.houses import installation
from timecode_core import hookimpl
from timecode_core.errors import BusyError, StoreError
from timecode_core.plugins import Plugins
from timecode_core.protocols import Provider, Transaction
from timecode_core.service import Service
from timecode_core.testing.memory import MemoryStore

_EVENT = [{"time": 1, "entity": "a.py"}]


class FullDisk(MemoryStore):
    """A store that can't be written to for the first so many transactions."""

    def __init__(self, failures: int) -> None:
        super().__init__()
        self.left = failures

    @contextmanager
    def writing(self) -> Iterator[Transaction]:  # type: ignore[override]
        if self.left:
            self.left -= 1
            raise StoreError("the disk is full.", remedy="Free some space.")
        with super().writing() as transaction:
            yield transaction


class Offering:
    """A plugin that offers one store."""

    def __init__(self, store: FullDisk) -> None:
        self._store = store

    @hookimpl
    def timecode_stores(self) -> list[Provider]:
        return [Provider("full", lambda _settings, _context: self._store)]


def _service(home: Path, failures: int) -> Service:
    plugins = Plugins()
    plugins.register(Offering(FullDisk(failures)), "offering")
    return Service(installation(home, {"store": "full"}, plugins))


def _until_ready(service: Service) -> list[str]:
    """Wait; what it said on the way."""
    said: list[str] = []
    while not service.ready:
        if service.progress not in said:
            said.append(service.progress)
        threading.Event().wait(0.005)  # the test's own time limit ends it where nothing comes
    return said


def test_what_kept_it_from_getting_ready_is_told_and_tried_again(tmp_path: Path) -> None:
    service = _service(tmp_path / "home", failures=2)
    service.start()
    try:
        with pytest.raises(StoreError, match="the disk is full"):
            service.wait(60)
        with pytest.raises(BusyError, match=r"not ready: .*(tries again in . s: the disk is full|trying again)"):
            service.submit(_EVENT, "test")
        assert service.status()["ready"] is False
        assert any("tries again in" in text for text in _until_ready(service))
        service.wait(60)
        assert service.submit(_EVENT, "test").count("stored") == 1
    finally:
        service.close()


def test_one_that_waits_to_try_again_can_be_closed(tmp_path: Path) -> None:
    service = _service(tmp_path / "home", failures=1)
    service.start()
    with pytest.raises(StoreError):
        service.wait(60)
    service.close()
    assert "timecode-keeper" not in {thread.name for thread in threading.enumerate()}
    assert not service.ready
