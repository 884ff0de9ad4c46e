"""Where requests wait that a client sent ahead of their turn, before it can have read the answer to the one before."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

_AT_ONCE = 2
T = TypeVar("T")


class Line(Generic[T]):
    """Connections whose next request is one of those: a few are worked on at once, so that nobody else waits for them.

    `start` has a thread work on one. Safe for threads.
    """

    def __init__(self, start: Callable[[T], object]) -> None:
        self._start = start
        self._waiting: deque[T] = deque()
        self._at_work: list[T] = []
        self._lock = threading.Lock()

    def add(self, connection: T) -> None:
        """Have its request worked on when it is its turn."""
        with self._lock:
            self._waiting.append(connection)
        self._go_on()

    def done(self, connection: T) -> None:
        """A thread is done with a connection's request, be it one of the line or not."""
        with self._lock:
            if connection not in self._at_work:
                return
            self._at_work.remove(connection)
        self._go_on()

    def turn_out(self) -> T | None:
        """Give back the one that has waited longest, if any does: it is not worked on."""
        with self._lock:
            return self._waiting.popleft() if self._waiting else None

    def _go_on(self) -> None:
        with self._lock:
            while self._waiting and len(self._at_work) < _AT_ONCE:
                self._at_work.append(self._waiting.popleft())
                self._start(self._at_work[-1])
