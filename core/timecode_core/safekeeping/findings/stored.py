"""Findings of what is stored: the database, the disk that it is on, and its backups."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from timecode_core.accounting.crediting import FIRST_KEY
from timecode_core.calendar import DAY_US, SECOND_US
from timecode_core.errors import NothingYetError, PluginError, TimecodeError
from timecode_core.event import Event
from timecode_core.finding import Finding
from timecode_core.intake.wire import format_time
from timecode_core.safekeeping.backups import Backups, kept
from timecode_core.safekeeping.findings.writing import of_writing
from timecode_core.safekeeping.retention import MIB
from timecode_core.setup.remedies import remedy_for
from timecode_core.wiring.installation import Installation

_MARGIN = 256 * MIB
_LEAST = 16 * MIB
_LATE = timedelta(days=2)
"""So much may be missing from the newest backup before it is worth a word."""


def of_stored(installation: Installation) -> Iterator[Finding]:
    """Whether it can be opened, whether there is room for more of it, and what there is where it is lost."""
    place, size = installation.home.path, 0
    span: tuple[datetime, datetime] | None = None
    try:
        store = installation.store()
        try:
            with store.reading() as reader:
                newest = reader.last(round(time.time() * SECOND_US) + DAY_US)
                oldest = next(iter(reader.scan(FIRST_KEY, 2**63 - 1, 1)), None)
            health = store.health()
        finally:
            store.close()
    except NothingYetError:
        yield Finding("database", "nothing is stored yet")
    except TimecodeError as error:
        yield Finding.of("database", error, otherwise="See `timecode plugins`.")
    else:
        place, size = Path(str(health.details.get("path", place))), int(health.details.get("bytes", 0))
        events = health.details.get("events", "")
        text = f"{events:,} events" if isinstance(events, int) else "can be read"
        if oldest and newest:
            span = _clock(oldest), _clock(newest)
            text += f", the last of {format_time(newest.time, newest.utc_offset)}"
        warning = str(health.details.get("warning", ""))
        if not health.ok:
            yield Finding("database", health.error, "fault", "See `timecode verify`.")
        elif warning:
            yield Finding("database", warning, "warning", "Do what it says.")
        else:
            yield Finding("database", text)
        if place != installation.home.path:
            yield from of_writing("database", place, "nothing more can be stored")
    yield _disk(place, size)
    yield _backups(installation, span)


def _clock(event: Event) -> datetime:
    return datetime.fromtimestamp(event.time / SECOND_US, UTC)


def _disk(place: Path, size: int) -> Finding:
    """Room for a backup, which takes as much again, twice for a while; or for a rebuild."""
    try:
        while not place.exists() and place != place.parent:
            place = place.parent
        free = shutil.disk_usage(place).free
    except OSError as error:
        return Finding("disk", f"that of {place} can't be asked: {error.strerror}", "warning", remedy_for(error))
    text = f"{free / MIB:,.0f} MiB free for a database of {size / MIB:,.1f} MiB"
    if free < _LEAST:
        return Finding("disk", text, "fault", "Free some space: soon nothing more can be stored.")
    if free < 2 * size + _MARGIN:
        return Finding("disk", text, "warning", "Free some space: a rebuild or a backup may not find enough.")
    return Finding("disk", text)


def _check_owner(installation: Installation) -> None:
    """Raise TimecodeError where another home has the folder of the backups: none of ours can be made in it."""
    with suppress(PluginError):  # a store that has no backups
        Backups(installation.home, installation.settings.backups, installation.maintenance()).check_ours()


def _backups(installation: Installation, span: tuple[datetime, datetime] | None) -> Finding:
    """How many there are, and what would be missing after the newest. `span`: from the first event to the last."""
    settings = installation.settings.backups
    folder = settings.path(installation.home.path)
    try:
        found = kept(folder)
        _check_owner(installation)
    except TimecodeError as error:
        return Finding.of("backups", error)
    now = datetime.now(UTC)
    remedy = "Run `timecode backup`" + ("." if settings.daily else ", or set daily = true in [backups].")
    if not found:
        if span is None or (settings.daily and now - span[0] < _LATE):
            return Finding("backups", "none yet")
        return Finding("backups", f"there are none in {folder}", "warning", remedy)
    size, newest = sum(one.size for one in found), next((one.made for one in found if one.made <= now), now)
    age = (now - newest).days
    text = (
        f"{len(found)} in {folder}, {size / MIB:,.1f} of {settings.most_mb:,} MiB, the newest of "
        f"{newest:%Y-%m-%d %H:%M} UTC, {age} day{'' if age == 1 else 's'} old"
    )
    if found[0].made > now:
        text += f"; {found[0].path.name} is of a time to come"
        return Finding(
            "backups", text, "warning", "Check the clock; a backup that a wrong one has dated is yours to remove."
        )
    if span is not None and span[1] - newest > _LATE:
        return Finding("backups", f"{text}; what came in later is in none of them", "warning", remedy)
    if len(found) > 1 and size > settings.most_mb * MIB:
        return Finding(
            "backups", text, "warning", "The oldest go with the next one; to keep them, raise most_mb in [backups]."
        )
    return Finding("backups", text)
