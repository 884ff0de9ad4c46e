"""The camera, with browsers that are none."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from timecode_core.errors import RenderError
from timecode_export_png.chromium.camera import Camera
from timecode_export_png.chromium.tools import Tools
from timecode_export_png.settings import PngSettings


class Fake:
    """A browser that fails as it is told to, and notices two at a time."""

    def __init__(self, fail: bool) -> None:
        self.taken = 0
        self.closed = False
        self._fail = fail
        self._busy = threading.Lock()

    def take(self, document: Any, size: tuple[int, int], scale: int) -> bytes:
        assert self._busy.acquire(blocking=False), "two threads share a browser"
        try:
            if self._fail:
                raise OSError("tab crashed\nand more")
            self.taken += 1
            return repr((document, size, scale)).encode()
        finally:
            self._busy.release()

    def close(self) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def _anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("timecode_export_png.chromium.camera.find", lambda _settings: Tools("browser", "driver"))


def camera(*fails: bool, **settings: Any) -> tuple[Camera, list[Fake]]:
    """A camera whose browsers fail in this order."""
    plan: Iterator[bool] = iter(fails)
    started: list[Fake] = []

    def start(_tools: Tools, _settings: PngSettings) -> Fake:
        started.append(Fake(next(plan, False)))
        return started[-1]

    return Camera(PngSettings(**settings), start), started


def take(one: Camera) -> bytes:
    """A picture of nothing."""
    made: Any = lambda: "document"  # noqa: E731
    return one.take(made, (1, 2), 3)


def test_a_browser_stays_warm() -> None:
    """Two pictures, one browser."""
    one, started = camera()
    assert take(one) == take(one) == b"('document', (1, 2), 3)"
    assert len(started) == 1
    one.close()
    assert started[0].closed


def test_after_a_failure_a_fresh_browser_tries_once_more() -> None:
    """The failed one is closed, whatever its error, and the picture comes."""
    one, started = camera(True)
    take(one)
    assert [fake.closed for fake in started] == [True, False]
    one.close()


def test_two_failures_are_an_error_with_a_reason_and_a_remedy() -> None:
    """One line, both browsers closed, and the next call starts anew."""
    one, started = camera(True, True)
    with pytest.raises(RenderError, match=r"OSError: tab crashed\. See whether browser and driver run"):
        take(one)
    assert [fake.closed for fake in started] == [True, True]
    take(one)
    one.close()


def test_a_browser_is_recycled_after_its_count() -> None:
    """It would grow for ever otherwise."""
    one, started = camera(exports_per_browser=3)
    for _ in range(7):
        take(one)
    assert [fake.taken for fake in started] == [3, 3, 1]
    one.close()


def test_an_idle_browser_is_ended() -> None:
    """By the timer, or at once where there is to be no waiting."""
    one, started = camera(idle_s=0.0)
    take(one)
    assert started[0].closed
    two, started = camera(idle_s=3600)
    take(two)
    timer = two._timer
    assert timer is not None
    timer.cancel()
    timer.function()
    assert started[0].closed


def test_threads_take_turns() -> None:
    """However many ask at once, a browser has one picture to take."""
    one, _started = camera()
    errors: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(20):
                take(one)
        except BaseException as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    one.close()
    assert errors == []
