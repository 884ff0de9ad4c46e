"""The program that runs the attacks: it counts what was lost, and what should have been noticed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import torture.__main__ as program
from torture.attacks import Attack

TESTS = Path(__file__).parents[1]


def _fails(seed: int, _folder: Path) -> str:
    if seed % 2:
        raise AssertionError(f"number {seed} is gone")
    return "went on by itself"


def _well(_seed: int, _folder: Path) -> str:
    return "went on by itself"


def test_a_size_gives_a_table_and_a_file(tmp_path: Path) -> None:
    """Of just those attacks that are asked for; both can be quoted."""
    done = subprocess.run(
        [sys.executable, "-m", "torture", "0.005", str(tmp_path / "found.json"), "the bare store"],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "| power cuts under the bare store | 10 | 0 | 10: what was acknowledged, whole |" in done.stdout
    (attack,) = json.loads((tmp_path / "found.json").read_text())["attacks"]
    assert (attack["tries"], attack["lost"], attack["failures"]) == (10, 0, [])


def test_what_is_lost_is_counted_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "ATTACKS", (Attack("half", 4, _fails), Attack("none", 2, _well)))
    half, none = program.run("reported", ())
    assert (half.tries, half.lost, half.bad) == (4, 2, True)
    assert sorted(line.split("\n")[0] for line in half.failures) == [
        "seed 1: AssertionError: number 1 is gone",
        "seed 3: AssertionError: number 3 is gone",
    ]
    assert (none.tries, none.lost, none.bad) == (2, 0, False)
    assert "| half | 4 | 2 | 2: went on by itself |" in program.table([half])


def test_what_is_made_to_lose_must_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once at least; and is tried often enough for that, whatever the size."""
    attacks = (Attack("noticed", 1, _fails, catches=True), Attack("unnoticed", 1, _well, catches=True))
    monkeypatch.setattr(program, "ATTACKS", attacks)
    noticed, unnoticed = program.run("0.1", ())
    assert (noticed.tries, noticed.caught, noticed.bad) == (60, 30, False)
    assert (unnoticed.caught, unnoticed.bad) == (0, True)


def test_a_size_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIMECODE_TORTURE", "huge")
    monkeypatch.setattr(sys, "argv", ["torture"])
    with pytest.raises(SystemExit, match="'huge' is no size: small, reported, large"):
        program.main()
