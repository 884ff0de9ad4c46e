"""A short day: the service credits what the person meant."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .comparison import Comparison
from .script import short_day
from .verdict import judge

pytestmark = pytest.mark.editor

# A second at the edges weighs more in half a minute than in a day; two seconds of an act in a wrong place are 14 %.
BAR = 0.10


def test_a_short_day_is_credited_as_it_was_meant(live: Callable[..., Comparison]) -> None:
    verdict = judge(live(short_day, 1), BAR)
    print(verdict.table)
    assert not verdict.faults, verdict.table
