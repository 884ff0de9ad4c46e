"""Whatever is done to the files under a running service: what it acknowledges is in the file, or it says what is wrong.

The whole table, with both signals, is for `make torture`; here are those of a kind each.
"""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from system.meddling import MEDDLING, lost

KILLED = (
    "the database removed",
    "the database replaced by an earlier one",
    "the database away and back",
    "the log removed",
    "the log replaced by a text",
    "the log truncated to a half",
    "the shared memory removed",
    "the shared memory truncated",
    "the lock removed",
    "the home away and back",
)
"""Ended by kill -9."""
ENDED = ("the database truncated to nothing", "the log truncated to nothing")
"""Ended by TERM, which folds a log that may be no log any more."""
SOUND = {name for name, meddling in MEDDLING.items() if meddling.keeps_all} | {
    "the database replaced by an earlier one",
    "the log truncated to nothing",
    "the log truncated to a half",
}
"""After these the file verifies."""
CALM_S = 0.01
"""Between batches: less comes in than is folded meanwhile. A log that is cut just then leaves what only can be told."""


@pytest.mark.parametrize(
    ("name", "number"),
    [*((name, signal.SIGKILL) for name in KILLED), *((name, signal.SIGTERM) for name in ENDED)],
)
def test_nothing_acknowledged_is_lost(name: str, number: signal.Signals, tmp_path: Path) -> None:
    """Nothing acknowledged is missing in the file afterwards; it verifies, or says in a line what is wrong."""
    missing, told = lost(tmp_path, MEDDLING[name], number, CALM_S)
    assert missing == []
    assert len(told.splitlines()) == (name not in SOUND)
