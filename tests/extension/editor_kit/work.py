"""A person's work, done until the extension has recorded it."""

from __future__ import annotations

from functools import partial

from .ledger import Ledger
from .window import Window


def work(window: Window, ledger: Ledger, name: str = "src/lamp.py", events: int = 3) -> None:
    """Types and saves until that many more events are recorded."""

    def act() -> None:
        window.show(name)
        window.type("x")
        window.save()

    for _ in range(events):
        before = ledger.recorded()
        window.until_noticed(act, partial(ledger.more_than, before), "an event to be recorded")
