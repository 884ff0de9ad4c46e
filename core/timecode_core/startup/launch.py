"""The launch: what starts the service of a home folder, whoever does it."""

from __future__ import annotations

import os
import sys
import unicodedata
from contextlib import suppress
from pathlib import Path

from attrs import frozen

from timecode_core.errors import TimecodeError
from timecode_core.setup.home import Home


@frozen
class Launch:
    """A program, its arguments, and the home folder where it must be named: the usual one need not be."""

    program: str
    home: Path | None = None
    arguments: tuple[str, ...] = ("-P", "-m", "timecode_core", "serve")
    """-P: a folder named timecode_core in the current one is not ours."""

    @classmethod
    def of(cls, home: Home) -> Launch:
        """By the Python that runs now. Raises TimecodeError for paths that no system's file can hold."""
        usual = None
        with suppress(TimecodeError):  # then there is no usual one
            usual = Home.find({name: value for name, value in os.environ.items() if name != "TIMECODE_HOME"})
        launch = cls(sys.executable, None if home == usual else home.path)
        for path in (launch.program, str(launch.home or "")):
            if not all(map(_holdable, path)):
                raise TimecodeError(
                    f"the path {path!r} has characters that can't be written down for the system.",
                    remedy="Choose a folder without them.",
                )
        return launch


def _holdable(character: str) -> bool:
    """Whether XML and systemd both take it: no control characters, no halves of one, none that Unicode rules out."""
    return unicodedata.category(character) not in ("Cc", "Cs") and ord(character) & 0xFFFE != 0xFFFE


def settings_left_behind(timezone: str) -> list[str]:
    """The variables of this environment that the service goes by here, and not where the system starts it."""
    found = sorted(name for name in os.environ if name.startswith("TIMECODE_") and "__" in name)
    return [*found, *(["TZ"] if os.environ.get("TZ") and not timezone else [])]
