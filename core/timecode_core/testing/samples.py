"""What the tests of stores store: aggregations, texts and events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from timecode_core.aggregation import Aggregation
from timecode_core.event import Event
from timecode_core.protocols import Transaction

if TYPE_CHECKING:
    from collections.abc import Collection

SECOND = 1_000_000
DAILY = Aggregation("daily", ("day", "project", "branch", "language", "editor", "machine_id", "category"))
HOURLY = Aggregation("hourly", ("day", "hour", "project", "language"))
ENTITIES = Aggregation("entities", ("day", "project", "entity"))
DAYS = Aggregation("days", ("day",))
DERIVED = Aggregation("select", ("day", "order", "time", "type"), derived={"order": lambda _: "", "time": lambda _: ""})
"""Derived columns, under names that mean something to a database."""
AGGREGATIONS = (DAILY, HOURLY, ENTITIES, DAYS, DERIVED)

NASTY = (
    "", " ", "a'b", 'a"b', "a`b]", "a;--", "%_\\", "line\nbreak\ttab\r", "ünïcödé", "u\u0308", "ü", "日本語",
    "עברית مرحبا", "👩‍👩‍👧‍👦 🏳️‍🌈", "\u202eevil", "\ufeffbom", "\U0010ffff", "NULL",
    "None", "0", "1.5", "<script>", "A", "a", "x" * 10_000,
)  # fmt: skip
"""Texts that have broken databases: each must come back as it is, and differ from all others."""


def event(at: int, duration: int = 0, /, **fields: Any) -> Event:  # noqa: ANN401
    """Make an event of the second `at` that lasts `duration` seconds."""
    return Event.of(
        **{"entity": "a.py", **fields, "time": at * SECOND, "utc_offset": 3600, "duration": duration * SECOND}
    )


def ordered(events: Collection[Event]) -> list[Event]:
    """Sort by key."""
    return sorted(events, key=lambda each: each.key)


def fill(transaction: Transaction) -> None:
    """Write something of every kind."""
    transaction.insert([event(1, project="p"), event(2, 60, project="q", language="l", source="http")])
    transaction.apply(DAYS, {(0,): 61})
    transaction.apply(DAILY, {(0, "p", "", "", "", "", "coding"): 1, (0, "q", "", "l", "", "", "coding"): 60})
    transaction.apply(ENTITIES, {(0, "p", "a.py"): 1, (0, "q", "a.py"): 60})
    transaction.set_metadata("key", "value")
