"""The zone in force: by the settings, by TZ, by the machine; understood without the system, or said to be wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, strategies as st
from support.installations import fresh_service
from support.server import environment, start, timecode
from support.strategies import SECOND, fewer
from timecode_core.errors import SettingsError
from timecode_core.setup import zone as zones
from timecode_core.setup.settings import Settings
from timecode_core.setup.zone import Zone, machine_zone, zone_in_force

_WINTER, _SUMMER = (int(datetime(2026, month, 1, tzinfo=UTC).timestamp()) * SECOND for month in (1, 7))
_HOUR = 3600
_UNKNOWN = [
    *('"Europe/Berlin"', "'Europe/Berlin'", "Nonsense/Zone", "europe/berlin", "W. Europe Standard Time", "UTC+25"),
    *("UTC+24", "EST-24EDT", "utc", "XYZ", "+02:00", "../../etc/passwd", "right/Europe/Berlin", "posix/Europe/Berlin"),
    *(
        "/etc/passwd",
        "/no/such/file",
        "/usr/share",
        "CET-1CEST,nonsense",
        "CET-1CEST,M3.5.0",
        "CET-1CEST,M13.5.0,M1.1.1",
    ),
    *("Europe/Berlin\n", "x" * 5000, "\udcff", "é", "Europe/", "/", "."),
]


def _by(monkeypatch: pytest.MonkeyPatch, text: str) -> Zone:
    monkeypatch.setenv("TZ", text)
    return zone_in_force("")


@pytest.mark.parametrize(
    ("text", "name", "winter", "summer"),
    [
        ("Europe/Berlin", "Europe/Berlin", 1, 2),
        (":Europe/Berlin", "Europe/Berlin", 1, 2),
        ("/usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin", 1, 2),
        (":/no/such/folder/zoneinfo/Europe/Berlin", "Europe/Berlin", 1, 2),
        ("Asia/Kathmandu", "Asia/Kathmandu", 5.75, 5.75),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "CET-1CEST,M3.5.0,M10.5.0/3", 1, 2),
        ("CET-1CEST,J60,J300", "CET-1CEST,J60,J300", 1, 2),
        ("XST8XDT", "XST8XDT", -8, -7),
        ("EST5EDT", "EST5EDT", -5, -4),
        ("<+0330>-3:30", "<+0330>-3:30", 3.5, 3.5),
        ("UTC+23:30", "UTC+23:30", -23.5, -23.5),
        ("AEST-10AEDT,M10.1.0,M4.1.0/3", "AEST-10AEDT,M10.1.0,M4.1.0/3", 11, 10),
        ("", "UTC", 0, 0),
        (":", "UTC", 0, 0),
    ],
)
def test_a_tz_that_can_be_understood_is_the_zone_in_force(
    monkeypatch: pytest.MonkeyPatch, text: str, name: str, winter: float, summer: float
) -> None:
    """Names of the time zone database, and the strings of POSIX."""
    zone = _by(monkeypatch, text)
    assert (zone.name, zone.problem) == (name, "")
    assert (zone.offset(_WINTER), zone.offset(_SUMMER)) == (winter * _HOUR, summer * _HOUR)
    now = round(zone.now().utcoffset().total_seconds() / 60)  # type: ignore[union-attr]
    sign, (hours, minutes) = "-" if now < 0 else "+", divmod(abs(now), 60)
    assert str(zone) == f"Days are those of {name} (TZ), now UTC{sign}{hours:02}:{minutes:02}."


@pytest.mark.parametrize("text", _UNKNOWN)
def test_a_tz_that_cannot_be_understood_is_utc_and_said_to_be_wrong(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """In one line that says what to do, however long or odd it is."""
    zone = _by(monkeypatch, text)
    assert (zone.name, zone.offset(_SUMMER)) == ("UTC", 0)
    assert zone.problem.startswith("TZ is ")
    assert "Set TZ to" in zone.problem
    assert zone.problem.isprintable()
    assert len(zone.problem) < 250


@pytest.mark.parametrize("text", ['"Europe/Berlin"', "europe/berlin", "Europe/Berlin ", ":'EUROPE/BERLIN'"])
def test_the_spelling_that_was_meant_is_told(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Quotes that a shell left, blanks, another case."""
    assert "Set TZ to Europe/Berlin, or" in _by(monkeypatch, text).problem


@fewer(10)
@given(text=st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=30))
def test_no_tz_at_all_stops_anything(text: str) -> None:
    """Whatever it holds: there is a zone, with an offset that an event can have, or UTC with a sentence."""
    with pytest.MonkeyPatch.context() as context:
        context.setenv("TZ", text)
        zone = zone_in_force("")
    assert abs(zone.offset(_SUMMER)) < 24 * _HOUR
    assert zone.problem == "" or zone.offset(_SUMMER) == 0


@fewer(4)
@given(name=st.sampled_from(sorted(available_timezones() - {"localtime"})), second=st.integers(0, 2**32))
def test_a_setting_goes_before_tz_and_gives_the_offset_of_the_database(name: str, second: int) -> None:
    with pytest.MonkeyPatch.context() as context:
        context.setenv("TZ", "Nonsense/Zone")
        zone = zone_in_force(name)
    assert (zone.name, zone.problem) == (name, "")
    wanted = datetime.fromtimestamp(second, ZoneInfo(name)).utcoffset()
    assert wanted is not None
    assert abs(zone.offset(second * SECOND) - wanted.total_seconds()) <= 30


