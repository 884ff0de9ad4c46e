"""Recomputing everything: `rebuild` and `verify`, against reading the events and doing nothing; and bytes an event."""

from __future__ import annotations

from timecode_core.accounting.crediting import chunks
from timecode_core.accounting.verification import verify

from bench.place import History, Place
from bench.section import Section, number, ratio
from bench.timing import seconds


def run(place: Place) -> Section:
    history = place.history
    section = Section(
        f"Everything anew, {history.events:,} events",
        ("work", "seconds", "µs an event", "of reading alone"),
        notes=[
            f"{history.bytes / history.events:.1f} bytes an event on disk, "
            f"aggregations and indexes included ({history.bytes / 2**20:,.0f} MiB).",
            "Reading alone: every event out of the store, in order, as an `Event`.",
        ],
    )
    found = {
        "reading alone": seconds(lambda: _read(history)),
        "verify": seconds(lambda: _verify(history)),
        "rebuild": history.filled_s,
    }
    for name, took in found.items():
        section.add(name, number(took), number(took / history.events * 1e6), ratio(took, found["reading alone"]))
    return section


def _read(history: History) -> None:
    store = history.installation.store()
    try:
        with store.reading() as reader:
            for _ in chunks(reader):
                pass
    finally:
        store.close()


def _verify(history: History) -> None:
    store = history.installation.store()
    try:
        if not verify(history.installation.terms(), store).clean:
            raise RuntimeError("the totals differ from the events")
    finally:
        store.close()
