"""The service watches its store: what is wrong is told, nothing wrong is served, and what is mended goes on."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
import pytest
from support.installations import fresh_home, plugins_offering, plugins_with, running, started
from system.damage import command
from timecode_core.aggregation import Aggregation
from timecode_core.errors import BusyError, DamageError, StoreError, UnavailableError
from timecode_core.protocols import Transaction
from timecode_core.selection import Selection
from timecode_core.serving import keeper
from timecode_core.serving.service import Service
from timecode_core.stretch import Stretch
from timecode_core.testing.memory import MemoryStore

_BEATS = [{"time": 1_700_000_000 + k * 60, "entity": "a.py", "project": "a"} for k in range(50)]
_PATIENCE_S = 240


class Failing(MemoryStore):
    """A store that can be made to fail."""

    failing = False

    @contextmanager
    def writing(self) -> Iterator[Transaction]:  # type: ignore[override]
        if self.failing:
            raise StoreError("the disk is full.", remedy="Free some space.")
        with super().writing() as transaction:
            yield transaction


@pytest.fixture
def home() -> Iterator[Path]:
    with fresh_home() as home:
        yield home


def until(condition: Callable[[], Any]) -> None:
    end = time.monotonic() + _PATIENCE_S
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def store_of(service: Service) -> dict[str, Any]:
    store = service.status()["store"]
    assert isinstance(store, dict)
    return store


def rot(home: Path, statement: str) -> None:
    """Change a database at rest so that its size and times stay as they were, as a failing disk does."""
    path = home / "timecode.db"
    before = path.stat()
    database = apsw.Connection(str(path))
    database.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
    database.execute(statement)
    database.close()
    with path.open("r+b") as file:  # the counters of changes in the header
        header = bytearray(file.read(100))
        header[24:28] = header[92:96] = _HEADERS[home][0]
        header[96:100] = _HEADERS[home][1]
        file.seek(0)
        file.write(header)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


_HEADERS: dict[Path, tuple[bytes, bytes]] = {}


def fill(home: Path) -> None:
    with running(home) as service:
        service.submit(_BEATS, "test")
    header = (home / "timecode.db").read_bytes()[:100]
    _HEADERS[home] = header[24:28], header[96:100]


def test_a_first_start_is_ready_at_once(home: Path) -> None:
    """An empty home has nothing to be brought up to date, and nothing is said of it."""
    with started(home) as service:
        assert service.ready
        assert service.submit(_BEATS, "test").count("stored") == len(_BEATS)
    with started(home) as again:
        assert again.ready


def test_the_last_failure_is_told_until_a_write_succeeds(home: Path) -> None:
    """A status bar that polls must not see a store that is well while nothing can be stored."""
    store = Failing()
    with running(home, {"store": "failing"}, plugins_offering("failing", store)) as service:
        assert store_of(service)["ok"] is True
        store.failing = True
        with pytest.raises(StoreError):
            service.submit(_BEATS[:1], "test")
        for _ in range(2):
            assert (store_of(service)["ok"], store_of(service)["error"]) == (
                False,
                "the disk is full. Free some space.",
            )
        assert service.fault != ""
        store.failing = False
        service.submit(_BEATS[:1], "test")
        assert (store_of(service)["ok"], store_of(service)["error"], service.fault) == (True, "", "")


def test_what_another_program_damages_is_served_no_more(home: Path) -> None:
    """Once it is noticed, within seconds, nothing is answered and nothing taken; status says what to do."""
    fill(home)
    with running(home) as service:
        database = apsw.Connection(str(home / "timecode.db"))
        database.execute("DROP INDEX events_with_duration")
        database.close()
        until(lambda: "events_with_duration is missing" in service.progress)
        assert not service.ready
        assert not store_of(service)["ok"]
        assert "timecode rebuild" in store_of(service)["error"]
        with pytest.raises(BusyError, match="events_with_duration is missing"):
            service.submit(_BEATS, "test")


def test_what_another_program_changes_well_is_taken_up(home: Path) -> None:
    """It is looked through, and goes on by itself."""
    fill(home)
    with running(home) as service:
        database = apsw.Connection(str(home / "timecode.db"))
        database.execute("INSERT INTO metadata VALUES ('note', 'mine')")
        database.close()
        until(lambda: _taken(service))  # perhaps by one that waited in line while it was looked through
        until(lambda: service.ready)
        assert store_of(service)["ok"]
        with service._store.reading() as reader:
            assert reader.metadata()["note"] == "mine"


def _taken(service: Service) -> bool:
    try:
        return service.submit([{"time": 1_800_000_000, "entity": "b.py"}], "test").count("stored") == 1
    except UnavailableError:
        return False


def test_a_damaged_store_is_not_served_at_the_start(home: Path) -> None:
    """Not even for the moment until somebody has looked: the service says why, and stays to say it."""
    fill(home)
    database = apsw.Connection(str(home / "timecode.db"))
    database.execute("UPDATE agg_daily SET time = time + 1")
    database.close()
    with started(home) as service:
        with pytest.raises(DamageError, match=r"totals of daily.*timecode rebuild"):
            service.wait(_PATIENCE_S)
        assert not service.ready
        assert "totals of daily" in store_of(service)["error"]


def test_damage_that_left_no_trace_is_found_in_the_background(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bit that fell over at rest changes no time of the file: found soon after the start, and not forgotten."""
    monkeypatch.setattr(keeper, "_FIRST_LOOK_S", 0.0)
    fill(home)
    rot(home, "UPDATE agg_hourly SET time = time + 1")
    with started(home) as service:
        assert service.ready  # it looks as it was left
        until(lambda: not service.ready)
        assert "totals of hourly" in store_of(service)["error"]
        code, _, errors = command(home, "report", "--period", "all")
        assert (code, "totals of hourly" in errors) == (1, True)
    with started(home) as again:
        assert not again.ready
        with pytest.raises(DamageError, match="totals of hourly"):
            again.wait(_PATIENCE_S)


