"""Restoring: a backup comes into the place of the store's data, which are kept."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

from timecode_core.accounting.upkeep import Progress
from timecode_core.errors import StoreError, TimecodeError
from timecode_core.protocols import Guarded
from timecode_core.safekeeping.drafts import draft_folder
from timecode_core.safekeeping.fetching import fetch
from timecode_core.safekeeping.looking import look_through
from timecode_core.setup.lock import WriteLock
from timecode_core.wiring.installation import Installation


@frozen
class Restored:
    """How many events there are now, and where what was there before is kept; None where nothing was."""

    events: int
    kept: Path | None


def restore(installation: Installation, backup: Path, unpacking: Progress, looking: Progress) -> Restored:
    """Put a backup, packed or not, in the place of the store's data, once it has been looked through.

    A backup of an earlier version is brought up to date first; the file itself stays as it is. `unpacking` is told of
    bytes, `looking` of events. Raises BusyError while somebody writes; TimecodeError: nothing has changed then, or,
    where that failed at its very end, all has.
    """
    maintenance = installation.maintenance()
    if backup.resolve() == maintenance.path.resolve():
        raise TimecodeError(f"{backup} is your database itself, not a backup of it.", remedy="Name a backup.")
    with WriteLock(installation.home) as lock:
        lock.acquire("restore")
        with draft_folder(installation.home.path) as folder:
            copy = fetch(maintenance, backup, folder, unpacking)
            try:
                store = maintenance.open(copy, writable=True)
                try:
                    if isinstance(store, Guarded):
                        look_through(installation.terms(), store, looking, always=True)
                    with store.reading() as reader:
                        events = reader.count()
                finally:
                    store.close()
            except StoreError as error:
                what = str(error.args[0]).replace(str(copy), str(backup)).replace("the database", str(backup), 1)
                raise StoreError(f"{what.rstrip('.')}: nothing was restored.", remedy="Take another backup.") from error
            return Restored(events, maintenance.restore(copy))
