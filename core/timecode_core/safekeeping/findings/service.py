"""The finding of the service: whether it runs, and how it is by its own word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from timecode_core import __version__
from timecode_core.errors import TimecodeError
from timecode_core.finding import Finding
from timecode_core.setup.lock import WriteLock
from timecode_core.wiring.installation import Installation

_TOPIC = "service"


def of_service(installation: Installation) -> Finding:
    """Whether it runs, is of this version, and has nothing to complain of."""
    try:
        if running := installation.running():
            return _told(running.address, running.status())
    except TimecodeError as error:
        return Finding(_TOPIC, str(error.args[0]).rstrip("."), "fault", error.remedy or "Start the service anew.")
    lock = WriteLock(installation.home)
    if not lock.taken:
        return Finding(_TOPIC, "not running: `timecode serve` starts it")
    text = f"none answers, and {installation.home.path} is being written by {lock.holder or 'another process'}"
    return Finding(_TOPIC, text, "warning", "Wait for that to end; if it is a service that hangs, end its process.")


def _told(address: str, status: Mapping[str, Any]) -> Finding:
    store = status.get("store") or {}
    version = status.get("version")
    if error := store.get("error"):
        return Finding(_TOPIC, f"{address}: {error}", "fault", "Do what it says; the service goes on by itself.")
    if version != __version__:
        text = f"{address} runs version {version}, and {__version__} is installed"
        return Finding(_TOPIC, text, "warning", "Start the service anew.")
    if warning := store.get("warning"):
        return Finding(_TOPIC, f"{address}: {warning}", "warning", "Do what it says.")
    if failures := status.get("failures"):
        return Finding(_TOPIC, f"{address}: {'; '.join(failures)}", "warning", "See `timecode plugins`.")
    if ahead := status.get("ahead"):
        text = f"{address} has {ahead['events']} events of days that are not yet here, up to {ahead['last']}"
        return Finding(_TOPIC, text, "warning", "Check the clocks; `timecode forget --ahead` removes them.")
    if not status.get("ready"):
        return Finding(_TOPIC, f"{address} is getting ready: {status.get('progress')}")
    return Finding(_TOPIC, f"{address} is ready")
