"""A memo: answers that are remembered up to so many characters."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

ENTRIES = 4096
CHARACTERS = 1 << 20
"""What a memo holds at most: with the texts that were made of those, 5 MiB of plain letters, 15 of the widest."""


class Memo(Generic[K, V]):
    """Remembers until it is full, and then forgets what it has known for longest: what is in use is soon back.

    Any thread may ask and tell.
    """

    def __init__(self, entries: int = ENTRIES, characters: int = CHARACTERS) -> None:
        self._most = entries, characters
        self._known: dict[K, V] = {}
        self._order: deque[tuple[K, int]] = deque()
        self._characters = 0
        self._lock = threading.Lock()
        self.get: Callable[[K], V | None] = self._known.get
        """What was told of the key, or None. Raises TypeError for one that can't be a key."""

    def put(self, key: K, value: V, characters: int) -> None:
        """Remember it; `characters` is how many it holds on to."""
        entries, most = self._most
        if characters > most:
            return
        with self._lock:
            if key in self._known:  # two threads have met it at once
                return
            while self._known and (len(self._known) >= entries or self._characters + characters > most):
                oldest, its = self._order.popleft()
                del self._known[oldest]
                self._characters -= its
            self._known[key] = value
            self._order.append((key, characters))
            self._characters += characters
