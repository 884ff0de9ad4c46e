"""Renaming: events that were changed behind the store's back get the ids that fit what they are now."""

from __future__ import annotations

from timecode_core.accounting.crediting import chunks
from timecode_core.protocols import Transaction


def rename_altered(transaction: Transaction) -> int:
    """Store events whose id doesn't fit their content anew, under the id that does. Returns how many there were.

    What they were before, nobody can tell. Their totals are not brought up to date by this.
    """
    altered = [event for chunk in chunks(transaction) for event in chunk if event.id != event.content_id()]
    transaction.delete(altered)
    for event in altered:
        renamed = event.evolve()
        instant = transaction.scan((event.time, b""), event.time + 1, 1_000_000)
        if renamed.id not in {other.id for other in instant}:
            transaction.insert([renamed])
    return len(altered)
