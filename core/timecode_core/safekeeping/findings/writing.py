"""Findings of what can't be written, though all of it may be read."""

from __future__ import annotations

import errno
import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from timecode_core.finding import Finding
from timecode_core.setup.remedies import remedy_for


def of_writing(topic: str, path: Path, lost: str) -> Iterator[Finding]:
    """Whether this user may write a file or a folder that is there. `lost` is what comes of it where not."""
    if path.exists() and not os.access(path, os.W_OK):
        yield Finding(topic, f"{path} can't be written: {lost}", "fault", _remedy(path))


def _remedy(path: Path) -> str:
    if sys.platform != "win32":
        if os.statvfs(path).f_flag & os.ST_RDONLY:
            return remedy_for(OSError(errno.EROFS, ""))
        if path.stat().st_uid == os.geteuid():
            return f"Run: chmod u+w {shlex.quote(str(path))}"
    return remedy_for(PermissionError(errno.EACCES, ""))
