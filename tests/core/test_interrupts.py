"""Ctrl-C breaks off what is under way, and what was done by then is told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.installations import running
from support.server import COMMAND, environment
from system.damage import command
from timecode_core.safekeeping import backups, recovering
from timecode_core.safekeeping.forgetting import Forgetting
from timecode_store_sqlite.maintenance import SqliteMaintenance

posix = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """With thirty events, and a backup beside it."""
    with running(tmp_path / "home") as service:
        service.submit([{"time": 1_700_000_000 + n * 60, "entity": "a", "project": "b"} for n in range(30)], "test")
    assert command(tmp_path / "home", "backup", str(tmp_path / "copy.db"))[0] == 0
    return tmp_path / "home"


def interrupted(real: Callable[..., Any], number: signal.Signals) -> Callable[..., Any]:
    """What does the same, and is interrupted once it has done it."""

    def do(*words: Any, **named: Any) -> Any:
        result = real(*words, **named)
        os.kill(os.getpid(), number)
        return result

    return do


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    ("words", "place", "told"),
    [
        ("backup {there}/new.db", (backups, "pack"), "{there}/new.db ("),
        ("restore {there}/copy.db", (SqliteMaintenance, "restore"), "Restored 30 events"),
        ("recover --into {there}/new.db", (recovering, "pack"), "Recovered 30 events"),
        ("forget --project b --yes", (Forgetting, "do"), "Forgotten: 30 events."),
    ],
    ids=["backup", "restore", "recover", "forget"],
)
def test_who_interrupts_after_the_deed_is_told_of_it(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: str,
    place: tuple[object, str],
    told: str,
    number: signal.Signals,
) -> None:
    """By its end it is too late to break it off."""
    monkeypatch.setattr(*place, interrupted(getattr(*place), number))
    code, output, errors = command(home, *words.format(there=home.parent).split())
    assert (code, errors) == (130, "timecode: interrupted.")
    assert told.format(there=home.parent) in output


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_who_interrupts_in_the_midst_leaves_nothing(home: Path, number: signal.Signals) -> None:
    """Whoever ends a command, or closes its window, is no worse off."""
    slow = "import time, timecode_core.safekeeping.packing as p; p._PIECE = 1; real = p._copy\n"
    slow += "p._copy = lambda s, t, tell: real(s, t, lambda n: (tell(n), print('on', flush=True), time.sleep(0.01)))\n"
    with subprocess.Popen(
        [sys.executable, "-c", slow + COMMAND, "backup", str(home.parent / "new.db")],
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline() == "on\n"
        process.send_signal(number)
        began = time.monotonic()
        assert process.wait(60) == 130
        assert time.monotonic() - began < 30
        assert process.stderr.read().strip() == "timecode: interrupted."
    assert sorted(path.name for path in home.parent.iterdir()) == ["copy.db", "home"]
    assert not list(home.rglob("*draft*"))


@pytest.mark.parametrize("module", ["pluggy", "click", "timecode_core.cli"])
def test_who_interrupts_before_anything_was_begun_sees_no_traceback(module: str) -> None:
    """What takes the time of a start is imported where an interrupt is heeded."""
    code = (
        "import sys, types\n"
        "def find_spec(name, *_):\n"
        f"    if name == {module!r}: raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, types.SimpleNamespace(find_spec=find_spec))\n"
        "from timecode_core.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code, "plugins"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "timecode: interrupted.\n")
