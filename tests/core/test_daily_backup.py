"""The service makes a backup on each day on which something has changed, and keeps a bounded number."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.installations import fresh_home, installation, running
from support.stores import write
from timecode_core.errors import StoreError
from timecode_core.safekeeping.backups import Backups, kept
from timecode_core.serving import daily
from timecode_core.serving.daily import DailyBackup
from timecode_core.setup.settings import BackupSettings
from timecode_store_sqlite.store import SqliteStore

NOON = datetime(2025, 1, 1, 12, tzinfo=UTC)


def until(condition: Callable[[], object]) -> None:
    """Wait for what another thread does."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.002)


class Life:
    """A store, a clock that a test sets, and what makes its backups."""

    def __init__(self, home: Path, settings: BackupSettings) -> None:
        self._house = installation(home)
        self._house.home.make()
        self.store = SqliteStore(home / "timecode.db")
        self.clock = NOON
        self.looks = 0
        self.ready = True
        self.backups = Backups(self._house.home, settings, self._house.maintenance())
        self.daily = self.service()
        self.daily.start()

    def service(self) -> DailyBackup:
        """What makes the backups of one start of the service."""
        return DailyBackup(self.backups, self.store, self._look, lambda: self.clock)

    def _look(self) -> bool:
        self.looks += 1
        return self.ready

    def looked(self) -> None:
        """Wait for one whole look whether a backup is due that begins after now: what was due is made then."""
        before = self.looks
        until(lambda: self.looks >= before + 2)

    def until(self, condition: Callable[[], object]) -> None:
        """Wait for what comes of a backup, and until all of it is done."""
        until(condition)
        self.looked()

    def close(self) -> None:
        self.daily.close()
        self.store.close()


@pytest.fixture
def life(monkeypatch: pytest.MonkeyPatch) -> Iterator[Life]:
    monkeypatch.setattr(daily, "FIRST_S", 0.001)
    monkeypatch.setattr(daily, "EVERY_S", 0.001)
    monkeypatch.setattr(daily, "PAUSE_S", 0.001)
    with fresh_home() as home:
        one = Life(home, BackupSettings())
        try:
            yield one
        finally:
            one.close()


def names(life: Life) -> list[str]:
    return [backup.path.name for backup in life.backups.all()]


def test_a_year_of_days(life: Life) -> None:
    """Each day of work has one; at its end seven days are left, and the last one of each month before."""
    work = [NOON + timedelta(days=n) for n in range(0, 365, 3)]
    for number, day in enumerate(work):
        life.clock = day
        write(life.store, number)
        name = f"timecode-{day:%Y%m%d}-120000.db.gz"
        life.until(lambda name=name: names(life)[:1] == [name])  # type: ignore[misc]
    last_of_months = [max(day for day in work if day.month == month) for month in range(12, 0, -1)]
    wanted = sorted({*work[-7:], *last_of_months}, reverse=True)
    assert names(life) == [f"timecode-{day:%Y%m%d}-120000.db.gz" for day in wanted]
    assert life.daily.fault == ""
    with life.backups.opened(life.backups.all()[0].path) as (copy, _), copy.reading() as reader:
        assert reader.count() == len(work)


def test_once_a_day_and_only_where_something_has_changed(life: Life) -> None:
    """Neither a second one on the same day, nor one like the last."""
    life.looked()
    assert names(life) == [], "nothing is stored yet"
    write(life.store, 1)
    life.until(lambda: len(names(life)) == 1)
    write(life.store, 2)
    life.clock += timedelta(hours=11)
    life.looked()
    assert len(names(life)) == 1, "the same day"
    life.clock += timedelta(hours=2)
    life.until(lambda: len(names(life)) == 2)
    life.clock += timedelta(days=2)
    life.looked()
    assert len(names(life)) == 2, "nothing has changed"


