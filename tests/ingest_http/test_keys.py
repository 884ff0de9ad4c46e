"""Keys, on both servers: each has one right, is kept as a hash, and is taken back at once."""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.server import Server, timecode
from timecode_core.errors import TimecodeError
from timecode_core.setup.home import Home
from timecode_ingest_http.access.keys import Keys
from timecode_ingest_http.access.token import UUID4

EVENTS = "/api/v1/events"


def key(service: Server, name: str, *options: str) -> str:
    made = timecode(service.home, "keys", "new", name, *options)
    assert made.returncode == 0, made.stderr
    assert "not shown again" in made.stderr
    return made.stdout.strip()


def bearing(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


@pytest.fixture
def name(service: Server, project: str) -> Iterator[str]:
    """A name for a key, which is gone afterwards."""
    yield project
    timecode(service.home, "keys", "revoke", project)


def test_a_key_that_brings_events_reads_todays_total_and_no_more(service: Server, name: str, project: str) -> None:
    """No project, no file, no place on the disk is told to it."""
    vim = bearing(key(service, name))
    event = {"time": 1_500_000_000, "entity": "/x.py", "project": project}
    assert service.request("POST", EVENTS, [event], vim).json()["stored"] == 1
    status = service.get("/api/v1/status", headers=vim).json()
    assert status.keys() == {"version", "ready", "today"}
    assert status["today"].keys() == {"day", "total_seconds"}
    for path in (EVENTS, "/api/v1/stats", "/api/v1/export/json", "/assets/png/x"):
        assert service.get(path, headers=vim).status == 403
    assert service.request("POST", "/api/v1/login", {}, vim).status == 403


def test_a_key_that_reads_does_not_write(service: Server, name: str) -> None:
    """It may what a browser's session may."""
    reader = bearing(key(service, name, "--read"))
    for path in (EVENTS, "/api/v1/stats", "/api/v1/status", "/api/v1/export/json"):
        assert service.get(path, headers=reader).status == 200
    for path in (EVENTS, "/api/v1/login", "/api/v1/session/end"):
        assert service.request("POST", path, {}, reader).status == 403


def test_a_key_comes_as_bearer_alone_where_nothing_else_is_declared(service: Server, name: str) -> None:
    """Not as Basic, not in the address, not as a cookie."""
    made = key(service, name, "--read")
    basic = base64.b64encode(made.encode()).decode()
    for headers in ({"Authorization": f"Basic {basic}"}, {"Cookie": f"timecode_{service.port}={made}"}, {}):
        assert service.get(f"/api/v1/stats?api_key={made}", headers=headers, signed_in=False).status == 401


def test_a_revoked_key_is_refused_at_the_next_request(service: Server, name: str) -> None:
    """And a second revocation says that there is none of that name."""
    made = key(service, name, "--read")
    assert service.get("/api/v1/stats", headers=bearing(made)).status == 200
    assert timecode(service.home, "keys", "revoke", name).stdout == f"{name} is revoked.\n"
    assert service.get("/api/v1/stats", headers=bearing(made)).status == 401
    again = timecode(service.home, "keys", "revoke", name)
    assert again.returncode == 1
    assert again.stderr == f"timecode: there is no key '{name}'. See 'timecode keys list'.\n"


def test_a_key_is_random_and_kept_as_a_hash(service: Server, name: str) -> None:
    """In a form that other trackers' clients take, and in a file of the owner's that does not hold it."""
    made = key(service, name)
    assert UUID4.fullmatch(made)
    table = service.home / "keys.json"
    assert table.stat().st_mode & 0o777 == 0o600
    assert made not in table.read_text(encoding="utf-8")


def test_keys_are_listed_with_their_right(service: Server, name: str) -> None:
    """Name, right and day; never the key."""
    made = key(service, name, "--read")
    listed = timecode(service.home, "keys", "list").stdout
    assert re.search(rf"^{name} +reads, made \d{{4}}-\d\d-\d\d \d\d:\d\d$", listed, re.MULTILINE)
    assert made not in listed


@pytest.mark.parametrize("odd", ["", ".", "-x", "a b", "x" * 65, "browser-12345678", "a\nb", "\u00e9"])
def test_an_odd_name_is_told(tmp_path: Path, odd: str) -> None:
    """A name is one word, and none that a browser's session may have."""
    with pytest.raises(TimecodeError, match="no name for a key"):
        Keys(Home(tmp_path)).new(odd, "read")


def test_a_name_is_taken_once(tmp_path: Path) -> None:
    """The first key stays."""
    keys = Keys(Home(tmp_path))
    first = keys.new("vim", "read")
    with pytest.raises(TimecodeError, match="already"):
        keys.new("vim", "ingest")
    assert keys.right(first) == "read"


def test_revoke_wants_a_name_or_all_sessions(tmp_path: Path) -> None:
    """Neither and both are misuse."""
    for arguments in ((), ("vim", "--sessions")):
        assert timecode(tmp_path / "home", "keys", "revoke", *arguments).returncode == 2


def test_changes_at_one_time_do_not_undo_each_other(tmp_path: Path) -> None:
    """Each of many that make a key at once has it afterwards."""
    threads = [threading.Thread(target=Keys(Home(tmp_path)).new, args=(f"k{n}", "read")) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.name for one in Keys(Home(tmp_path)).all()) == [f"k{n}" for n in range(8)]


def test_a_table_that_is_a_link_is_refused(tmp_path: Path) -> None:
    """What it leads to may be anybody's, and is neither read nor closed to others."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text('{"rows": []}', encoding="utf-8")
    elsewhere.chmod(0o644)
    (tmp_path / "keys.json").symlink_to(elsewhere)
    with pytest.raises(TimecodeError, match="is a link"):
        Keys(Home(tmp_path)).all()
    assert elsewhere.stat().st_mode & 0o777 == 0o644
