"""The zone in force: where events are that don't say so, and whose day it is now."""

from __future__ import annotations

import os
import re
import struct
import time as clock
import zoneinfo
from contextlib import suppress
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from importlib import resources
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from attrs import frozen

from timecode_core.errors import EventError

SECOND_US = 1_000_000
_LINK = Path("/etc/localtime")
_SETTING, _VARIABLE, _MACHINE = "the setting timezone", "TZ", "this machine's own"
_DIRECTORY = "/zoneinfo/"
_US_SUMMER = ",M3.2.0,M11.1.0"
"""The changes of clock that the C library assumes where TZ names a summer time and doesn't say when it is."""


@frozen
class Zone:
    """A zone: its name, where that comes from, and what is wrong with it (a sentence with a remedy, or empty).

    `rules` is None where they are the C library's: then the zone is the machine's, which may change while we run.
    """

    name: str
    origin: str
    rules: tzinfo | None
    problem: str = ""

    def offset(self, time: int) -> int:
        """The UTC offset in seconds, whole minutes, at an instant in microseconds.

        Raises EventError where the system's calendar does not reach that far.
        """
        try:
            local = datetime.fromtimestamp(time // SECOND_US, UTC).astimezone(self.rules)
        except (OSError, OverflowError, ValueError) as error:
            raise EventError("is beyond this system's calendar; send it with an offset", field="time") from error
        return round((local.utcoffset() or timedelta()).total_seconds() / 60) * 60

    def now(self) -> datetime:
        """The present moment."""
        return datetime.now(UTC).astimezone(self.rules)

    def __str__(self) -> str:
        offset = f"{self.now():%z}"
        return f"Days are those of {self.name} ({self.origin}), now UTC{offset[:3]}:{offset[3:5]}."


def zone_in_force(timezone: str) -> Zone:
    """The zone of the setting `timezone`; where that is empty that of TZ, and without one the machine's own.

    Ask anew each time: the machine's may have changed. Raises ZoneInfoNotFoundError for a setting that is no zone.
    """
    if timezone:
        return _zone_of_setting(timezone)
    text = os.environ.get("TZ", str(_LINK))
    return _machine.zone if text.removeprefix(":") == str(_LINK) else _zone_of_variable(text)


def named_zone(name: str) -> ZoneInfo:
    """The zone of a name in the time zone database, spelt just so. Raises ZoneInfoNotFoundError.

    zoneinfo alone would open any file below its folders: other spellings where the file system ignores case, and
    zones that count leap seconds.
    """
    if name not in _database() and name not in zoneinfo.available_timezones():
        raise zoneinfo.ZoneInfoNotFoundError(f"no time zone found with key {name!r:.60}")
    try:
        return ZoneInfo(name)
    except (OSError, ValueError) as error:
        raise zoneinfo.ZoneInfoNotFoundError(f"the time zone {name!r:.60} can't be read: {error}") from error


@lru_cache(1)
def _database() -> frozenset[str]:
    """The names in the package tzdata, which has them where the system has no time zones."""
    try:
        return frozenset(resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())
    except ModuleNotFoundError:  # some distributions leave it out, since their systems have the zones
        return frozenset()


@lru_cache(8)
def _zone_of_setting(name: str) -> Zone:
    return Zone(name, _SETTING, named_zone(name))


@lru_cache(8)
def _zone_of_variable(text: str) -> Zone:
    name = text.removeprefix(":")
    if name.startswith(
        "/"
    ):  # where a system keeps its zones is no matter; and zoneinfo hangs on a file that is cut short
        name = name.rpartition(_DIRECTORY)[2]
    if not name:
        return Zone("UTC", _VARIABLE, UTC)
    try:
        return Zone(name, _VARIABLE, _posix_rules(name) or named_zone(name))
    except (KeyError, ValueError):
        problem = (
            f"TZ is {text!r:.60}, which is no time zone: days are those of UTC. "
            f"Set TZ to {spelling(name) or 'a name such as Europe/Berlin'}, or set timezone in [core] of config.toml."
        )
        return Zone("UTC", "TZ can't be understood", UTC, problem)


def spelling(name: str) -> str:
    """How the database spells what was probably meant, be it in another case, in quotes or with blanks; or nothing."""
    wanted = re.sub(r"[\s\"':]", "", name).casefold()
    return next((known for known in sorted(_database()) if known.casefold() == wanted), "")


def _posix_rules(text: str) -> ZoneInfo | None:
    """The zone that a POSIX TZ string spells out, such as `CET-1CEST,M3.5.0,M10.5.0/3`; None where it is a name.

    Such a string also ends every file of the time zone database: zoneinfo reads ours from a file without changes.
    Raises ValueError for offsets of a day and more, and other nonsense.
    """
    name = r"(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)"
    offset = r"[+-]?\d{1,3}(?::\d{2}){0,2}"
    match = re.fullmatch(rf"{name}{offset}(?P<summer>{name}(?:{offset})?)?(?P<changes>,.+)?", text, re.ASCII)
    if not match or text in _database():  # EST5EDT is both: the database knows how it was in earlier years
        return None
    rules = text if match["changes"] or not match["summer"] else text + _US_SUMMER
    counts = struct.pack(">4sc15x6L", b"TZif", b"2", 0, 0, 0, 0, 1, 1)  # one kind of time, of one letter; no change
    block = counts + struct.pack(">lbBc", 0, 0, 0, b"\0")
    zone = ZoneInfo.from_file(BytesIO(block + block + b"\n" + rules.encode("ascii") + b"\n"), key=text)
    for month in (1, 7):  # a summer time an hour ahead of a zone at the edge of the day is noticed only when asked
        datetime(2026, month, 1, tzinfo=zone).utcoffset()
    return zone


def machine_zone(link: Path) -> Zone:
    """The machine's own zone, by the C library; by the name in `link` (/etc/localtime) where that leads to no file."""
    try:
        _, known, name = os.readlink(link).rpartition(_DIRECTORY)  # noqa: PTH115  (the text, whatever it leads to)
    except OSError:
        known = name = ""
    if known and not link.exists():
        with suppress(zoneinfo.ZoneInfoNotFoundError):
            return Zone(name, _MACHINE, named_zone(name))
        known = ""
    if hasattr(clock, "tzset"):  # the C library would keep what it read first; Windows has none, and asks each time
        clock.tzset()
    return Zone(name if known else clock.tzname[0], _MACHINE, None)


class _Machine:
    """The machine's own zone, read anew when a second has passed: the machine may travel while we run."""

    def __init__(self) -> None:
        self._read_at = float("-inf")
        self._zone: Zone | None = None

    @property
    def zone(self) -> Zone:
        now = clock.monotonic()
        if self._zone is None or now - self._read_at >= 1:
            self._read_at, self._zone = now, machine_zone(_LINK)
        return self._zone


_machine = _Machine()
