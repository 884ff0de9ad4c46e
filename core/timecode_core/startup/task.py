"""The Task Scheduler: a task that begins with the user's session (Windows)."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from xml.etree import ElementTree

from timecode_core.errors import TimecodeError
from timecode_core.setup.home import Home
from timecode_core.startup.entry import Entry, ask, succeeds
from timecode_core.startup.launch import Launch

_TASK = "Timecode"
_SPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_START = "import os; os.environ['TIMECODE_HOME'] = {}; from timecode_core.__main__ import main; main()"


class ScheduledTask(Entry):
    """The task `Timecode`, and the file in the home folder from which it was made."""

    def __init__(self, launch: Launch, home: Home) -> None:
        self.path = home.path / "task.xml"
        self.text = _document(launch)
        self._create = ("schtasks", "/Create", "/TN", _TASK, "/XML", str(self.path), "/F")
        self.by_hand = subprocess.list2cmdline(self._create)

    @property
    def enabled(self) -> bool:
        """Whether there is such a task."""
        return succeeds("schtasks", "/Query", "/TN", _TASK)

    def load(self) -> None:
        """Make the task, in place of the one before."""
        ask(*self._create)

    def start(self) -> None:
        """Run it now; it begins with the session by itself."""
        ask("schtasks", "/Run", "/TN", _TASK)

    def end(self) -> None:
        """End it and take it out."""
        if self.enabled:
            succeeds("schtasks", "/End", "/TN", _TASK)
            ask("schtasks", "/Delete", "/TN", _TASK, "/F")


def _document(launch: Launch) -> str:
    """The task as XML, in ASCII: whatever encoding the scheduler takes it for, it reads the same."""
    if "%" in launch.program:
        raise TimecodeError(
            f"the path {launch.program!r} has a %, which the Task Scheduler takes for a variable.",
            remedy="Install Timecode in a folder without one.",
        )
    user = "\\".join(filter(None, (os.environ.get("USERDOMAIN"), os.environ.get("USERNAME"))))
    task = ElementTree.Element("Task", version="1.2", xmlns=_SPACE)
    _add(task, "RegistrationInfo", Description="Timecode, which records coding time on this machine")
    trigger = ElementTree.SubElement(ElementTree.SubElement(task, "Triggers"), "LogonTrigger")
    _add(trigger, "Enabled", "true")
    _add(trigger, "UserId", user)
    principal = ElementTree.SubElement(ElementTree.SubElement(task, "Principals"), "Principal", id="Author")
    _add(principal, "UserId", user)
    _add(principal, "LogonType", "InteractiveToken")
    _add(principal, "RunLevel", "LeastPrivilege")
    settings = ElementTree.SubElement(task, "Settings")
    _add(settings, "MultipleInstancesPolicy", "IgnoreNew")
    _add(settings, "DisallowStartIfOnBatteries", "false")
    _add(settings, "StopIfGoingOnBatteries", "false")
    _add(settings, "ExecutionTimeLimit", "PT0S")  # for ever
    _add(settings, "RestartOnFailure", Interval="PT1M", Count="999")
    action = ElementTree.SubElement(ElementTree.SubElement(task, "Actions", Context="Author"), "Exec")
    _add(action, "Command", _without_a_window(launch.program))
    _add(action, "Arguments", subprocess.list2cmdline(_arguments(launch)))
    ElementTree.indent(task)
    return bytes(ElementTree.tostring(task, encoding="us-ascii", xml_declaration=False)).decode("ascii") + "\n"


def _add(parent: ElementTree.Element, name: str, text: str = "", **parts: str) -> None:
    element = ElementTree.SubElement(parent, name)
    element.text = text or None
    for part, value in parts.items():
        ElementTree.SubElement(element, part).text = value


def _arguments(launch: Launch) -> tuple[str, ...]:
    """A task has no variables of its own, so that Python sets the one; no % and $ for the scheduler to understand."""
    if launch.home is None:
        return launch.arguments
    literal = ascii(str(launch.home)).replace("%", "\\x25").replace("$", "\\x24")
    return ("-P", "-c", _START.format(literal), "serve")


def _without_a_window(program: str) -> str:
    """The Python that opens no console, where it lies beside."""
    silent = Path(program).with_name("pythonw.exe")
    return str(silent) if silent.exists() else program
