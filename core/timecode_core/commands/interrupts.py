"""Interrupts: they break off what can be broken off, and keep nobody from being told what was done."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ENDINGS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
_pending = threading.Event()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _note(_number: int, _frame: FrameType | None) -> None:
    _pending.set()


@contextmanager
def ended_as_interrupted() -> Iterator[None]:
    """To be ended, or to lose one's terminal, is as to be interrupted: what was begun is cleared away."""
    with _handling(_interrupt, [number for number in _ENDINGS if signal.getsignal(number) is signal.SIG_DFL]):
        yield


@contextmanager
def held() -> Iterator[None]:
    """Within, an interrupt waits for the next step (`heed`), or for the end: what is done by then is told."""
    _pending.clear()
    with _handling(_note, [signal.SIGINT, *(one for one in _ENDINGS if signal.getsignal(one) is _interrupt)]):
        yield
    heed()


def heed() -> None:
    """Raise KeyboardInterrupt for an interrupt that waits."""
    if _pending.is_set():
        _pending.clear()
        raise KeyboardInterrupt


@contextmanager
def _handling(handler: object, numbers: list[signal.Signals]) -> Iterator[None]:
    """Other threads can't handle any."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in numbers}  # type: ignore[arg-type]
    try:
        yield
    finally:
        for number, one in before.items():
            signal.signal(number, one)


def drop_what_was_typed() -> None:
    """What was typed before a question was asked is no answer to it."""
    if sys.platform != "win32":
        import termios

        termios.tcflush(sys.stdin, termios.TCIFLUSH)
