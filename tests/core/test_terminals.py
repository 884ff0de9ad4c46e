"""Terminals and outputs of every kind: other encodings, narrow ones, full ones, and readers that are gone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

import pytest
from rich.cells import cell_len
from support.installations import running
from support.ports import free_port
from support.server import Server, environment, timecode
from timecode_core.setup.home import Home

_COMMAND = "import sys; from timecode_core.cli import main; sys.exit(main())"
_NAMES = ("naïve-Łódź", "日本語 and a name of many words", "x" * 50, "a\u2028b")
_DAYS = ("--from", "2026-01-05", "--to", "2026-01-05")
_FULL = "timecode: cannot write the output: No space left on device. Free some space on its disk."
_PLUGIN = """
import click
from timecode_core import hookimpl

@click.command()
def shout():
    print("x")

@hookimpl
def timecode_commands():
    return [shout]
"""
_COMMANDS: list[tuple[str, ...]] = [
    ("today",),
    ("report", *_DAYS),
    ("report", *_DAYS, "--by", "day,project,language,editor,branch", "--compare"),
    ("report", *_DAYS, "--format", "csv"),
    ("events", *_DAYS),
    ("export", "json", "-o", "-", *_DAYS),
    ("export", "--list"),
    ("plugins",),
    ("verify",),
    ("rebuild",),
    ("demo", "--days", "1", "--no-serve"),
    ("--help",),
    ("--version",),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a few minutes of odd names."""
    home = tmp_path_factory.mktemp("terminals") / "home"
    with running(home) as service:
        beats = [
            {"time": f"2026-01-05T{10 + n}:{minute:02}:00+00:00", "entity": "ü.py", "project": name, "language": name}
            for n, name in enumerate(_NAMES)
            for minute in (0, 5, 10)
        ]
        beats += [{"time": "2100-01-01T00:00:00Z", "entity": "far.py"}]
        assert service.submit(beats, "test").count("stored") == len(beats)
    return home


def _run(
    home: Path, *arguments: str, output: int | IO[Any] = subprocess.PIPE, **variables: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", _COMMAND, *arguments],
        env=environment(home, core__timezone="UTC", core__paths="absolute") | {"PYTHONUNBUFFERED": ""} | variables,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.PIPE,
        timeout=240,
        check=False,
    )


@pytest.mark.parametrize("group", [(), ("service",), ("keys",)])
def test_what_a_command_does_is_said_in_whole_sentences(home: Path, group: tuple[str, ...]) -> None:
    """A list of commands at the usual width, of which none is cut off."""
    lines = timecode(home, *group, "--help").stdout.partition("\nCommands:\n")[2].splitlines()
    assert lines
    assert not [line for line in lines if line.endswith("...") or len(line) > 80]


@pytest.mark.parametrize("option", ["--from", "--to"])
def test_a_day_that_is_none_is_told_with_the_option_that_names_it(home: Path, option: str) -> None:
    """With two of them one would have to guess."""
    ended = timecode(home, "report", option, "2026-02-30")
    assert ended.returncode == 2
    assert f"Invalid value for {option}: '2026-02-30' is no day. A date such as" in ended.stderr


@pytest.mark.parametrize("encoding", ["cp1252", "iso-8859-1", "ascii", "cp437", "utf-8"])
def test_what_the_encoding_lacks_is_replaced_and_the_bar_left_out(home: Path, encoding: str) -> None:
    """Never a traceback: names and bars hold characters that not every terminal has."""
    ended = _run(home, "report", *_DAYS, PYTHONIOENCODING=encoding)
    assert (ended.returncode, ended.stderr) == (0, b"")
    text = ended.stdout.decode(encoding)
    assert ("█" in text) == (encoding == "utf-8")
    shown = "naïve-Łódź".encode(encoding, "replace").decode(encoding)
    assert shown in text


def test_plain_lines_keep_to_ascii_too(home: Path) -> None:
    """Those that are no table, and errors: click would write UTF-8 for ASCII."""
    ended = _run(home, "export", "csv", "-o", f"{home}/no/Łódź.csv", *_DAYS, PYTHONIOENCODING="ascii")
    assert ended.returncode == 1
    assert "no/??d?.csv" in ended.stderr.decode("ascii")
    written = _run(home, "export", "csv", "-o", f"{home}/Łódź.csv", *_DAYS, PYTHONIOENCODING="ascii")
    assert "??d?.csv" in written.stdout.decode("ascii")