def test_a_clock_that_goes_back_makes_no_flood(life: Life) -> None:
    """The newest lies ahead then; one a day is enough all the same, and none that is there goes."""
    for number in range(10):
        write(life.store, number)
        life.until(lambda number=number: len(names(life)) == min(number, 6) + 1)  # type: ignore[misc]
        life.clock += timedelta(days=1)
    before = names(life)
    life.clock -= timedelta(days=4000)
    for number in range(10, 14):
        write(life.store, number)
        life.looked()
    assert names(life) == [*before, f"timecode-{life.clock:%Y%m%d}-120000.db.gz"]
    assert life.daily.fault == ""


def test_a_start_makes_none_where_nothing_has_changed(life: Life) -> None:
    """A machine that is started each day of a holiday pushes no backup of the week before out."""
    write(life.store, 1)
    life.until(lambda: len(names(life)) == 1)
    life.clock += timedelta(days=1)
    life.daily.close()
    again = life.service()
    again.start()
    life.looked()
    assert len(names(life)) == 1
    write(life.store, 2)
    life.until(lambda: len(names(life)) == 2)
    again.close()


def test_one_that_is_being_made_is_given_up_for_what_is_forgotten(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    """It held that still; the next one does not."""
    real, given_up = life.store.backup, threading.Event()

    def backup(path: Path) -> None:
        real(path)
        if not given_up.is_set():
            life.daily.give_up()
            given_up.set()

    monkeypatch.setattr(life.store, "backup", backup)
    write(life.store, 1)
    life.until(given_up.is_set)
    life.until(lambda: names(life))
    assert life.daily.fault == ""


def test_not_while_the_service_is_not_ready(life: Life) -> None:
    """A store in doubt is not copied over good backups."""
    life.ready = False
    life.looked()
    write(life.store, 1)
    life.looked()
    assert names(life) == []
    life.ready = True
    life.until(lambda: names(life))


def test_what_fails_is_told_and_tried_again(life: Life) -> None:
    """A file lies where the folder should be: a fault, and once it is away, a backup."""
    life.backups.folder.write_text("in the way")
    write(life.store, 1)
    until(lambda: life.daily.fault)
    assert "backups" in life.daily.fault
    assert str(life.backups.folder) in life.daily.fault
    life.backups.folder.unlink()
    life.until(lambda: names(life) and not life.daily.fault)


def test_other_files_in_the_folder_are_left_alone(life: Life) -> None:
    """Whatever their name: only what is named as a backup of ours is counted and removed."""
    life.backups.folder.mkdir()
    others = [
        "timecode-2025.db.gz",
        "timecode-20259999-999999.db.gz",
        "mine.db.gz",
        "timecode-20250101-120000.db.gz.bak",
    ]
    for name in others:
        (life.backups.folder / name).write_text("x")
    write(life.store, 1)
    life.until(lambda: names(life))
    life.looked()
    assert names(life) == ["timecode-20250101-120000.db.gz"]
    assert {path.name for path in life.backups.folder.iterdir()} == {*others, *names(life)}


def test_a_copy_that_is_damaged_is_none(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked through before it counts."""

    def spoil(path: Path) -> None:
        SqliteStore.backup(life.store, path)
        content = bytearray(path.read_bytes())
        content[4096:8192] = bytes(4096)
        path.write_bytes(content)

    write(life.store, *range(1000))
    life.until(lambda: names(life))
    (only,) = life.backups.all()
    monkeypatch.setattr(life.store, "backup", spoil)
    with pytest.raises(StoreError):
        life.backups.make(life.store, NOON + timedelta(days=1))
    assert life.backups.all() == [only]


def test_a_service_makes_one_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a word of anybody's; and none where that is not wanted."""
    monkeypatch.setattr(daily, "FIRST_S", 0.001)
    monkeypatch.setattr(daily, "EVERY_S", 0.001)
    with fresh_home() as home, running(home) as service:
        service.submit([{"time": 1, "entity": "a"}], "test")
        until(lambda: kept(home / "backups") or service.status()["failures"])
        assert service.status()["failures"] == []
