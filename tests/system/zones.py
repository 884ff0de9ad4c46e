"""The service under every kind of TZ, and fed by clocks that are wrong: days land where they were lived."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from support.server import Server, start

ZONES: Mapping[str, str] = {
    "Europe/Berlin": "Europe/Berlin",
    ":America/St_Johns": "America/St_Johns",
    "Pacific/Kiritimati": "Pacific/Kiritimati",
    "Australia/Lord_Howe": "Australia/Lord_Howe",
    "CET-1CEST,M3.5.0,M10.5.0/3": "Europe/Berlin",
    "<+1245>-12:45": "Etc/Fixed",
    "": "UTC",
    '"Europe/Berlin"': "",
    "Nonsense/Zone": "",
    "europe/berlin": "",
    "W. Europe Standard Time": "",
    "UTC+25": "",
    "/no/such/file": "",
}
"""What TZ says, and which zone that is; nothing where nobody can know: days are then those of UTC, and that is told."""
_EVENINGS = [datetime(2025, month, 10, hour, 30, tzinfo=UTC) for month in (1, 7) for hour in (3, 11, 19, 23)]
_PLACED = ["2025-03-30T23:30:00+14:00", "2025-03-30T00:30:00-11:00", "2025-10-26T02:30:00+02:00"]


def attempt(seed: int, folder: Path) -> str:
    """Start under one TZ, send, and start again under another. Says what was told; raises AssertionError."""
    text, name = [*ZONES.items()][seed % len(ZONES)]
    home = folder / "home"
    sent = _work()
    with _under(text, home) as service:
        zone = service.get("/api/v1/status").json()["zone"]
        assert bool(zone["problem"]) == (not name), zone
        assert set(service.post(sent)["verdicts"]) == {"stored"}
        expected = _expected(name)
        assert _days(service) == expected, text
    with _under("Asia/Kathmandu" if name != "Asia/Kathmandu" else "UTC", home) as service:
        assert _days(service) == expected, f"{text}: another zone has moved days"
        assert set(service.post(sent)["verdicts"]) == {"duplicate"}
        _send_from_wrong_clocks(service)
        assert _days(service) == expected, f"{text}: another's clock has moved days"
    return "days of that zone, before and after another" if name else "days of UTC, and said so"


def _under(text: str, home: Path) -> Server:
    with patch.dict(os.environ, {"TZ": text}):
        return start(home, server="waitress", core__timezone="")


def _work() -> list[dict[str, Any]]:
    """A minute each, far from each other: without a place, and with one of their own."""
    times: list[object] = [moment.timestamp() for moment in _EVENINGS]
    return [{"time": time, "entity": "a.py", "duration": 60} for time in [*times, *_PLACED]]


def _expected(name: str) -> dict[str, float]:
    """The seconds of each day."""
    zone = timedelta(hours=12, minutes=45) if name == "Etc/Fixed" else ZoneInfo(name or "UTC")
    days: dict[str, float] = {}
    for moment in _EVENINGS:
        local = moment + zone if isinstance(zone, timedelta) else moment.astimezone(zone)
        days[local.date().isoformat()] = days.get(local.date().isoformat(), 0) + 60
    for text in _PLACED:
        days[text[:10]] = days.get(text[:10], 0) + 60
    return days


def _days(service: Server) -> dict[str, float]:
    found = service.get("/api/v1/stats?from=2025-01-01&to=2025-12-31&group_by=day").json()
    return {group["day"]: group["seconds"] for group in found["groups"]}


def _send_from_wrong_clocks(service: Server) -> None:
    """A year ahead, the last year that there is, the first day, and just now: what lies ahead is told, and no more."""
    now = datetime.now(UTC)
    clocks = [now - timedelta(minutes=5), now + timedelta(days=366), datetime(9998, 5, 5, tzinfo=UTC)]
    batch: list[dict[str, Any]] = [{"time": clock.isoformat(), "entity": "b.py", "duration": 60} for clock in clocks]
    assert set(service.post([*batch, {"time": 1, "entity": "b.py", "duration": 60}])["verdicts"]) == {"stored"}
    status = service.get("/api/v1/status").json()
    assert datetime.fromisoformat(status["last_event"]) == clocks[0], status["last_event"]
    assert status["ahead"]["events"] == 2, status["ahead"]
    found = service.get("/api/v1/stats?period=all").json()
    assert found["to"] < (now + timedelta(days=3)).date().isoformat(), found["to"]
