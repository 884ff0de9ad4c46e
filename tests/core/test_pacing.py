"""Work that can wait rests as long as it works, and no longer than a moment."""

from __future__ import annotations

import threading
import time

import pytest
from timecode_core.errors import StoppedError
from timecode_core.serving.pacing import half_speed


class _Clock(threading.Event):
    """A clock that a test sets, and an event on which one waits no longer than that takes."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def wait(self, timeout: float | None = None) -> bool:
        self.now += timeout or 0.0
        return self.is_set()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> _Clock:
    clock = _Clock()
    monkeypatch.setattr(time, "monotonic", clock.monotonic)
    return clock


@pytest.mark.parametrize(("worked", "rested"), [(0.1, 0.1), (0.5, 0.5), (8 * 3600.0, 1.0)])
def test_a_rest_is_as_long_as_the_work_and_a_second_at_most(clock: _Clock, worked: float, rested: float) -> None:
    """What seems to have been the work of a night was none: the machine has slept."""
    pace = half_speed(clock)
    for _ in range(2):
        clock.now += worked
        begun = clock.now
        pace(1, 2)
        assert clock.now - begun == pytest.approx(rested)


def test_it_ends_with_the_service(clock: _Clock) -> None:
    pace = half_speed(clock)
    clock.set()
    with pytest.raises(StoppedError):
        pace(1, 2)
