"""`timecode logs`."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

import click

from timecode_core.commands.formatting import printable
from timecode_core.errors import TimecodeError
from timecode_core.setup.logbook import log_files
from timecode_core.setup.remedies import file_error
from timecode_core.wiring.installation import Installation

_EVERY_S = 0.3


@click.command(short_help="Print the newest lines of the service's log.")
@click.option("--lines", "-n", default=50, show_default=True, type=click.IntRange(0), help="How many of the newest.")
@click.option("--follow", "-f", is_flag=True, help="Go on with what comes, until Ctrl-C.")
@click.pass_obj
def logs(installation: Installation, lines: int, follow: bool) -> None:  # noqa: FBT001  (click's call)
    """Print the newest lines of the service's log, whether it runs or not.

    The service writes it where its output is no terminal: started with the session, say. It tells of starts, stops,
    backups and faults; the setting log_level makes it tell more or less. No name of a project, a branch or a file is
    in it.
    """
    installation.home.check_readable()
    files = log_files(installation.home)
    log = _Log(files)
    newest = log.newest(lines)
    if not (newest or follow or any(path.exists() for path in files)):
        click.echo("There is no log yet: the service writes one where its output is no terminal.")
    _print(newest)
    if follow:
        with suppress(KeyboardInterrupt):  # as everybody ends it
            while True:
                sys.stdout.flush()
                time.sleep(_EVERY_S)
                _print(log.more())


class _Log:
    """The log as it is read, across the rotation of its files. None of them is held open."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = files
        self._identity, self._read = 0, 0
        """Which file was the newest at the last look, and how far it has been read."""
        self._rest = b""

    def newest(self, count: int) -> list[str]:
        """The last lines of all."""
        self._identity, come = _read(self._files[0], 0)
        self._read = len(come)
        found = come.splitlines()
        for older in self._files[1:]:
            if len(found) >= count:
                break
            found = [*_read(older, 0)[1].splitlines(), *found]
        return _texts(found[len(found) - min(count, len(found)) :])

    def more(self) -> list[str]:
        """The lines that have been finished since the last call."""
        identity, come = _read(self._files[0], self._read)
        if identity != self._identity:
            before, rest = _read(self._files[1], self._read)
            self._rest += rest if before == self._identity else b""
            self._identity, come = _read(self._files[0], 0)
            self._read = 0
        self._read += len(come)
        *lines, self._rest = (self._rest + come).split(b"\n")
        return _texts(lines)


def _read(path: Path, start: int) -> tuple[int, bytes]:
    """What tells the file from another of its name, and what it holds from there on; nothing where there is none."""
    try:
        with path.open("rb") as file:
            identity = os.fstat(file.fileno()).st_ino
            file.seek(start)
            return identity, file.read()
    except FileNotFoundError:
        return 0, b""
    except OSError as error:
        raise file_error(TimecodeError, "read", path, error) from error


def _texts(lines: Iterable[bytes]) -> list[str]:
    return [line.decode("utf-8", "replace") for line in lines]


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(printable(line))
