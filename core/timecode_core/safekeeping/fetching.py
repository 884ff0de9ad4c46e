"""Fetching: a private copy of a backup, with what lies beside it, to be opened and looked at."""

from __future__ import annotations

from pathlib import Path

from timecode_core.accounting.upkeep import Progress
from timecode_core.errors import StoreError, TimecodeError
from timecode_core.protocols import Maintenance
from timecode_core.safekeeping.packing import OLDER, unpack

COPY = "timecode.db"


def check_file(path: Path, remedy: str) -> None:
    """Raise TimecodeError for a path that is not a file's."""
    if not path.exists():
        raise TimecodeError(f"there is no file {path}.", remedy=remedy)
    if not path.is_file():
        raise TimecodeError(f"{path} is {'a folder' if path.is_dir() else 'no ordinary file'}.", remedy=remedy)


def as_of(backup: Path, copy: Path, error: StoreError) -> str:
    """What is wrong with a copy, said of the backup that it is one of: a clause, without an end."""
    return str(error.args[0]).replace(str(copy), str(backup)).replace("the database", str(backup), 1).rstrip(".")


def fetch(maintenance: Maintenance, backup: Path, folder: Path, progress: Progress) -> Path:
    """Unpack a backup, or copy one that is not packed with its companions, into a folder; gives where it is there.

    Raises TimecodeError.
    """
    check_file(backup, "Name a backup: `timecode backup` makes them.")
    copy = folder / COPY
    unpack(backup, copy, progress)
    if not copy.stat().st_size:
        raise TimecodeError(f"{backup} is empty.", remedy=OLDER)
    for companion in maintenance.companions(backup):
        if companion.is_file():
            unpack(companion, folder / f"{COPY}{companion.name.removeprefix(backup.name)}", progress)
    return copy
