"""A year of use: upgrade, backups, a full disk, forgetting, another machine. Totals are right at each step."""

from __future__ import annotations

import gzip
import json
import resource
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypedDict

import apsw
import pytest
from core.test_kept import KEPT
from support.installations import ALWAYS
from support.reference import credits_of, pieces_of, report_of
from support.server import Server, start, timecode
from support.stores import make_version_1
from timecode_core.event import Event


class Settings(TypedDict):
    core__timezone: str
    core__paths: str


SETTINGS: Settings = {"core__timezone": "Europe/Berlin", "core__paths": "relative"}
Wire = dict[str, Any]


def event_of(wire: Mapping[str, Any]) -> Event:
    """The event that a line of the API stands for."""
    moment = datetime.fromisoformat(wire["time"])
    offset = moment.utcoffset() or timedelta()
    rest = {name: wire[name] for name in wire.keys() - {"id", "time", "duration"}}
    return Event.of(
        time=(moment - datetime.fromisoformat("1970-01-01T00:00+00:00")) // timedelta(microseconds=1),
        utc_offset=int(offset.total_seconds()),
        duration=round(wire.get("duration", 0) * 1_000_000),
        **rest,
    )


def expected(events: Sequence[Event]) -> dict[tuple[str, str], int]:
    """Time by day and project as the slow reference has it."""
    sums = report_of(pieces_of(credits_of(events)), *ALWAYS, ("day", "project"))
    return {(day.isoformat(), project): us for (day, project), us in sums.items()}


def reported(home: Path) -> dict[tuple[str, str], int]:
    """The same as the command prints it, after `verify` has found nothing."""
    checked = timecode(home, "verify", **SETTINGS)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    told = timecode(
        home,
        "report",
        "--from",
        str(ALWAYS[0]),
        "--to",
        "9999-12-30",
        "--by",
        "day,project",
        "--format",
        "json",
        **SETTINGS,
    )
    assert told.returncode == 0, told.stderr
    return {
        (one["day"], one["project"]): round(one["seconds"] * 1_000_000) for one in json.loads(told.stdout)["groups"]
    }


def work(first: date, days: int, project: str) -> list[Wire]:
    """An hour in the evening of each day, a heartbeat every two minutes."""
    return [
        {
            "time": f"{first + timedelta(day)}T20:{minute:02}:00+01:00",
            "entity": f"{project}/{minute}.py",
            "project": project,
        }
        for day in range(days)
        for minute in range(0, 60, 2)
    ]


def post(server: Server, known: list[Event], new: list[Wire]) -> None:
    """Store work, and note it."""
    assert server.post(new)["stored"] == len(new)
    known += [event_of(one) for one in new]


def limit(server: Server, size: int) -> None:
    """Let the service write no file larger than that, which is as good as a full disk; -1 for as large as it likes."""
    for process in (server.process.pid, server.worker()):
        resource.prlimit(process, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="needs prlimit")
def test_a_year_of_use(tmp_path: Path) -> None:
    """Each step as its owner takes it, on a database that an earlier version has left."""
    home, known = (
        tmp_path / "home",
        [event_of(one) for one in json.loads(gzip.decompress((KEPT / "events.json.gz").read_bytes()))["events"]],
    )
    home.mkdir(mode=0o700)
    (home / "timecode.db").write_bytes(gzip.decompress((KEPT / "timecode.db.gz").read_bytes()))
    make_version_1(home / "timecode.db")

    with start(home, **SETTINGS) as server:  # upgrade
        assert reported(home) == expected(known)
        assert (home / "timecode.db.v1.backup").exists()
        post(server, known, work(date(2026, 5, 1), 40, "spring"))
        assert reported(home) == expected(known)

        made = timecode(home, "backup", **SETTINGS)
        assert made.returncode == 0, made.stderr
        backup, at_backup = Path(made.stdout.rpartition(" (")[0]), expected(known)

        limit(server, 4096)  # the disk is full
        late = work(date(2026, 7, 1), 10, "summer")
        refused = server.request("POST", "/api/v1/events", {"events": late})
        assert refused.status == 503, refused
        assert not server.get("/api/v1/status").json()["store"]["ok"]
        assert server.get("/healthz").status == 503
        assert reported(home) == expected(known)
        limit(server, -1)  # and freed
        post(server, known, late)
        assert server.get("/healthz").status == 200
        assert reported(home) == expected(known)

        post(server, known, work(date(2026, 8, 1), 20, "secret plans"))
        forgotten = timecode(home, "forget", "--project", "Secret*", "--yes", **SETTINGS)
        assert forgotten.returncode == 0, forgotten.stderr
        known = [event for event in known if not fnmatchcase(event.subject.project.casefold(), "secret*")]
        assert reported(home) == expected(known)

        stopped = timecode(home, "stop", **SETTINGS)
        assert stopped.returncode == 0, stopped.stderr
        assert server.process.wait(60) == 0
    assert reported(home) == expected(known)

    moved = timecode(home, "backup", str(tmp_path / "move.db.gz"), **SETTINGS)  # to another machine
    assert moved.returncode == 0, moved.stderr
    second = tmp_path / "second"
    assert timecode(second, "restore", str(tmp_path / "move.db.gz"), **SETTINGS).returncode == 0
    assert reported(second) == expected(known)
    with start(second, **SETTINGS) as server:
        there = [*known]
        post(server, there, work(date(2026, 10, 1), 5, "autumn"))
        assert reported(second) == expected(there)
        assert (second / "token").read_text() != (home / "token").read_text()

    assert timecode(home, "restore", str(backup), **SETTINGS).returncode == 0  # the old one, as it was in spring
    assert reported(home) == at_backup
    with start(home, **SETTINGS) as server:
        assert reported(home) == at_backup
    connection = apsw.Connection(
        str(home / "timecode.db.before-restore" / "timecode.db"), flags=apsw.SQLITE_OPEN_READONLY
    )
    assert connection.execute("SELECT count(*) FROM events").fetchall() == [(len(known),)]
    connection.close()
