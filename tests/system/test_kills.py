"""Every command that writes, killed before a change that it makes. `make torture` makes hundreds of kills."""

from __future__ import annotations

from pathlib import Path

import pytest
from system import kills
from system.kills import COMMANDS, Command, Work, attempt, changes, lived_in, post

KILLS = 1


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_a_killed_command_loses_nothing(name: str, folder: Path) -> None:
    """The next start goes on by itself, verify is clean, what was acknowledged is there, and a batch not by half."""
    assert changes(name) > 1
    for seed in range(KILLS):
        attempt(name, seed, folder)


def test_one_that_loses_what_it_acknowledged_is_caught(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def claim(work: Work) -> None:
        post(work)
        work.acknowledged.add("00" * 16)

    monkeypatch.setitem(COMMANDS, "claims", Command(("serve",), lived_in, claim))
    monkeypatch.setitem(kills._counted, "claims", 100)
    with pytest.raises(AssertionError, match="1 acknowledged events are lost"):
        attempt("claims", 0, folder)
