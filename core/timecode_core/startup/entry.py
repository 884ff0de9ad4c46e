"""The entry: the file by which a system starts the service with a person's session."""

from __future__ import annotations

import subprocess
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path

from timecode_core.errors import TimecodeError
from timecode_core.setup.private import replace_private
from timecode_core.setup.remedies import file_error

_PATIENCE_S = 90


class Entry(ABC):
    """What one system needs. Whatever asks the system raises TimecodeError where it can't be asked, or refuses."""

    path: Path
    text: str
    by_hand: str
    """What a person can do in place of `load` and `start`."""

    @property
    def installed(self) -> str | None:
        """The text that is there now; None where there is none."""
        try:
            return self.path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise file_error(TimecodeError, "read", self.path, error) from error

    @property
    @abstractmethod
    def enabled(self) -> bool:
        """Whether the system starts the service with the session."""

    def write(self) -> None:
        """Put the file in its place."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            replace_private(self.path, self.text)
        except OSError as error:
            raise file_error(TimecodeError, "write", self.path, error) from error

    @abstractmethod
    def load(self) -> None:
        """Make sure that the system can be asked, and have it read the file."""

    @abstractmethod
    def start(self) -> None:
        """Have the service start with the session from now on, and start it now, anew where it runs."""

    @abstractmethod
    def end(self) -> None:
        """Have it end, and start no more."""

    def remove(self) -> None:
        """Take the file away, and have the system know where it would not by itself."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise file_error(TimecodeError, "remove", self.path, error) from error


def ask(*command: str) -> None:
    """Run one of the system's programs. Raises TimecodeError with the first line of what it complains of."""
    try:
        done = subprocess.run(  # noqa: S603  (words of ours, and the home folder's path)
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_PATIENCE_S, check=False
        )
    except FileNotFoundError as error:
        raise TimecodeError(f"there is no {command[0]} here.") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise TimecodeError(f"{command[0]} does not answer ({type(error).__name__}).") from error
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
        raise TimecodeError(f"`{' '.join(command)}` failed: {said[0] if said else done.returncode}.".replace("..", "."))


def succeeds(*command: str) -> bool:
    """Whether the program runs and ends well."""
    with suppress(TimecodeError):
        ask(*command)
        return True
    return False
