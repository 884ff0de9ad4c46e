"""A short day of every common kind: the service credits what the person meant."""

from __future__ import annotations

import os
import random

import pytest
from extension.editor_kit.ledger import Ledger
from extension.editor_kit.service import Service
from extension.editor_kit.window import Window

from . import acts
from .live import live
from .script import whole_day
from .world import World

pytestmark = pytest.mark.editor


def test_a_short_day_is_credited_as_it_was_meant(
    windows: tuple[Window, Window], world: World, service: Service, ledger: Ledger
) -> None:
    rng = random.Random(int(os.environ.get("SEED", "1")))
    kinds = os.environ.get("ACTS")
    script = [(getattr(acts, kind), 5.0) for kind in kinds.split()] if kinds else whole_day(rng)
    found = live(script, rng, world, windows, service, ledger)
    print(found.table())
    assert found.share <= 0.02
