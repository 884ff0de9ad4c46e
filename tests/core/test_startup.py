"""The files by which systems start the service: each is read back by what will read it, whatever the paths hold."""

from __future__ import annotations

import os
import plistlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings, strategies as st
from timecode_core.errors import TimecodeError
from timecode_core.setup.home import Home
from timecode_core.startup.launch import Launch
from timecode_core.startup.launchd import LaunchdAgent
from timecode_core.startup.systemd import SystemdUnit
from timecode_core.startup.task import ScheduledTask

TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
SERVE = ("-P", "-m", "timecode_core", "serve")
HOSTILE = Path("/else where/100 %h of \"o'brien\"\\'s $HOME & <ünï>; #")


def _nameable(name: str) -> bool:
    return name not in (".", "..") and len(name.encode()) < 200 and all(ord(c) & 0xFFFE != 0xFFFE for c in name)


# A lot of what means something to systemd, a shell, XML or Windows, and any letter of the world's.
names = st.text(
    st.sampled_from(" %$\"'\\&<>;=#`*~^|!{}()[]@:+-") | st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]),
    min_size=1,
    max_size=12,
).map(lambda name: name.replace("/", "-"))
names = names.filter(_nameable)


@pytest.fixture(scope="module")
def analyze() -> str:
    """systemd's own reader of units. Where `make test` runs on Debian it is there; CI must not go without."""
    found = shutil.which("systemd-analyze")
    if found is None and os.environ.get("CI") and sys.platform == "linux":
        pytest.fail("systemd-analyze is missing: run tools/need-systemd")
    return found or pytest.skip("no systemd here")


def verified(analyze: str, units: Sequence[Path]) -> str:
    """What systemd has to say of units; nothing where they are as they should be."""
    with tempfile.TemporaryDirectory() as runtime:
        done = subprocess.run(
            [analyze, "--user", "verify", *map(str, units)],
            env={**os.environ, "XDG_RUNTIME_DIR": runtime},
            capture_output=True,
            text=True,
        )
    return f"{done.stderr}{done.returncode or ''}"


def words(unit: str, key: str) -> list[str]:
    """The words of a line, by systemd's quoting, of which no other escape is used than these."""
    (line,) = re.findall(rf"^{key}=(.*)$", unit, re.MULTILINE)
    assert re.fullmatch(r'("([^"\\%]|\\["\\]|%%)*"( |$))+', line)
    return [re.sub(r"\\(.)", r"\1", word).replace("%%", "%") for word in re.findall(r'"((?:[^"\\]|\\.)*)"', line)]


@pytest.mark.parametrize("home", [None, HOSTILE])
def test_systemd_has_nothing_to_say_against_the_unit(analyze: str, tmp_path: Path, home: Path | None) -> None:
    """It knows each line; one that it doesn't know, it tells."""
    unit = tmp_path / "timecode.service"
    unit.write_text(SystemdUnit(Launch(sys.executable, home)).text, encoding="utf-8")
    assert verified(analyze, [unit]) == ""
    unit.write_text(unit.read_text(encoding="utf-8").replace("RestartSec", "RestartSecs"), encoding="utf-8")
    assert "RestartSecs" in verified(analyze, [unit])


@settings(max_examples=10)
@given(data=st.data())
def test_systemd_finds_the_program_whatever_its_name(analyze: str, data: st.DataObject) -> None:
    """It complains of a program that is not there: these are, so it has read their names as they are."""
    with tempfile.TemporaryDirectory() as folder:
        units = []
        for number in range(10):
            program = Path(folder, str(number), data.draw(names), data.draw(names))
            program.parent.mkdir(parents=True)
            program.touch(0o755)
            units.append(Path(folder, f"unit-{number}.service"))
            units[-1].write_text(SystemdUnit(Launch(str(program), program.parent)).text, encoding="utf-8")
        assert verified(analyze, units) == ""


def test_systemd_complains_of_a_program_that_is_not_there(analyze: str, tmp_path: Path) -> None:
    """The test above can fail."""
    unit = tmp_path / "timecode.service"
    unit.write_text(SystemdUnit(Launch("/no where/100 % of $it")).text, encoding="utf-8")
    assert "/no where/100 % of $it is not executable" in verified(analyze, [unit])


@given(names, names)
def test_a_unit_holds_program_and_home_as_they_are(program: str, home: str) -> None:
    """Read by the rules of systemd's syntax. A $ is one, since a colon stands before the program."""
    unit = SystemdUnit(Launch(f"/{program}", Path("/", home))).text
    assert words(unit, "Environment") == [f"TIMECODE_HOME=/{home}"]
    first, *rest = words(unit, "ExecStart")
    assert first.startswith(":/")
    if first != ":/bin/sh":
        assert (first, *rest) == (f":/{program}", *SERVE)
    else:
        assert set(program) & set("'\"\\")
        assert rest[2:] == [f"/{program}", *SERVE]


