"""A service whose store fails while totals are brought up to date: it tries again, and takes nothing meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from support.installations import plugins_offering, started
from timecode_core.errors import BusyError, StoreError
from timecode_core.protocols import Transaction
from timecode_core.serving.service import Service
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


def _started(home: Path, failures: int) -> AbstractContextManager[Service]:
    return started(home, {"store": "full"}, plugins_offering("full", FullDisk(failures)))


def _until_ready(service: Service) -> list[str]:
    """Wait; what it said on the way."""
    said: list[str] = []
    while not service.ready:
        if service.progress not in said:
            said.append(service.progress)
        threading.Event().wait(0.005)  # the test's own time limit ends it where nothing comes
    return said


def test_what_kept_it_from_getting_ready_is_told_and_tried_again(tmp_path: Path) -> None:
    with _started(tmp_path / "home", failures=2) as service:
        with pytest.raises(StoreError, match="the disk is full"):
            service.wait(60)
        with pytest.raises(BusyError, match=r"not ready: .*(tries again in . s: the disk is full|trying again)"):
            service.submit(_EVENT, "test")
        assert service.status()["ready"] is False
        assert any("tries again in" in text for text in _until_ready(service))
        service.wait(60)
        assert service.submit(_EVENT, "test").count("stored") == 1


def test_one_that_waits_to_try_again_can_be_closed(tmp_path: Path) -> None:
    with _started(tmp_path / "home", failures=1) as service, pytest.raises(StoreError):
        service.wait(60)
    assert "timecode-keeper" not in {thread.name for thread in threading.enumerate()}
    assert not service.ready
