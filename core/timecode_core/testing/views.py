"""What the tests of stores ask a store, and compare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from timecode_core.aggregation import Aggregation
from timecode_core.event import Event, flat
from timecode_core.protocols import Cell, Reader, Store
from timecode_core.subject import LABELS
from timecode_core.testing.memory import MemoryStore
from timecode_core.testing.samples import AGGREGATIONS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

ALL = (-(2**31), 2**31)
"""A range of days that holds every day."""


def whole(found: Sequence[Event]) -> list[tuple[Any, ...]]:
    """Every field of every event, `source` (which equality leaves out) and id included."""
    return [(*flat(each).values(), each.id) for each in found]


def everything(reader: Reader) -> list[Event]:
    """All events, in one page."""
    return list(reader.scan((-(2**62), b""), 2**62, 10**9))


def view(reader: Reader) -> dict[str, Any]:
    """All that a reader can tell, its revision apart."""
    last = reader.last()
    return {
        "events": whole(everything(reader)),
        "count": reader.count(),
        "last": last and whole([last]),
        "metadata": dict(reader.metadata()),
        "values": {column: list(reader.values(column)) for column in LABELS if column != "entity"},
        "totals": {each.name: totals(reader, each, each.columns) for each in AGGREGATIONS},
    }


def view_of_nothing() -> dict[str, Any]:
    """Say what an empty store tells."""
    with MemoryStore().reading() as reader:
        return view(reader)


def totals(
    reader: Reader,
    aggregation: Aggregation,
    group_by: Sequence[str],
    filters: Mapping[str, Collection[str | int]] | None = None,
    days: tuple[int, int] = ALL,
) -> dict[Cell, int]:
    """Ask for totals. Fails when a group comes twice."""
    rows = list(reader.totals(aggregation, days, group_by, filters or {}))
    found = {tuple(cell): span for cell, span in rows}
    assert len(found) == len(rows), f"a group comes twice in {rows}"
    return found


def revision(store: Store) -> int:
    """Ask for the revision."""
    with store.reading() as reader:
        return reader.revision()


def remade(each: Event, **changes: Any) -> Event:  # noqa: ANN401
    """Make the event anew from its fields: nothing that the store may have remembered of it comes along."""
    return Event.of(**{**flat(each), **changes})
