"""Fetching: a private copy of a backup, with what lies beside it, to be opened and looked at."""

from __future__ import annotations

from pathlib import Path

from timecode_core.accounting.upkeep import Progress
from timecode_core.errors import TimecodeError
from timecode_core.protocols import Maintenance
from timecode_core.safekeeping.packing import unpack

COPY = "timecode.db"


def fetch(maintenance: Maintenance, backup: Path, folder: Path, progress: Progress) -> Path:
    """Unpack a backup, or copy one that is not packed with its companions, into a folder; gives where it is there.

    Raises TimecodeError.
    """
    if not backup.is_file():
        raise TimecodeError(f"there is no file {backup}.", remedy="Name a backup: `timecode backup` makes them.")
    copy = folder / COPY
    unpack(backup, copy, progress)
    if not copy.stat().st_size:
        raise TimecodeError(f"{backup} is empty.", remedy="Take another backup.")
    for companion in maintenance.companions(backup):
        if companion.is_file():
            unpack(companion, folder / f"{COPY}{companion.name.removeprefix(backup.name)}", progress)
    return copy