@pytest.mark.parametrize("width", [20, 40, 80])
@pytest.mark.parametrize("columns", ["project", "day,project", "month,day,project,language,editor,branch"])
def test_a_narrow_terminal_loses_the_bar_and_folds_names_by_words(home: Path, width: int, columns: str) -> None:
    """No line is longer than the terminal, no figure is cut, and no name runs down the page a letter a line."""
    ended = _run(home, "report", *_DAYS, "--by", columns, COLUMNS=str(width))
    heading, *lines = ended.stdout.decode().splitlines()
    assert heading
    assert all(cell_len(line.rstrip()) <= width for line in lines), lines
    text = "\n".join(lines)
    assert text.count("10 m") == len(_NAMES)
    assert len(lines) <= 3 + len(_NAMES) * (2 + 200 // width)
    if width >= 40:
        assert all(word in text for word in ("日本語", "name", "many", "words")), text
    if columns == "project":
        assert ("█" in text) == (width >= 80)


def test_a_terminal_of_no_columns_is_none(home: Path) -> None:
    """Some programs start others with COLUMNS=0."""
    for command in (("report", *_DAYS), ("plugins",)):
        assert _run(home, *command, COLUMNS="0").stdout == _run(home, *command, COLUMNS="80").stdout != b""


def test_plugins_are_listed_on_a_narrow_terminal(home: Path) -> None:
    ended = _run(home, "plugins", COLUMNS="40")
    lines = ended.stdout.decode().splitlines()
    assert "store_sqlite (timecode-tracker" in ended.stdout.decode()
    assert all(len(line.rstrip()) <= 40 for line in lines if not line.startswith("Days"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("command", _COMMANDS, ids=" ".join)
def test_a_full_output_is_one_line_and_a_reader_that_is_gone_none(home: Path, command: tuple[str, ...]) -> None:
    """Whether it is noticed at once, or when the rest is written at the end."""
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ended = _run(home, *command, output=full)
    said = [line for line in ended.stderr.decode().splitlines() if "ahead of this machine's clock" not in line]
    assert ended.returncode == 1
    assert said == [_FULL]
    reader, writer = os.pipe()
    os.close(reader)
    try:
        ended = _run(home, *command, output=writer)
    finally:
        os.close(writer)
    assert [line for line in ended.stderr.decode().splitlines() if "ahead of" not in line] == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_what_python_kept_back_to_the_end_is_missed_too(home: Path, tmp_path: Path) -> None:
    """A plugin's command may print without flushing; the interpreter would complain in its own words."""
    (tmp_path / "shout.py").write_text(_PLUGIN, encoding="utf-8")
    about = tmp_path / "shout-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: shout\nVersion: 1\n", encoding="utf-8")
    (about / "entry_points.txt").write_text("[timecode]\nshout = shout\n", encoding="utf-8")
    assert _run(home, "shout", PYTHONPATH=str(tmp_path)).stdout == b"x\n"
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ended = _run(home, "shout", output=full, PYTHONPATH=str(tmp_path))
    assert ended.returncode == 1
    assert ended.stderr.decode().splitlines() == [_FULL]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_service_goes_on_when_its_terminal_is_full(home: Path, tmp_path: Path) -> None:
    """It is there to record; what it says is worth less."""
    port, errors = free_port(), tmp_path / "errors"
    with Path("/dev/full").open("w", encoding="utf-8") as full, errors.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", _COMMAND, "serve", "--port", str(port)],
            env=environment(home, ingest_http__server="waitress") | {"PYTHONUNBUFFERED": ""},
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=log,
        )
    with Server(home, port, process, errors) as service:
        service.token = Home(home).secret("token")
        service.wait_ready()
        assert service.post([{"time": "2026-01-07T10:00:00Z", "entity": "a"}])["verdicts"] == ["stored"]
    assert "Traceback" not in service.output()


def test_an_output_that_is_closed_takes_anything(home: Path) -> None:
    """`>&-` in a shell: what would go there goes nowhere."""
    code = f"import os; os.close(1); os.execv({sys.executable!r}, [{sys.executable!r}, '-c', {_COMMAND!r}, 'report'])"
    ended = subprocess.run(
        [sys.executable, "-c", code], env=environment(home), stderr=subprocess.PIPE, timeout=240, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_what_lies_ahead_of_the_clock_is_told_in_a_line_by_today(home: Path) -> None:
    """Beside the answer, so that a script's output stays what it was."""
    ended = timecode(home, "today")
    (line,) = ended.stderr.splitlines()
    assert line.startswith(
        "1 event lies more than a day ahead of this machine's clock, the last at 2100-01-01T00:00:00"
    )
    assert "ahead" not in ended.stdout


def test_compare_says_with_what_or_that_there_is_nothing(home: Path) -> None:
    """The first event is of that day: the day before has none to compare with, and the next has."""
    first, second = (
        timecode(home, "report", "--from", day, "--to", day, "--compare") for day in ("2026-01-05", "2026-01-06")
    )
    assert first.stderr == "There is nothing to compare these days with.\n"
    assert (second.stderr, "No time recorded." in second.stdout) == ("", True)
    assert "than" not in first.stdout
