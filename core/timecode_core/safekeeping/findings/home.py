"""Findings of the home folder: whose it is, who may look into it, and what is kept secret in it."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterator

from timecode_core.errors import TimecodeError
from timecode_core.finding import Finding
from timecode_core.safekeeping.findings.writing import of_writing
from timecode_core.setup.home import Home
from timecode_core.setup.logbook import log_files
from timecode_core.setup.remedies import remedy_for

_TOPIC = "home folder"
_SECRETS = ("hash_key", "machine_id")


def of_home(home: Home) -> Iterator[Finding]:
    """Whether it is ours alone, with its secrets."""
    try:
        status = home.path.stat()
        held = sorted(path.name for path in home.path.iterdir())
    except FileNotFoundError:
        yield Finding(_TOPIC, f"{home.path} is not there yet: `timecode serve` makes it")
        return
    except OSError as error:
        yield Finding(_TOPIC, f"{home.path} can't be read: {error.strerror}", "fault", remedy_for(error))
        return
    try:
        home.check_ours()
    except TimecodeError as error:
        yield Finding.of(_TOPIC, error)
        return
    mode = stat.S_IMODE(status.st_mode)
    if os.name == "posix" and mode & 0o077:
        text = f"others may look into {home.path} (its mode is {mode:03o})"
        yield Finding(_TOPIC, text, "warning", f"Run: chmod 700 {shlex.quote(str(home.path))}")
    else:
        yield Finding(_TOPIC, f"{home.path}, yours alone")
    yield from of_writing(_TOPIC, home.path, "nothing can be stored or backed up")
    log = log_files(home)[0]
    if log.parent.exists() and not log.parent.is_dir():
        text = f"{log.parent} is no folder: the service can write no log"
        yield Finding("log", text, "fault", "Move it away; the service makes the folder.")
    else:
        for path in (log.parent, log):
            yield from of_writing("log", path, "what the service has to tell is lost")
    if exposed := home.exposed(*_SECRETS):
        text = f"others could read {', '.join(exposed)}, or they are links"
        names = shlex.join(str(home.path / name) for name in exposed)
        yield Finding(_TOPIC, text, "warning", f"Put the files themselves there, and run: chmod 600 {names}")
    if held and ".gitignore" not in held:
        text = "it has no .gitignore, so that a repository around it would take it in"
        yield Finding(_TOPIC, text, "warning", "Start the service, which makes one.")
