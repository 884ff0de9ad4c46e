"""Pacing: work that can wait rests as long as it works, so that others get their turn."""

from __future__ import annotations

import threading
import time

from timecode_core.accounting.upkeep import Progress
from timecode_core.errors import StoppedError

_LONGEST_S = 1.0
"""A machine that has slept, or a process that was halted, has not worked as long as the clock says."""


def half_speed(closing: threading.Event) -> Progress:
    """What such work calls as it goes on. Raises StoppedError once `closing` is set."""
    since = time.monotonic()

    def pace(_done: int, _count: int) -> None:
        nonlocal since
        if closing.wait(min(time.monotonic() - since, _LONGEST_S)):
            raise StoppedError("the service is stopping.")
        since = time.monotonic()

    return pace
