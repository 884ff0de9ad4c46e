"""Restoring: a backup comes into the place of the store's data, which are kept."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from timecode_core.errors import StoreError, TimecodeError
from timecode_core.safekeeping.bars import Bars
from timecode_core.safekeeping.drafts import draft_folder
from timecode_core.safekeeping.fetching import as_of, fetch
from timecode_core.safekeeping.looking import look_through
from timecode_core.safekeeping.packing import OLDER
from timecode_core.setup.lock import WriteLock
from timecode_core.wiring.installation import Installation


@frozen
class Restored:
    """How many events there are now, and where what was there before is kept; None where nothing was.

    `warnings` are what can't be read or told though the rest can be served, a line each.
    """

    events: int
    kept: Path | None
    warnings: Sequence[str] = ()


def restore(installation: Installation, backup: Path, bars: Bars) -> Restored:
    """Put a backup, packed or not, in the place of the store's data, once it has been looked through.

    A backup of an earlier version is brought up to date first; the file itself stays as it is. Raises BusyError while
    somebody writes; TimecodeError: nothing has changed then, or, where that failed at its very end, all has.
    """
    maintenance = installation.maintenance()
    if os.path.realpath(backup) == os.path.realpath(maintenance.path):
        raise TimecodeError(f"{backup} is your database itself, not a backup of it.", remedy="Name a backup.")
    with WriteLock(installation.home) as lock:
        lock.acquire("restore")
        with draft_folder(installation.home.path) as folder:
            with bars("Unpacking", binary=True) as progress:
                copy = fetch(maintenance, backup, folder, progress)
            try:
                store = maintenance.open(copy, writable=True)
                try:
                    with bars("Looking through it") as progress:
                        warnings = look_through(installation.terms(), store, progress, always=True)
                    with store.reading() as reader:
                        events = reader.count()
                finally:
                    store.close()
            except StoreError as error:
                raise StoreError(f"{as_of(backup, copy, error)}: nothing was restored.", remedy=OLDER) from error
            return Restored(events, maintenance.restore(copy), warnings)
