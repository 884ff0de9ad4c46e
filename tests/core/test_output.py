"""What commands write for programs: the very bytes, but nothing that could steer a terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from support.installations import running
from support.server import environment, timecode

_NAME = "red\x1b[31m\u202e\x9b2J"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with running(tmp_path / "home") as service:
        service.submit(
            [{"time": f"2026-01-05T10:0{minute}:00+00:00", "entity": "a.py", "project": _NAME} for minute in (0, 5)],
            "test",
        )
    return tmp_path / "home"


def _on_a_terminal(home: Path, *arguments: str) -> tuple[str, str]:
    """Standard output, which is a terminal, and standard error, which is none."""
    reader, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", "from timecode_core.cli import main; main()", *arguments],
        env=environment(home),
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=subprocess.PIPE,
    )
    os.close(terminal)
    shown = b""
    try:
        while part := os.read(reader, 4096):
            shown += part
    except OSError:  # the terminal's end
        pass
    finally:
        os.close(reader)
        _, said = process.communicate(timeout=60)
    return shown.decode(), said.decode()


@pytest.mark.parametrize(
    "command",
    [
        ("report", "--format", "csv"),
        ("report", "--format", "json"),
        ("events",),
        ("export", "csv", "--group-by", "project", "-o", "-"),
    ],
)
def test_a_name_steers_no_terminal_and_reaches_programs_as_it_is(home: Path, command: tuple[str, ...]) -> None:
    """Project and branch names come from anybody's repositories."""
    days = ("--from", "2026-01-05", "--to", "2026-01-05")
    shown, _ = _on_a_terminal(home, *command, *days)
    assert "red" in shown
    assert not {"\x1b", "\u202e", "\x9b"} & set(shown)
    piped = timecode(home, *command, *days).stdout
    assert "\u202e" in piped
    assert "\x9b" in piped


def test_what_is_no_text_goes_to_no_terminal(home: Path) -> None:
    command = ("export", "png", "--chart", "table", "-o", "-", "--from", "2026-01-05", "--to", "2026-01-05")
    shown, said = _on_a_terminal(home, *command)
    assert "no text for a terminal. Send it to a file or a program." in said
    assert shown == ""
