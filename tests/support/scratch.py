"""A folder of this process's, for what many tests or tries start from."""

from __future__ import annotations

import atexit
import tempfile
from functools import cache
from pathlib import Path


@cache
def scratch() -> Path:
    """Gone with the process."""
    folder = tempfile.TemporaryDirectory(prefix="timecode-")
    atexit.register(folder.cleanup)
    return Path(folder.name)
