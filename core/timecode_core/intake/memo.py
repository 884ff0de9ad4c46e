"""A memo: answers that are remembered up to so many characters."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

ENTRIES = 4096
CHARACTERS = 1 << 20
"""What a memo holds at most: with the texts that were made of those, 5 MiB of plain letters, 15 of the widest."""


class Memo(Generic[K, V]):
    """Remembers until it is full, and then begins anew: what is in use is soon back.

    Any thread may ask and tell: the dict only grows, and is emptied in one operation.
    """

    def __init__(self, entries: int = ENTRIES, characters: int = CHARACTERS) -> None:
        self._most = entries, characters
        self._known: dict[K, V] = {}
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
            if len(self._known) >= entries or self._characters + characters > most:
                self._known.clear()
                self._characters = 0
            self._known[key] = value
            self._characters += characters
