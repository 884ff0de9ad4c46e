"""`timecode status`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import click

from timecode_core import __version__
from timecode_core.commands.formatting import NONE, duration, printable
from timecode_core.errors import SettingsError
from timecode_core.safekeeping.findings.service import ahead_of_the_clock, not_ready
from timecode_core.setup.lock import WriteLock
from timecode_core.wiring.installation import Installation

NOT_RUNNING = 3
_SHOWN = 3
_WIDTH = 11


@click.command(short_help="Say whether the service runs, and how it is.")
@click.option("--json", "as_json", is_flag=True, help="Print what the service says of itself, as JSON.")
@click.pass_obj
def status(installation: Installation, as_json: bool) -> None:  # noqa: FBT001  (click's call)
    """Say whether the service runs, how it is, and what it has of today.

    Exits with 0 where it runs, however it is, and with 3 where it doesn't.
    """
    installation.home.check_readable()
    running = installation.running()
    if running is None:
        if as_json:
            click.echo(json.dumps({"running": False, "writing": _writing(installation)}))
        else:
            click.echo(printable(_absent(installation)))
        raise click.exceptions.Exit(NOT_RUNNING)
    document = running.status()
    if as_json:
        click.echo(json.dumps({"running": True, "address": running.address, **document}, indent=2))
        return
    for topic, text in _lines(running.address, document):
        click.echo(f"{topic:{_WIDTH}}{printable(text)}")


def _writing(installation: Installation) -> str:
    """Who holds the lock, in its own words; empty where nobody does."""
    lock = WriteLock(installation.home)
    return (lock.holder or "another process") if lock.taken else ""


def _absent(installation: Installation) -> str:
    if writing := _writing(installation):
        return f"No service answers: {writing} holds {installation.home.path}. `timecode doctor` says more."
    try:
        installation.check()
    except SettingsError:
        return "Timecode is not running, and can't start with these settings: `timecode config` says what is wrong."
    return "Timecode is not running. Start it with `timecode serve`."


def _lines(address: str, document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What there is to say, by topic, in the order in which one asks."""
    version = document["version"]
    yield "service", f"{address}, version {version}"
    if version != __version__:
        yield "", f"version {__version__} is installed: start the service anew"
    store = document["store"]
    if not document["ready"]:
        yield "", not_ready(document)
    yield "store", _store(store)
    if today := document["today"]:
        yield "today", _today(today)
    if last := document["last_event"]:
        yield "last event", last
    zone = document["zone"]
    yield "zone", zone["problem"] or zone["name"]
    if ahead := document["ahead"]:
        yield "ahead", ahead_of_the_clock(ahead)
    for failure in document["failures"]:
        yield "failure", failure


def _store(store: Mapping[str, Any]) -> str:
    if error := store.get("error"):
        return f"FAILS: {error}"
    events = f"{store['events']:,} events, " if isinstance(store.get("events"), int) else ""
    warning = f"; {store['warning']}" if store.get("warning") else ""
    return f"well: {events}{store.get('path', '')}{warning}".rstrip(": ,")


def _today(today: Mapping[str, Any]) -> str:
    """The time, and the projects that have the most of it."""
    projects = [f"{one['project'] or NONE} {_time(one['seconds'])}" for one in today["projects"][:_SHOWN]]
    rest = len(today["projects"]) - len(projects)
    told = ", ".join([*projects, *([f"{rest} more"] if rest else [])])
    return f"{_time(today['total_seconds'])}{f' ({told})' if told else ''}"


def _time(seconds: float) -> str:
    return duration(round(seconds * 1_000_000))
