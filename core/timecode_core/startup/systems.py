"""Which entry this system takes."""

from __future__ import annotations

import sys

from timecode_core.setup.home import Home
from timecode_core.startup.entry import Entry
from timecode_core.startup.launch import Launch


def entry_of(home: Home) -> Entry:
    """The one that starts the service of this home folder here. Raises TimecodeError."""
    launch = Launch.of(home)
    if sys.platform == "win32":
        from timecode_core.startup.task import ScheduledTask

        return ScheduledTask(launch, home)
    if sys.platform == "darwin":
        from timecode_core.startup.launchd import LaunchdAgent

        return LaunchdAgent(launch)
    from timecode_core.startup.systemd import SystemdUnit

    return SystemdUnit(launch)
