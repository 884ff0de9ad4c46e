"""The kept: which backups lie in a folder."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from attrs import frozen

_NAME = re.compile(r"timecode-\d{8}-\d{6}\.db\.gz")
_FORM = "timecode-%Y%m%d-%H%M%S.db.gz"


@frozen
class Kept:
    """A backup: its file, when it was made by the clock of that place, and how large it is."""

    path: Path
    made: datetime
    bytes: int


def kept(folder: Path) -> Sequence[Kept]:
    """The backups in a folder, the newest first; none where there is no folder. Raises OSError."""
    try:
        paths = sorted((path for path in folder.iterdir() if _NAME.fullmatch(path.name)), reverse=True)
    except FileNotFoundError:
        return ()
    return [Kept(path, made, path.stat().st_size) for path in paths if (made := _made(path)) and path.is_file()]


def _made(path: Path) -> datetime | None:
    """When one was made, by its name; None for a name that tells no time."""
    try:
        return datetime.strptime(path.name, _FORM)  # noqa: DTZ007  (names have no zone)
    except ValueError:
        return None
