"""Waiting for a condition: tests never sleep for a fixed time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
_PAUSE_S = 0.05
_IDLE_S = 6


def until(condition: Callable[[], T | None], what: str, timeout_s: float = 180) -> T:
    """The first truthy value of the condition. `what` says in the failure what was waited for."""
    end = time.monotonic() + timeout_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {timeout_s:g} s in vain for {what}; last seen: {value!r}")
        time.sleep(_PAUSE_S)


def rest() -> None:
    """Until the person is idle by the setting of these tests, so that only what comes next can speak."""
    began = time.monotonic()
    until(lambda: time.monotonic() - began > _IDLE_S, "the person to be idle")