@pytest.mark.parametrize(
    "text", [name for name in _UNKNOWN if name.isprintable()] + ["CET-1CEST,M3.5.0,M10.5.0/3", " "]
)
def test_a_setting_that_is_no_name_of_a_zone_is_refused(text: str) -> None:
    """Other spellings, paths and strings of POSIX too: what stands in a file is meant to last on any machine."""
    with pytest.raises(SettingsError, match="timezone is no time zone name"):
        Settings({"core": {"timezone": text}})


def test_another_spelling_is_refused_where_the_file_system_ignores_case(tmp_path: Path) -> None:
    """There a zone's file opens by any spelling; a link of that name does the same here."""
    (tmp_path / "europe").mkdir()
    tzdata = "import importlib.resources as r; print(r.files('tzdata').joinpath('zoneinfo/Europe/Berlin'))"
    place = subprocess.run([sys.executable, "-c", tzdata], capture_output=True, text=True, check=True).stdout.strip()
    (tmp_path / "Europe").mkdir(exist_ok=True)
    (tmp_path / "Europe" / "Berlin").symlink_to(place)
    code = (
        "from timecode_core.setup.zone import named_zone as zone; print(zone('Europe/Berlin')); zone('Europe/./Berlin')"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONTZPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.stdout.strip() == "Europe/Berlin"
    assert "no time zone found" in told.stderr


def test_a_machine_whose_link_leads_nowhere_has_the_zone_that_it_names(tmp_path: Path) -> None:
    """As in a container that lacks the system's zones; a link to nothing known is the C library's affair."""
    link = tmp_path / "localtime"
    link.symlink_to(tmp_path / "zoneinfo" / "Asia" / "Tokyo")
    zone = machine_zone(link)
    assert (zone.name, zone.offset(_WINTER), zone.problem) == ("Asia/Tokyo", 9 * _HOUR, "")
    link.unlink()
    link.symlink_to(tmp_path / "zoneinfo" / "Nonsense")
    assert machine_zone(link).rules is None


def test_a_machine_that_travels_takes_the_zone_in_force_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing that was remembered outlives the change by more than a moment."""
    link = tmp_path / "localtime"
    monkeypatch.setattr(zones, "_LINK", link)
    monkeypatch.delenv("TZ", raising=False)
    with fresh_service({"timezone": ""}) as service:
        for number, (place, hours) in enumerate((("Asia/Tokyo", 9), ("Asia/Karachi", 5), ("Asia/Tokyo", 9))):
            link.unlink(missing_ok=True)
            link.symlink_to(tmp_path / "zoneinfo" / place)
            while service.answers.zone.name != place:
                time.sleep(0.05)  # the test's own time limit ends it where nothing comes
            service.submit([{"time": 1_767_600_000 + number, "entity": "a"}], "test")
            last = service.answers.last_event()
            assert last is not None
            assert last.utc_offset == hours * _HOUR


def _without_system_zones(home: Path) -> dict[str, str]:
    """The environment of a machine that has no zones but those of the package."""
    (home.parent / "empty").mkdir(exist_ok=True)
    return environment(home) | {"PYTHONTZPATH": "", "TZDIR": str(home.parent / "empty"), "TZ": "Asia/Tokyo"}


def test_without_the_systems_zones_the_packages_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service stamps events with the zone that the editor has, and names it in the terminal and in status."""
    for name, value in _without_system_zones(tmp_path / "home").items():
        monkeypatch.setenv(name, value)
    with start(tmp_path / "home", server="waitress") as service:
        service.post([{"time": "2026-01-05T16:00:00Z", "entity": "a"}])
        (event,) = service.get("/api/v1/events?from=2026-01-06").json()["events"]
        status = service.get("/api/v1/status").json()
        assert "Days are those of Asia/Tokyo (TZ), now UTC+09:00." in service.output()
    assert event["time"] == "2026-01-06T01:00:00+09:00"
    assert status["zone"] == {"name": "Asia/Tokyo", "problem": ""}


def test_a_wrong_tz_is_said_at_the_start_in_status_and_among_the_plugins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And events go on being taken, none of them refused for good; commands that only read say nothing of it."""
    monkeypatch.setenv("TZ", "UTC+25")
    home = tmp_path / "home"
    with start(home, server="waitress") as service:
        assert service.post([{"time": 1_767_600_000, "entity": "a"}])["verdicts"] == ["stored"]
        status = service.get("/api/v1/status").json()
        said = [line for line in service.output().splitlines() if "UTC+25" in line]
    assert said == [f"timecode: {status['zone']['problem']}"]
    assert status["zone"]["name"] == "UTC"
    listed = timecode(home, "plugins")
    assert (listed.returncode, listed.stderr) == (0, "")
    assert "Days are those of UTC (TZ can't be understood), now UTC+00:00." in listed.stdout
    assert f"failed: {status['zone']['problem']}" in listed.stdout
    read = timecode(home, "events", "--period", "all")
    assert json.loads(read.stdout)["time"].endswith("+00:00")
    assert read.stderr == ""


def test_a_wrong_setting_stops_the_service(tmp_path: Path) -> None:
    stopped = timecode(tmp_path / "home", "serve", core__timezone="europe/berlin")
    assert stopped.returncode == 1
    assert "timezone is no time zone name: 'europe/berlin' (such as 'Europe/Berlin'" in stopped.stderr
    assert len(stopped.stderr.splitlines()) == 1
