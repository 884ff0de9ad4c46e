"""`POST /api/v1/forget`, and `timecode forget` with the service running and without."""

from __future__ import annotations

import os
import signal
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from ingest_http.test_keys import bearing, key
from support.installations import noon
from support.server import Server, start, timecode

FORGET = "/api/v1/forget"
DAY = 86_400
START = 1_600_000_000 - 1_600_000_000 % DAY
"""A midnight in UTC."""


def work(project: str, *minutes: int, entity: str = "/p/a.py") -> list[dict[str, Any]]:
    """Events at these minutes after the start."""
    return [{"time": START + minute * 60, "entity": entity, "project": project} for minute in minutes]


def seconds(service: Server, project: str) -> float:
    """The time of a project, whenever."""
    total: float = service.get(f"/api/v1/stats?from=2000-01-01&to=2200-01-01&project={project}").json()["total_seconds"]
    return total


def test_it_is_told_first_and_then_gone(service: Server, project: str) -> None:
    """A dry run changes nothing; what is forgotten has no time and no name any more."""
    service.post(work(project, 0, 10, 20))
    wish = {"projects": [project]}
    told = service.request("POST", FORGET, wish | {"dry_run": True}).json()
    assert told["events"] == 3
    assert (told["from"], told["to"]) == ("2020-09-13", "2020-09-13")
    assert [one["project"] for one in told["projects"]] == [project]
    assert told["seconds"] == seconds(service, project) >= 1200
    assert service.request("POST", FORGET, wish).json() == told
    assert seconds(service, project) == 0
    again = service.request("POST", FORGET, wish).json()
    assert again == {"events": 0, "seconds": 0.0, "from": None, "to": None, "projects": []}
    assert service.post(work(project, 0))["stored"] == 1
    service.request("POST", FORGET, wish)


def test_all_that_is_given_must_fit(service: Server, project: str) -> None:
    """Project, path, and day as lived there."""
    service.post([*work(project, 0, 10), *work(project, 20, entity="/p/secret.env"), *work(project, 3 * 1440)])
    wish: dict[str, Any] = {"projects": [project.upper()], "dry_run": True}
    for more, events in (
        ({}, 4),
        ({"entities": ["*.env"]}, 1),
        ({"to": "2020-09-13"}, 3),
        ({"from": "2020-09-14"}, 1),
        ({"from": "2020-09-14", "entities": ["*.env"]}, 0),
        ({"machines": ["another"]}, 0),
        ({"ahead": True}, 0),
        ({"projects": ["nobody's", f"{project}*"]}, 4),
    ):
        assert service.request("POST", FORGET, wish | more).json()["events"] == events, more
    service.request("POST", FORGET, {"projects": [project]})


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({}, "nothing is named"),
        ({"dry_run": True}, "nothing is named"),
        ({"ahead": False}, "nothing is named"),
        ([], "must be an object"),
        ({"project": "x"}, "unknown key 'project'"),
        ({"projects": "x"}, "list of texts"),
        ({"projects": []}, "projects is empty"),
        ({"projects": [1]}, "list of texts"),
        ({"from": "yesterday"}, "from must be a day"),
        ({"to": None}, "to must be a day"),
        ({"from": "2026-01-02", "to": "2026-01-01"}, "ends"),
        ({"projects": ["x"], "ahead": "yes"}, "true or false"),
        ({"entities": ["!"]}, "gitignore"),
        ({"entities": ["a.py", "[z-a].py"]}, "'[z-a].py' is no pattern: bad character range z-a. Write"),
    ],
)
def test_what_is_not_clear_forgets_nothing(service: Server, wish: object, said: str) -> None:
    """400, with what is wrong."""
    answer = service.request("POST", FORGET, wish)
    assert answer.status == 400, answer
    assert said in answer.json()["detail"]


def test_the_token_alone_may(service: Server, project: str) -> None:
    """No key does, and no other method."""
    service.post(work(project, 0))
    wish = {"projects": [project]}
    for options in ((), ("--read",)):
        held = bearing(key(service, project, *options))
        assert service.request("POST", FORGET, wish, held).status == 403
        assert timecode(service.home, "keys", "revoke", project).returncode == 0
    assert service.request("POST", FORGET, wish, signed_in=False).status == 401
    assert service.get(FORGET).status == 405
    assert service.request("POST", FORGET, wish | {"dry_run": True}).json()["events"] == 1


