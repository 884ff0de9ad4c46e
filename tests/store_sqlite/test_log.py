"""The log is folded and written over from its beginning, again and again: without a false alarm, or a loss untold."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from support.installations import fresh_home
from support.stores import left_as_by_a_kill, times, write
from support.strategies import fewer
from timecode_core.errors import StoreError
from timecode_core.event import Event
from timecode_store_sqlite import hold as hold_module
from timecode_store_sqlite.store import SqliteStore

_FRAME = 4120
"""A page in the log, with what stands before it."""
_LARGE = "x" * 4000


class Undone(Exception):  # noqa: N818  (no error)
    """Ends a transaction as if it had never been."""


class Life:
    """A store at work, with whatever was acknowledged."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.store = SqliteStore(path)
        self.stored: list[int] = []
        self._readers = ExitStack()
        self._copies = 0

    def write(self, count: int = 1, meanwhile: Callable[[], object] = int) -> None:
        """Store events, and do something before they are."""
        due = range(len(self.stored), len(self.stored) + count)
        with self.store.writing() as transaction:
            transaction.insert([Event.of(time=time, entity="a") for time in due])
            meanwhile()
        self.stored += due

    def write_much(self) -> None:
        self.write(400)

    def undo(self) -> None:
        """So much that SQLite's memory is too small for it, and the log holds it for a while."""
        with suppress(Undone), self.store.writing() as transaction:
            transaction.insert([Event.of(time=10**9 + n, entity=f"{n}{_LARGE}") for n in range(800)])
            raise Undone

    def read(self) -> None:
        """From now on somebody reads."""
        assert self._readers.enter_context(self.store.reading()).count() == len(self.stored)

    def end_reading(self) -> None:
        self._readers.close()

    def rest(self) -> None:
        """A moment in which nobody writes."""
        assert self.store.tend() == ""

    def be_killed(self) -> None:
        """What lies there now holds all that was acknowledged."""
        self._copies += 1
        copy = SqliteStore(left_as_by_a_kill(self.path, self.path.parent / f"{self._copies}"))
        assert times(copy) == self.stored
        copy.close()

    def close(self) -> None:
        self._readers.close()
        self.store.close()


STEPS = (Life.write, Life.write, Life.write_much, Life.undo, Life.read, Life.end_reading, Life.rest, Life.be_killed)


@pytest.fixture(scope="module", autouse=True, params=[5, 12])
def longest(request: pytest.FixtureRequest) -> Iterator[int]:
    """A log of so many bytes is folded, after a transaction or three; and where nobody writes, at once."""
    longest = request.param * _FRAME
    with pytest.MonkeyPatch.context() as context:
        context.setattr(hold_module, "FOLDED_BYTES", longest)
        context.setattr(hold_module, "IDLE_S", 0.0)
        yield longest


@fewer(30)
@given(steps=st.lists(st.sampled_from(STEPS), max_size=30))
def test_whatever_is_done_there_is_no_false_alarm_and_no_loss(steps: list[Callable[[Life], None]]) -> None:
    with fresh_home() as home:
        home.mkdir()
        life = Life(home / "t.db")
        try:
            for step in steps:
                step(life)
            life.write()
            life.be_killed()
        finally:
            life.close()
        again = SqliteStore(home / "t.db")
        assert (again.doubt, times(again)) == ("", life.stored)
        again.close()


@fewer(30)
@given(steps=st.lists(st.sampled_from(STEPS), max_size=15), part=st.floats(0, 0.999), again=st.integers(0, 3))
def test_a_log_that_is_cut_under_a_commit_loses_nothing_untold(
    steps: list[Callable[[Life], None]], part: float, again: int
) -> None:
    """Wherever in its file it ends; also where it had been folded, and what is cut is of no use any more."""
    with fresh_home() as home:
        home.mkdir()
        life = Life(home / "t.db")
        try:
            for step in (*steps, Life.end_reading, *[Life.write] * again):
                step(life)
            log = home / "t.db-wal"
            try:
                life.write(meanwhile=lambda: os.truncate(log, int(log.stat().st_size * part)))
            except StoreError:
                assert life.store.tend() != ""
            else:
                life.be_killed()
        finally:
            life.close()


def test_a_long_log_is_written_over_and_not_made_longer(tmp_path: Path, longest: int) -> None:
    store = SqliteStore(tmp_path / "t.db")
    for n in range(200):
        write(store, n)
    assert (tmp_path / "t.db-wal").stat().st_size < 2 * longest + 5 * _FRAME
    assert times(store) == list(range(200))
    store.close()
