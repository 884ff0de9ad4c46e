"""The logbook: what a service writes down for whoever looks later, bounded in size and with nobody's names in it."""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from timecode_core.errors import TimecodeError
from timecode_core.setup.home import Home
from timecode_core.setup.settings import LogLevel

OURS = "timecode"
"""The logger that all of ours are below. Nothing of an event or a request is in what they tell."""
SIZE = 1024 * 1024
FILES = 5
_LONGEST = 8_000
_CAUSES = 10
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)


def log_files(home: Home) -> list[Path]:
    """Where the log is and where its older parts are, the newest first, whether they are there or not."""
    newest = home.path / "logs" / "timecode.log"
    return [newest, *(newest.with_name(f"{newest.name}.{number}") for number in range(1, FILES))]


class _LogFile(logging.Handler):
    """The file. It is opened for each line, so that it may be moved, removed or rotated by whom it may at any time.

    Several processes may write to it, and one of them, in which `rotates` is true, makes room.
    """

    def __init__(self, home: Home, level: LogLevel) -> None:
        super().__init__(level.upper())
        self.setFormatter(_Line())
        self.rotates = False
        self._files = log_files(home)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line. Where that can't be done nobody hears of it: no reason to stop recording."""
        with suppress(Exception):
            line = f"{self.format(record)}\n".encode("utf-8", "replace")
            self._files[0].parent.mkdir(mode=0o700, exist_ok=True)
            if self.rotates:
                self.make_room(len(line))
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | _NO_FOLLOW
            descriptor = os.open(self._files[0], flags, 0o600)
            try:
                os.write(descriptor, line)
            finally:
                os.close(descriptor)

    def make_room(self, wanted: int = 0) -> None:
        """Have the file be the first of the older ones, and the oldest be gone, once it would grow too large."""
        try:
            if self._files[0].stat().st_size + wanted <= SIZE:
                return
        except FileNotFoundError:
            return
        for newer, older in reversed(list(zip(self._files, self._files[1:], strict=False))):
            with suppress(FileNotFoundError):
                newer.replace(older)


class _Line(logging.Formatter):
    """When, how grave, who and what; what follows in further lines is set off.

    Of exceptions it tells the kind and the way, not the text, which may hold anybody's names; and so may what others'
    records are about.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The text of a record, without the end of its last line."""
        at = datetime.fromtimestamp(record.created, UTC).astimezone().isoformat(timespec="seconds")
        ours = record.name.partition(".")[0] == OURS
        text = record.getMessage() if ours else _without_names(record)
        if record.exc_info and record.exc_info[1] is not None:
            text = "\n".join((text, *_way(record.exc_info[1])))
        return f"{at} {record.levelname.lower()} {record.name}: {_tame(text)}"


def _without_names(record: logging.LogRecord) -> str:
    """A record's text, in which only numbers are filled in; where it has been made elsewhere, just the place."""
    if isinstance(record.args, tuple) and record.args:
        with suppress(TypeError, ValueError):
            return str(record.msg) % tuple(part if isinstance(part, int) else "…" for part in record.args)
    return f"something in {record.filename}, {record.funcName}"


def _way(error: BaseException | None) -> Iterator[str]:
    """The kind of an exception and the places that it came through; then those of what led to it."""
    for _ in range(_CAUSES):
        if error is None:
            return
        yield type(error).__qualname__
        for frame, line in traceback.walk_tb(error.__traceback__):
            yield f"  {frame.f_code.co_filename}:{line} {frame.f_code.co_name}"
        error = error.__cause__ or error.__context__


def _tame(text: str) -> str:
    """The text with its end cut off where it is long, and without characters that steer; no line can pass for ours."""
    cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return "\n    ".join(
        "".join(character if character.isprintable() else "�" for character in line) for line in cut.split("\n")
    )


def _is_shown(stream: TextIO | None) -> bool:
    """Whether somebody may look at it. Windows calls the device that takes anything a terminal."""
    return stream is not None and getattr(stream, "name", "") != os.devnull and stream.isatty()


class Logbook:
    """What a service tells: warnings to standard error, and where that is no terminal, more to the home's log file."""

    def __init__(self, file: _LogFile | None) -> None:
        self._file = file
        self._noted: TimecodeError | None = None

    @classmethod
    def begin(cls, home: Home, level: LogLevel, *others: str) -> Logbook:
        """Set up the logging of this process and of its children. Whoever calls it holds the home's `WriteLock`.

        `others` are loggers that pass on nothing to the root; they must have no way of their own to standard error.
        """
        logging.raiseExceptions = False  # of a line that can't be written none need be written
        shown = logging.StreamHandler()
        shown.setLevel(logging.WARNING)
        shown.setFormatter(_Line())  # a journal is no better place for names than the file
        for name in ("", *others):
            logging.getLogger(name).addHandler(shown)
        if _is_shown(sys.stderr):
            shown.setFormatter(logging.Formatter("%(asctime)s %(name)s: %(message)s"))
            return cls(None)
        file = _LogFile(home, level)
        with suppress(OSError):  # one that never comes to serve is started again and again, and writes why
            file.make_room()
        logging.getLogger(OURS).setLevel(min(file.level, logging.WARNING))
        for name in ("", *others):
            logging.getLogger(name).addHandler(file)
        return cls(file)

    def take_over(self) -> None:
        """From now on it is this process that makes room in the file: the one that serves, and no other."""
        if self._file is not None:
            self._file.rotates = True

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Write an error down that ends the service: it is told on standard error, where perhaps nobody reads."""
        try:
            yield
        except TimecodeError as error:
            if self._file is not None and error is not self._noted:
                self._noted = error
                told = f"the service could not start: {error}"
                self._file.handle(logging.LogRecord(f"{OURS}.service", logging.ERROR, "", 0, told, None, None))
            raise
