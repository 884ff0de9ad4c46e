"""systemd: a unit of the user's own manager (Linux)."""

from __future__ import annotations

import os
from pathlib import Path

from timecode_core.errors import TimecodeError
from timecode_core.startup.entry import Entry, ask, succeeds
from timecode_core.startup.launch import Launch

_UNIT = "timecode.service"
_USER = ("systemctl", "--user")
# What each line of the second half keeps out, and why there are no others, is in docs/decisions.md.
_TEXT = """\
# Written by `timecode service install`, which would replace it. Changes of your own: systemctl --user edit timecode
[Unit]
Description=Timecode, which records coding time on this machine

[Service]
Type=exec
{environment}ExecStart={command}
Restart=on-failure
RestartSec=10
KillMode=mixed
TimeoutStopSec=60
UMask=0077

NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK

[Install]
WantedBy=default.target
"""


class SystemdUnit(Entry):
    """`timecode.service` among the user's units."""

    by_hand = "In a session of your own: systemctl --user daemon-reload && systemctl --user enable --now timecode"

    def __init__(self, launch: Launch) -> None:
        named = os.environ.get("XDG_CONFIG_HOME", "")  # a relative one is to be ignored
        self.path = (Path(named) if named.startswith("/") else Path.home() / ".config") / "systemd" / "user" / _UNIT
        # The colon: a $ in what follows is one, and names no variable.
        first, *rest = _command(launch)
        command = " ".join(map(_quoted, (f":{first}", *rest)))
        environment = f"Environment={_quoted(f'TIMECODE_HOME={launch.home}')}\n" if launch.home else ""
        self.text = _TEXT.format(environment=environment, command=command)

    @property
    def _link(self) -> Path:
        """What systemd makes where the unit is enabled."""
        return self.path.parent / "default.target.wants" / _UNIT

    @property
    def enabled(self) -> bool:
        """Told by its link, since without a manager of the user's nobody can be asked."""
        return self._link.is_symlink()

    def load(self) -> None:
        """Have the user's manager read its units anew."""
        ask(*_USER, "daemon-reload")

    def start(self) -> None:
        """Enable and restart: it may run by an earlier file."""
        ask(*_USER, "enable", _UNIT)
        ask(*_USER, "restart", _UNIT)

    def end(self) -> None:
        """Disable and stop it; the link goes in any case."""
        try:
            ask(*_USER, "disable", "--now", _UNIT)
        except TimecodeError:
            self._link.unlink(missing_ok=True)
            raise

    def remove(self) -> None:
        """Take it away, and have the manager read its units anew."""
        super().remove()
        succeeds(*_USER, "daemon-reload")


def _command(launch: Launch) -> tuple[str, ...]:
    """What is run. A program whose name has quotes or a backslash is refused by systemd, but not by a shell."""
    shell = ("/bin/sh", "-c", 'exec "$0" "$@"') if set(launch.program) & set("\"'\\") else ()
    return (*shell, launch.program, *launch.arguments)


def _quoted(text: str) -> str:
    """A word as systemd reads it: in quotes, in which backslashes escape; and % would begin a specifier."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%") + '"'