@pytest.mark.parametrize("running", [True, False], ids=["running", "stopped"])
def test_the_command(tmp_path: Path, running: bool) -> None:
    """It shows the hours, asks somebody who is there, and goes through the service where there is one."""
    home = tmp_path / "home"
    with start(home, core__timezone="UTC", core__paths="absolute") as server:
        server.post([*work("keep", 0, 5), *work("secret", 60, 70), *work("secret", 61, entity="/p/b.env")])
        made = timecode(home, "backup")
        assert made.returncode == 0, made.stderr
        if not running:
            server.stop()
        asked = timecode(home, "forget", "--project", "sec*")
        assert asked.returncode == 1
        assert asked.stdout.splitlines()[0] == "3 events of 2020-09-13, with 10 m of time:"
        assert "10 m  secret" in asked.stdout
        assert "Add --yes" in asked.stderr
        done = timecode(home, "forget", "--project", "sec*", "--yes")
        assert done.returncode == 0, done.stderr
        assert "Forgotten: 3 events." in done.stdout
        assert "still holds 3 events" in done.stdout
        assert "--backups" in done.stdout
        if running:
            assert seconds(server, "secret") == 0
        nothing = timecode(home, "forget", "--project", "sec*", "--yes", "--backups")
        assert nothing.returncode == 0, nothing.stderr
        assert nothing.stdout.splitlines()[0] == "Nothing like that is stored."
        assert "forgotten 3 events" in nothing.stdout
        last = timecode(home, "forget", "--project", "sec*", "--yes")
        assert last.stdout.splitlines() == ["Nothing like that is stored."]
        checked = timecode(home, "verify")
        assert checked.returncode == 0, checked.stderr
    rest = timecode(home, "report", "--period", "all", "--format", "csv", "--by", "project").stdout
    assert "keep" in rest
    assert "secret" not in rest
    (backup,) = (home / "backups").iterdir()
    put_back = timecode(home, "restore", str(backup))
    assert put_back.returncode == 0, put_back.stderr
    assert timecode(home, "report", "--period", "all", "--format", "csv", "--by", "project").stdout == rest
    assert (home / "timecode.db.before-restore" / "timecode.db").exists()
    for file in home.rglob("*"):
        assert file.is_dir() or b"secret" not in file.read_bytes(), "the name is gone from every file"


def test_days_of_the_command_are_those_of_every_other(tmp_path: Path) -> None:
    """At noon it is still yesterday, where days begin in the evening."""
    home, zone = tmp_path / "home", noon()
    with start(home, core__timezone=zone, core__day_start="18:00") as server:
        now = time.time()
        server.post([{"time": now - 120, "entity": "a"}, {"time": now - 60, "entity": "a"}])
    yesterday = datetime.now(ZoneInfo(zone)).date() - timedelta(days=1)
    asked = timecode(home, "forget", "--from", "today", "--to", "today", core__timezone=zone, core__day_start="18:00")
    assert asked.stdout.startswith(f"2 events of {yesterday}, with 1 m of time")


def test_the_command_finds_what_was_kept_beside_the_database(tmp_path: Path) -> None:
    """A copy of before a restore, with a log of its own, is rewritten whole."""
    home = tmp_path / "home"
    with start(home, core__timezone="UTC") as server:
        server.post(work("secret", 0, 10))
        assert timecode(home, "backup", str(tmp_path / "b.db.gz")).returncode == 0
        server.post([*work("keep", 60, 70), *work("secret", 75)])
        os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait()
    assert timecode(home, "restore", str(tmp_path / "b.db.gz")).returncode == 0
    done = timecode(home, "forget", "--project", "secret", "--yes", "--backups")
    assert done.returncode == 0, done.stderr
    assert "before-restore/timecode.db: forgotten 3 events" in done.stdout
    assert timecode(home, "restore", str(home / "timecode.db.before-restore" / "timecode.db")).returncode == 0
    told = timecode(home, "report", "--period", "all", "--format", "csv", "--by", "project").stdout
    assert "keep" in told
    assert "secret" not in told
    assert timecode(home, "verify").returncode == 0
