"""launchd: an agent of the user's (macOS)."""

from __future__ import annotations

import os
import plistlib
import time
from pathlib import Path

from timecode_core.startup.entry import Entry, ask, succeeds
from timecode_core.startup.launch import Launch

_LABEL = "timecode"
_ATTEMPTS = 10
_PAUSE_S = 0.5


class LaunchdAgent(Entry):
    """`timecode.plist` among the user's agents."""

    def __init__(self, launch: Launch) -> None:
        self.path = Path.home() / "Library" / "LaunchAgents" / f"{_LABEL}.plist"
        agent = {
            "Label": _LABEL,
            "ProgramArguments": [launch.program, *launch.arguments],
            "EnvironmentVariables": {"TIMECODE_HOME": str(launch.home)} if launch.home else {},
            "RunAtLoad": True,
            "KeepAlive": {"SuccessfulExit": False},  # `timecode stop` is heeded, a crash mended
            "ThrottleInterval": 10,
            "ExitTimeOut": 60,
            "Umask": 0o077,
        }
        self.text = plistlib.dumps(agent, sort_keys=False).decode()
        self._domain = f"gui/{os.getuid()}" if hasattr(os, "getuid") else "gui"
        self._service = f"{self._domain}/{_LABEL}"
        self.by_hand = f"In a session of your own: launchctl bootstrap {self._domain} '{self.path}'"

    @property
    def enabled(self) -> bool:
        """Whether launchd knows it."""
        return succeeds("launchctl", "print", self._service)

    def load(self) -> None:
        """Make sure that the user has a session in which agents run."""
        ask("launchctl", "print", self._domain)

    def start(self) -> None:
        """Take the earlier one out and the new one in, which starts it."""
        succeeds("launchctl", "bootout", self._service)
        ask("launchctl", "enable", self._service)  # somebody may have disabled it, which outlives its file
        for _ in range(_ATTEMPTS - 1):
            if succeeds("launchctl", "bootstrap", self._domain, str(self.path)):
                return
            time.sleep(_PAUSE_S)  # it refuses for as long as the earlier one is about to end
        ask("launchctl", "bootstrap", self._domain, str(self.path))

    def end(self) -> None:
        """Take it out, which ends it. One that launchd does not know need not be."""
        if self.enabled:
            ask("launchctl", "bootout", self._service)