def test_a_program_that_systemd_would_refuse_is_run_by_a_shell(tmp_path: Path) -> None:
    """It gets its arguments as they are."""
    program = tmp_path / "o'brien's \"$HOME\" \\"
    program.write_text('#!/bin/sh\nprintf "%s|" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    command = words(SystemdUnit(Launch(str(program))).text, "ExecStart")
    done = subprocess.run([command[0].removeprefix(":"), *command[1:]], capture_output=True, text=True, check=True)
    assert done.stdout == "-P|-m|timecode_core|serve|"


def test_the_unit_is_where_the_user_s_manager_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In XDG_CONFIG_HOME, which counts where it is absolute."""
    monkeypatch.setenv("HOME", str(tmp_path))
    launch = Launch("/bin/python")
    for named, folder in ((str(tmp_path / "own"), "own"), ("own", ".config"), ("", ".config")):
        monkeypatch.setenv("XDG_CONFIG_HOME", named)
        assert SystemdUnit(launch).path == tmp_path / folder / "systemd" / "user" / "timecode.service"


@given(names, names)
def test_an_agent_holds_program_and_home_as_they_are(program: str, home: str) -> None:
    """Read by Python's reader of property lists. A crash is mended, and an orderly end is one."""
    agent = plistlib.loads(LaunchdAgent(Launch(f"/{program}", Path("/", home))).text.encode())
    assert agent["ProgramArguments"] == [f"/{program}", *SERVE]
    assert agent["EnvironmentVariables"] == {"TIMECODE_HOME": f"/{home}"}
    assert agent["RunAtLoad"] is True
    assert agent["KeepAlive"] == {"SuccessfulExit": False}
    assert agent["Umask"] == 0o077


def arguments_of(task: ElementTree.Element) -> list[str]:
    """The arguments of a task's program, by Windows' rules: backslashes count before quotes alone."""
    line = task.findtext(f".//{TASK}Arguments") or ""
    found = re.findall(
        r'(?:[^\s"\\]|\\+(?!["\\])|(?:\\\\)*\\"|(?:\\\\)*"(?:[^"\\]|\\+(?!["\\])|(?:\\\\)*\\")*(?:\\\\)*")+', line
    )

    def unquoted(word: str) -> str:
        halved = re.sub(
            r'(\\*)(\\?)"', lambda m: "\\" * (len(m[0][:-1]) // 2) + ('"' if len(m[0][:-1]) % 2 else "\0"), word
        )
        return halved.replace("\0", "")

    return [unquoted(word) for word in found]


@given(names)
def test_a_task_holds_the_home_as_it_is(home: str) -> None:
    """Nothing in it is a variable to the scheduler, and Python reads the path back."""
    path = Path("/", home)
    entry = ScheduledTask(Launch("/bin/python", path), Home(path))
    assert entry.text.isascii()
    task = ElementTree.fromstring(entry.text)
    assert task.findtext(f".//{TASK}Command") == "/bin/python"
    line = task.findtext(f".//{TASK}Arguments") or ""
    assert "%" not in line
    assert "$" not in line
    _, option, code, command = arguments_of(task)
    assert (option, command) == ("-c", "serve")
    assert eval(code.partition(" = ")[2].partition("; from ")[0]) == str(path)


def test_a_task_s_python_serves_the_home(tmp_path: Path) -> None:
    """What it is told to run, run here with another command."""
    home = tmp_path / HOSTILE.name
    task = ElementTree.fromstring(ScheduledTask(Launch(sys.executable, home), Home(home)).text)
    *options, command = arguments_of(task)
    assert command == "serve"
    done = subprocess.run([sys.executable, *options, "stop"], capture_output=True, text=True)
    assert done.stdout == f"No service runs for {home}.\n", done.stderr


def test_a_task_of_the_usual_home_runs_the_module() -> None:
    """As people do."""
    task = ElementTree.fromstring(ScheduledTask(Launch("/bin/python"), Home(Path("/home/x"))).text)
    assert arguments_of(task) == [*SERVE]
    with pytest.raises(TimecodeError, match="takes for a variable"):
        ScheduledTask(Launch("/100%/python"), Home(Path("/home/x")))


def test_the_usual_home_need_not_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """TIMECODE_HOME stands in the file where it is another one."""
    monkeypatch.setenv("HOME", str(tmp_path))
    usual = tmp_path / ".config" / "timecode"
    monkeypatch.setenv("TIMECODE_HOME", str(tmp_path / "other"))
    assert Launch.of(Home.find()) == Launch(sys.executable, tmp_path / "other")
    monkeypatch.setenv("TIMECODE_HOME", str(usual))
    assert Launch.of(Home.find()) == Launch(sys.executable)
    monkeypatch.delenv("TIMECODE_HOME")
    assert Launch.of(Home.find()) == Launch(sys.executable)


@pytest.mark.parametrize("character", ["\n", "\x1b", "\udc80", "\uffff", "\U0001fffe", "\x85"])
def test_a_path_that_no_file_can_hold_is_told(character: str) -> None:
    """XML has no way to write these, and systemd refuses them."""
    with pytest.raises(TimecodeError, match=r"can't be written down for the system\. Choose a folder without them"):
        Launch.of(Home(Path(f"/x{character}y")))
