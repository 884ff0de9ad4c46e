"""`timecode service`: what it writes, what it has the system do, and what it says where that can't be done."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from attrs import frozen
from support.foreign import Foreign
from support.ports import free_port
from support.server import COMMAND, environment, start, timecode
from timecode_core.errors import TimecodeError
from timecode_core.setup.home import Home
from timecode_core.setup.lock import WriteLock
from timecode_core.startup.launch import Launch
from timecode_core.startup.launchd import LaunchdAgent
from timecode_core.startup.task import ScheduledTask

linux = pytest.mark.skipif(sys.platform != "linux", reason="the command takes systemd on Linux alone")
# As systemd does: enabling is a link.
SYSTEMCTL = """
link="$XDG_CONFIG_HOME/systemd/user/default.target.wants/timecode.service"
case "$2" in
enable) mkdir -p "$(dirname "$link")"; ln -sf ../timecode.service "$link" ;;
disable) rm -f "$link" ;;
esac
"""
_WAITING = "from timecode_core.commands import service; service._PATIENCE_S = {}"
RELOAD, ENABLE, RESTART, DISABLE = (
    f"systemctl --user {words}"
    for words in (
        "daemon-reload",
        "enable timecode.service",
        "restart timecode.service",
        "disable --now timecode.service",
    )
)


@frozen
class Machine:
    """A home folder on a machine with these programs."""

    home: Path
    tools: Foreign

    @property
    def unit(self) -> Path:
        return self.home.parent / "config" / "systemd" / "user" / "timecode.service"

    def service(self, *arguments: str, patience_s: float = 0.0, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run `timecode service …` there. It waits so long for a service to answer: these programs start none."""
        own = {"PATH": f"{self.tools.folder}:/usr/bin:/bin", "XDG_CONFIG_HOME": str(self.home.parent / "config")}
        return subprocess.run(
            [sys.executable, "-c", f"{_WAITING.format(patience_s)}; {COMMAND}", "service", *arguments],
            env=environment(self.home) | own | variables,
            capture_output=True,
            text=True,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    tools = Foreign(tmp_path / "tools")
    tools.put("systemctl", SYSTEMCTL)
    return Machine(tmp_path / "home", tools)


@linux
def test_it_is_installed_told_and_uninstalled(machine: Machine) -> None:
    """The file is there, enabled and started; then the status knows; then nothing of it is left."""
    assert "Not installed." in machine.service("status").stdout
    done = machine.service("install")
    assert (done.returncode, done.stderr) == (0, "")
    assert str(machine.unit) in done.stdout
    assert "has been started, but does not answer yet: `timecode logs` may say why." in done.stdout
    assert machine.tools.take() == [RELOAD, ENABLE, RESTART]
    assert f'"TIMECODE_HOME={machine.home}"' in machine.unit.read_text(encoding="utf-8")
    status = machine.service("status")
    assert status.stdout.splitlines() == [
        f"Installed as {machine.unit}.",
        "It starts when you log in.",
        f"No service runs for {machine.home}.",
    ]
    done = machine.service("uninstall")
    assert (done.returncode, done.stderr) == (0, "")
    assert machine.tools.take() == [DISABLE, RELOAD]
    assert [path for path in machine.unit.parent.rglob("*") if path.is_file()] == []
    again = machine.service("uninstall")
    assert (again.returncode, again.stdout) == (0, f"Nothing is installed: there is no {machine.unit}.\n")
    assert machine.tools.take() == []


@linux
def test_installed_twice_it_is_what_the_second_would_be(machine: Machine) -> None:
    """And the status tells whether what is there is that: an upgrade may have moved Python."""
    machine.service("install")
    first = machine.unit.read_bytes()
    machine.unit.write_bytes(first.replace(b"ExecStart=", b"ExecStart=/old/"))
    assert "That is not what would be installed now" in machine.service("status").stdout
    assert machine.service("install").returncode == 0
    assert machine.unit.read_bytes() == first
    assert "That is not" not in machine.service("status").stdout
    (machine.unit.parent / "default.target.wants" / "timecode.service").unlink()
    assert "The system does not start it." in machine.service("status").stdout


@linux
def test_printed_nothing_is_done(machine: Machine) -> None:
    """The text alone, on standard output."""
    done = machine.service("install", "--print")
    assert done.stdout.startswith("# Written by")
    assert not machine.home.exists()
    assert not machine.unit.exists()
    assert machine.tools.take() == []
    machine.service("install")
    assert machine.unit.read_text(encoding="utf-8") == done.stdout


@linux
def test_a_service_started_by_hand_makes_room(machine: Machine) -> None:
    """It would else hold the home folder and the port; it is ended in good order, and that is told."""
    with start(machine.home) as service:
        assert f"Running: timecode serve on port {service.port} (process " in machine.service("status").stdout
        done = machine.service("install")
        assert service.process.wait(60) == 0
        assert f"Stopped timecode serve on port {service.port} (process {service.process.pid})." in done.stdout
    assert machine.tools.take() == [RELOAD, ENABLE, RESTART]


@linux
def test_one_that_the_system_starts_is_said_to_run_once_it_answers(machine: Machine) -> None:
    """The system says no more than that it has tried."""
    serve = f"'{sys.executable}' -m timecode_core serve --port {free_port()} >/dev/null 2>&1 &"
    machine.tools.put("systemctl", f'[ "$2" != restart ] || {serve}')
    try:
        done = machine.service("install", patience_s=100)
    finally:
        timecode(machine.home, "stop")
    assert done.stdout == f"Installed {machine.unit}: the service starts when you log in, and runs.\n"


@linux
def test_where_something_else_is_at_work_nothing_is_installed(machine: Machine) -> None:
    """The service could not start."""
    with WriteLock(Home(machine.home)) as lock:
        lock.acquire("rebuild")
        done = machine.service("install")
    assert done.returncode == 1
    assert f"is in use by timecode rebuild (process {os.getpid()}), which is no service. Wait" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not machine.unit.exists()


@linux
@pytest.mark.parametrize("broken", ["missing", "refusing"])
def test_without_a_manager_the_file_is_written_and_the_rest_is_told(machine: Machine, broken: str) -> None:
    """In a container, or as root without a session: one line with what to do. What runs by hand goes on."""
    machine.tools.put("systemctl", "echo 'Failed to connect to bus: No medium found' >&2; exit 1")
    path = str(machine.tools.folder)
    if broken == "missing":
        (machine.tools.folder / "systemctl").unlink()
    with start(machine.home) as service:
        done = machine.service("install", PATH=path)
        assert service.get("/api/v1/status").status == 200
    reason = (
        "there is no systemctl here" if broken == "missing" else "failed: Failed to connect to bus: No medium found."
    )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert f"{machine.unit} is written, but it is not started: " in done.stderr
    assert reason in done.stderr
    assert "systemctl --user enable --now timecode" in done.stderr
    link = machine.unit.parent / "default.target.wants" / "timecode.service"
    link.parent.mkdir()
    link.symlink_to(machine.unit)
    done = machine.service("uninstall", PATH=path)
    assert done.returncode == 1
    assert "is removed, but the system could not be told" in done.stderr
    assert not machine.unit.exists()
    assert not link.is_symlink()


@linux
def test_settings_of_the_shell_are_told(machine: Machine) -> None:
    """They are not those of the session's manager, so that the service would silently go by others."""
    done = machine.service("install", TIMECODE_CORE__DAY_START="04:00", TZ="Europe/Berlin")
    assert done.returncode == 0
    assert "does not see TIMECODE_CORE__DAY_START, TZ of this shell" in done.stderr
    done = machine.service("install", TIMECODE_CORE__TIMEZONE="UTC", TZ="Europe/Berlin")
    assert "does not see TIMECODE_CORE__TIMEZONE of this shell" in done.stderr


@linux
def test_a_file_that_cannot_be_written_is_told(machine: Machine) -> None:
    """With what to do about it."""
    machine.unit.parent.parent.mkdir(parents=True)
    machine.unit.parent.touch()
    done = machine.service("install")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert machine.tools.take() == []


def test_an_agent_takes_the_place_of_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """launchd refuses a new one for as long as the old one is about to end: it is asked again."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path / 'tools'}:{os.environ['PATH']}")
    tools = Foreign(tmp_path / "tools")
    refuses = f"if [ $1 = bootstrap ] && [ ! -e '{tmp_path}/once' ]; then touch '{tmp_path}/once'; exit 5; fi"
    tools.put("launchctl", refuses)
    agent = LaunchdAgent(Launch("/bin/python"))
    agent.write()
    agent.load()
    agent.start()
    user = f"gui/{os.getuid()}"
    assert tools.take() == [
        f"launchctl print {user}",
        f"launchctl bootout {user}/timecode",
        f"launchctl enable {user}/timecode",
        *[f"launchctl bootstrap {user} {tmp_path}/Library/LaunchAgents/timecode.plist"] * 2,
    ]
    agent.end()
    agent.remove()
    assert tools.take() == [f"launchctl print {user}/timecode", f"launchctl bootout {user}/timecode"]
    assert not agent.path.exists()
    tools.put("launchctl", "echo 'Could not find domain' >&2; exit 113")
    with pytest.raises(TimecodeError, match="Could not find domain"):
        agent.load()
    assert not agent.enabled


def test_a_task_is_made_run_and_taken_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the file in the home folder."""
    monkeypatch.setenv("PATH", f"{tmp_path / 'tools'}:{os.environ['PATH']}")
    tools = Foreign(tmp_path / "tools")
    tools.put("schtasks")
    home = Home(tmp_path / "home")
    task = ScheduledTask(Launch("/bin/python"), home)
    task.write()
    task.load()
    task.start()
    assert tools.take() == [
        f"schtasks /Create /TN Timecode /XML {home.path}/task.xml /F",
        "schtasks /Run /TN Timecode",
    ]
    task.end()
    task.remove()
    assert tools.take() == [
        "schtasks /Query /TN Timecode",
        "schtasks /End /TN Timecode",
        "schtasks /Delete /TN Timecode /F",
    ]
    assert not task.path.exists()
