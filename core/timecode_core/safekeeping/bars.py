"""Bars: how work of several steps shows how far each is."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from timecode_core.accounting.upkeep import Progress


class Bars(Protocol):
    """Shows a step while it goes on: `with bars("Unpacking", binary=True) as progress`."""

    def __call__(self, what: str, *, binary: bool = False) -> AbstractContextManager[Progress]:
        """`what` is said of it; `binary` where bytes are counted."""
