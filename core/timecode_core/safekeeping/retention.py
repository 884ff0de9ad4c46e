"""Retention: which backups are kept, and which make room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from attrs import frozen

MIB = 1 << 20


@frozen
class Backup:
    """A backup that Timecode made by itself, or was asked for without a name: when (UTC), and its size in bytes."""

    path: Path
    made: datetime
    size: int


def superfluous(backups: Sequence[Backup], now: datetime, newest: int, months: int, most_bytes: int) -> list[Backup]:
    """Those that need not be kept, of some in any order.

    Kept are so many of the newest, and the newest of each calendar month (UTC) that has one, of the last month and
    `months` before it: a clock that is ahead for a day makes one month, and so costs one. Of these, the oldest go until
    the rest takes no more than `most_bytes`, but never the newest. What is of a time to come was made by a clock that
    was wrong, or is judged by one that is: it is neither counted nor removed.
    """
    past = [backup for backup in backups if backup.made <= now]
    ordered = sorted(past, key=lambda backup: (backup.made, backup.path.name), reverse=True)
    kept: list[Backup] = []
    seen: set[tuple[int, int]] = set()
    for place, backup in enumerate(ordered):
        month = backup.made.year, backup.made.month
        monthly = month not in seen and len(seen) <= months
        seen.add(month)
        if place < newest or monthly:
            kept.append(backup)
    while len(kept) > 1 and sum(backup.size for backup in kept) > most_bytes:
        kept.pop()
    return [backup for backup in ordered if backup not in kept]
