"""Findings of the service: whether it runs, and how it is by its own word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from timecode_core import __version__
from timecode_core.errors import TimecodeError
from timecode_core.finding import Finding
from timecode_core.setup.lock import WriteLock
from timecode_core.wiring.installation import Installation

_TOPIC = "service"
_ANEW = "Start the service anew."


def of_service(installation: Installation) -> Iterator[Finding]:
    """Whether it runs, is of this version, and has nothing to complain of."""
    try:
        if running := installation.running():
            yield from _told(running.address, running.status())
            return
    except TimecodeError as error:
        yield Finding.of(_TOPIC, error, otherwise=_ANEW)
        return
    lock = WriteLock(installation.home)
    if not lock.taken:
        yield Finding(_TOPIC, "not running: `timecode serve` starts it")
        return
    if lock.serves:
        text = f"{lock.holder} holds {installation.home.path}, and gives no proper answer"
        yield Finding(_TOPIC, text, "warning", "Run `timecode stop`, then `timecode serve`.")
    else:
        text = f"none answers, and {installation.home.path} is being written by {lock.holder or 'another process'}"
        yield Finding(_TOPIC, text, "warning", "Wait for that to end.")


def not_ready(status: Mapping[str, Any]) -> str:
    """What a service's status says of why it is not ready, in words; what its store complains of is told by itself."""
    progress = status["progress"].removesuffix(status["store"].get("error") or "").rstrip(": ")
    return f"not ready: {progress}" if progress else "not ready"


def ahead_of_the_clock(ahead: Mapping[str, Any]) -> str:
    """What a service's status says of events ahead, in words."""
    lie = "event lies" if ahead["events"] == 1 else "events lie"
    return f"{ahead['events']:,} {lie} ahead of this machine's clock, the last at {ahead['last']}"


def _told(address: str, status: Mapping[str, Any]) -> Iterator[Finding]:
    """What it says of itself; of the zone, the plugins and what is stored this process can tell itself."""
    store, version, ahead = status["store"], status["version"], status["ahead"]
    yield Finding(_TOPIC, f"{address} is {'ready' if status['ready'] else not_ready(status)}")
    if version != __version__:
        yield Finding(_TOPIC, f"it runs version {version}, and {__version__} is installed", "warning", _ANEW)
    if error := store.get("error"):
        yield Finding(_TOPIC, f"its store fails: {error}", "fault", "Do what that says; the service goes on by itself.")
    if warning := store.get("warning"):
        yield Finding(_TOPIC, f"of its store: {warning}", "warning", "Do what that says.")
    for failure in status["failures"]:
        yield Finding(_TOPIC, failure, "warning", f"{_ANEW} If it stays so, see `timecode plugins`.")
    if ahead:
        yield Finding(
            _TOPIC, ahead_of_the_clock(ahead), "warning", "Check the clocks; `timecode forget --ahead` removes them."
        )
