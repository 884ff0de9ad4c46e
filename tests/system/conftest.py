"""Everything here starts the real service, and takes its time."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.installations import fresh_home


@pytest.fixture
def home() -> Iterator[Path]:
    """A home folder on a real disk, so that what is durable is really written."""
    with tempfile.TemporaryDirectory(prefix="timecode-") as folder:
        yield Path(folder) / "home"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for attacks whose disk is a model of one, or that are done by kill -9: in memory where that can be."""
    with fresh_home() as folder:
        folder.mkdir()
        yield folder
