"""Ending the service of a home folder from outside."""

from __future__ import annotations

import errno
import os
import signal
import time

from timecode_core.errors import BusyError, TimecodeError
from timecode_core.setup.home import Home
from timecode_core.setup.lock import FileLock, WriteLock
from timecode_core.setup.remedies import file_error

_PATIENCE_S = 40.0
"""More than a server gives the requests that are under way."""
_ORPHANED_S = 10.0
"""For a server's worker to notice that the process that wrote itself down was killed."""
_EVERY_S = 0.05


def running_service(home: Home) -> str:
    """The service that runs for a home folder, as it wrote itself down; empty where none does.

    Raises BusyError where something else writes there, TimecodeError where that can't be told.
    """
    home.check_readable()
    lock = WriteLock(home)
    if lock.path.exists() and not os.access(lock.path, os.R_OK):
        raise file_error(TimecodeError, "open", lock.path, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))
    if not lock.taken:
        return ""
    holder = lock.holder
    if lock.serves:
        return holder
    raise BusyError(
        f"{home.path} is in use by {holder or 'a process that could not write itself down'}, which is no service.",
        remedy="Wait until that is done, or end it where it was started.",
    )


def stop_service(home: Home) -> str:
    """End it, return once all of its processes have let go of the home folder, and say what ran.

    Gives an empty text where none did. Raises TimecodeError where it can't be ended from here, or takes too long.
    """
    service = running_service(home)
    lock = WriteLock(home)
    process = lock.process
    if not service:
        return ""
    here = process is not None and _end(process, lock)
    try:
        _await_end(service, lock, here=here)
    except KeyboardInterrupt:
        if not here:
            raise
        raise TimecodeError(
            "the service has been told to stop, though nobody waits for that.",
            remedy="Give the same command again: it returns once that is done.",
        ) from None
    return service


def _await_end(service: str, lock: FileLock, *, here: bool) -> None:
    """Return once nobody holds the lock any more. `here`: its holder has been told to stop."""
    until = time.monotonic() + (_PATIENCE_S if here else _ORPHANED_S)
    while lock.taken:
        if time.monotonic() > until:
            if here:
                raise TimecodeError(
                    f"{service} has not ended within {_PATIENCE_S:.0f} s.",
                    remedy="Wait, or kill it: what it has acknowledged is on disk.",
                )
            raise TimecodeError(
                f"{lock.path.parent} is in use by {service}, which is no process of this machine.",
                remedy="Stop it where it runs: in a container, or on another machine that shares the folder?",
            )
        time.sleep(_EVERY_S)


def _end(process: int, lock: FileLock) -> bool:
    """Ask the lock's holder to end. False where it is no process here, or (Linux tells) its number is another's."""
    try:
        if not lock.is_open_in(process):
            return False
        os.kill(process, signal.SIGTERM)  # Windows ends it at once: what it has acknowledged is on disk
    except PermissionError as error:
        raise TimecodeError(
            f"the service (process {process}) is another user's.", remedy="Stop it as that user, or as root."
        ) from error
    except OSError:  # there is none, which each system says in its way
        return False
    return True