def test_a_stop_in_the_midst_of_a_look_leaves_the_doubt(home: Path) -> None:
    """What was not read to its end has not been found sound."""
    fill(home)
    database = apsw.Connection(str(home / "timecode.db"))
    database.execute("UPDATE agg_daily SET time = time + 1")
    database.close()
    with started(home):
        pass  # it ends at the first part of the events that is read
    with started(home) as again, pytest.raises(DamageError, match="totals of daily"):
        again.wait(_PATIENCE_S)


def test_a_sound_store_is_looked_through_in_the_background_and_served(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of it is recomputed again and again; events go on coming, and closing it in the midst does no harm."""
    looked: list[int] = []

    def count(_stretch: Stretch) -> str:
        looked.append(1)
        return ""

    counted = Aggregation("counted", ("day", "counted"), derived={"counted": count})
    monkeypatch.setattr(keeper, "_FIRST_LOOK_S", 0.0)
    monkeypatch.setattr(keeper, "_NEXT_LOOK_S", 0.0)
    fill(home)
    with running(home, plugins=plugins_with(counted)) as service:
        before = len(looked)
        until(lambda: len(looked) > before + len(_BEATS))
        assert service.submit([{"time": 1_800_000_000, "entity": "b.py"}], "test").count("stored") == 1
        assert store_of(service)["ok"]
        assert service.ready


def test_a_damaged_store_is_said_once(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is neither looked through over and over, nor is its log filled: until somebody puts another in its place."""
    fill(home)
    path = home / "timecode.db"
    sound = path.read_bytes()
    path.write_bytes(sound[:8192] + b"\x5a" * 12288 + sound[20480:])
    with started(home) as service:
        with pytest.raises(StoreError):
            service.wait(_PATIENCE_S)
        time.sleep(2.5)  # two or three rounds of its watch
        assert len([record for record in caplog.records if record.levelname == "ERROR"]) <= 2
        (home / "good.db").write_bytes(sound)
        (home / "good.db").replace(path)
        until(lambda: service.ready)


def test_a_tag_given_before_a_restart_means_nothing_after_it(home: Path) -> None:
    """A copy of the database may be put back meanwhile, and count its revisions on to the same number."""
    fill(home)
    tags = []
    for _ in range(2):
        with running(home) as service:
            first, last = service.answers.period("all")
            tags += [service.etag(service.order("json", Selection(first, last), {})) for _ in range(2)]
    assert tags[0] == tags[1]
    assert tags[2] == tags[3]
    assert tags[0] != tags[2]
