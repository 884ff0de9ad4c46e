"""Everything here starts the real service, and takes its time."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def home() -> Iterator[Path]:
    """A home folder on a real disk, so that what is durable is really written."""
    with tempfile.TemporaryDirectory(prefix="timecode-") as folder:
        yield Path(folder) / "home"
