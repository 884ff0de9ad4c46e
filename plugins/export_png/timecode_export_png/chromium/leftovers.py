"""What a killed process left behind: browsers that nobody will end, and their folders."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PREFIX = "timecode-png-"
OWNER = "owner"


def new_folder() -> Path:
    """A private folder that names the process it belongs to."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    (folder / OWNER).write_text(str(os.getpid()), encoding="ascii")
    return folder


def sweep() -> None:
    """End the browsers, and remove the folders, of this user's processes that are no more. Never raises.

    A browser is known by its environment, which names its folder: no process is ended for its number alone. Where
    the system does not show environments (`/proc`), only folders are removed.
    """
    with suppress(OSError):
        for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
            with suppress(OSError, ValueError):
                if _orphaned(folder):
                    for pid in _users(folder):
                        os.kill(pid, signal.SIGKILL)
                    shutil.rmtree(folder, ignore_errors=True)


def _orphaned(folder: Path) -> bool:
    if hasattr(os, "getuid") and folder.stat().st_uid != os.getuid():
        return False
    owner = int((folder / OWNER).read_text(encoding="ascii"))
    if os.name == "nt":
        return False  # signal 0 would end the process there
    try:
        os.kill(owner, 0)
    except ProcessLookupError:
        return True
    return False


def _users(folder: Path) -> Iterator[int]:
    mark = f"TMPDIR={folder}/".encode()
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (entry / "environ").read_bytes():
                yield int(entry.name)
