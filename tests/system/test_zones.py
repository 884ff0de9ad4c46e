"""Days land where they were lived, whatever TZ says and whichever clock is wrong. `make torture` tries every TZ."""

from __future__ import annotations

from pathlib import Path

import pytest
from system.zones import ZONES, attempt


@pytest.mark.parametrize("text", ["Pacific/Kiritimati", "CET-1CEST,M3.5.0,M10.5.0/3", "Nonsense/Zone"])
def test_days_are_those_of_the_place(text: str, tmp_path: Path) -> None:
    """Through a restart in another zone, events sent again, and events of clocks far ahead and far behind."""
    attempt([*ZONES].index(text), tmp_path)
