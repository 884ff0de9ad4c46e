"""`timecode status`, and the link by which the core's commands reach the running service."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import attrs
import pytest
from support.ports import free_port
from support.server import start, timecode
from system.damage import command
from timecode_core import BusyError, Erased, Erasure, Home, Running, TimecodeError, WriteLock, __version__
from timecode_core.wiring.installation import Installation
from timecode_ingest_http.access.greeting import greeting_mac
from timecode_ingest_http.link import Link
from timecode_ingest_http.record import ServiceRecord

_TOKEN = "5f3ab1a2-0000-4000-8000-000000000000"
_WELL: dict[str, Any] = {
    "version": __version__,
    "ready": True,
    "progress": "",
    "store": {"ok": True, "error": "", "path": "/x/timecode.db", "events": 12_345},
    "failures": [],
    "zone": {"name": "Europe/Berlin", "problem": ""},
    "today": {"day": "2026-01-31", "total_seconds": 5400.0, "projects": []},
    "last_event": "2026-01-31T10:00:00+01:00",
    "ahead": None,
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@contextmanager
def answering(home: Path, status: int, document: object, token: str = _TOKEN) -> Iterator[list[dict[str, Any]]]:
    """A service in the home's record that knows the token, and answers so to all else; gives what it is asked."""
    asked: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def _answer(self, code: int, body: object) -> None:
            content = json.dumps(body).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            if self.path.startswith("/api/v1/hello"):
                nonce = parse_qs(urlsplit(self.path).query)["nonce"][0]
                self._answer(200, {"mac": greeting_mac(token, nonce, port)})
            else:
                self._take(None)

        def do_POST(self) -> None:
            self._take(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _take(self, body: object) -> None:
            asked.append({"path": self.path, "body": body, "credential": self.headers["Authorization"]})
            self._answer(status, document)

        def log_message(self, format: str, *_values: object) -> None:  # noqa: A002
            """Keep quiet."""

    Home(home).make()
    (home / "token").touch(0o600)
    (home / "token").write_text(_TOKEN, encoding="ascii")
    port = free_port()
    with HTTPServer(("127.0.0.1", port), Handler) as server:
        attrs.evolve(ServiceRecord.of_this_process(port), process=1).write(Home(home))
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield asked
        finally:
            server.shutdown()


def told(home: Path, **change: Any) -> str:
    """What the command prints of a service that says this of itself."""
    with answering(home, HTTPStatus.OK, _WELL | change):
        code, output, errors = command(home, "status")
    assert (code, errors) == (0, "")
    return output


def linked(home: Path) -> Running:
    link = Installation.load(Home(home)).running()
    assert link is not None
    return link


# --- The command


def test_a_running_service_is_told_in_a_handful_of_lines(home: Path) -> None:
    """And as JSON, just as it says of itself."""
    with start(home, core__timezone="UTC") as service:
        service.post([{"time": 1_700_000_000, "entity": "a", "project": "p"}])
        lines = dict(line.split(maxsplit=1) for line in timecode(home, "status").stdout.splitlines())
        assert lines["service"] == f"{service.url}, version {__version__}"
        assert lines["store"] == f"well: 1 events, {home / 'timecode.db'}"
        assert (lines["today"], lines["zone"]) == ("0 s", "UTC")
        assert lines["last"] == "event 2023-11-14T22:13:20+00:00"
        document = json.loads(timecode(home, "status", "--json").stdout)
        said = service.get("/api/v1/status").json()
        assert document.pop("store").keys() == said.pop("store").keys()  # the log is folded meanwhile
        assert document == {"running": True, "address": service.url, **said}
    done = timecode(home, "status")
    assert (done.returncode, done.stderr) == (3, "")
    assert done.stdout == "Timecode is not running. Start it with `timecode serve`.\n"
    done = timecode(home, "status", "--json")
    assert (done.returncode, json.loads(done.stdout)) == (3, {"running": False, "writing": ""})


def test_where_the_settings_keep_it_from_starting_that_is_told(home: Path) -> None:
    """To start it would be no remedy."""
    Home(home).make()
    (home / "config.toml").write_text("[core]\nday_strat = '04:00'\n", encoding="utf-8")
    code, output, errors = command(home, "status")
    assert (code, errors) == (3, "")
    assert "not running, and can't start with these settings: `timecode config` says what is wrong." in output


def test_one_that_hangs_is_told_with_its_process(home: Path) -> None:
    """It holds the lock, and nobody answers."""
    with start(home, server="gunicorn") as service:
        worker = service.worker()
        os.kill(worker, signal.SIGSTOP)
        try:
            code, output, _ = command(home, "status")
        finally:
            os.kill(worker, signal.SIGCONT)
    assert code == 3
    assert f"timecode serve on port {service.port} (process {service.process.pid}) holds {home}" in output


def test_a_service_of_which_the_token_is_gone_is_no_other_program(home: Path) -> None:
    """Nor one that hangs: the doctor and `open` know that the port is its own, and say what helps."""
    with start(home) as service:
        settings = {"ingest_http__port": str(service.port)}
        (home / "token").unlink()
        output = timecode(home, "doctor", "--quick", **settings).stdout
        assert f"{service.port} is held by the service of this home folder" in output
        assert "another program" not in output
        assert output.count("Run `timecode stop`, then `timecode serve`.") == 2
        refused = timecode(home, "open", "--print").stderr
        assert "Was the token replaced since it started? Then run 'timecode stop'" in refused
        worker = service.worker()
        os.kill(worker, signal.SIGSTOP)
        try:
            refused = timecode(home, "open", "--print").stderr
        finally:
            os.kill(worker, signal.SIGCONT)
    assert "does not answer as Timecode does. If it is a service that hangs: run 'timecode stop'" in refused


def test_a_lock_that_another_command_holds_is_told(home: Path) -> None:
    with WriteLock(Home(home)) as lock:
        lock.acquire("rebuild")
        assert "timecode rebuild (process" in command(home, "status")[1]
        assert "timecode rebuild (process" in json.loads(command(home, "status", "--json")[1])["writing"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"version": "0.0.1"}, f"version {__version__} is installed: start the service anew"),
        ({"ready": False, "progress": "looking through: 5 of 9", "today": None}, "not ready: looking through: 5 of 9"),
        ({"store": {"ok": False, "error": "the disk is full."}}, "FAILS: the disk is full."),
        ({"store": _WELL["store"] | {"warning": "a second name"}}, "12,345 events, /x/timecode.db; a second name"),
        ({"zone": {"name": "UTC", "problem": "TZ is no time zone"}}, "TZ is no time zone"),
        ({"failures": ["printer: no toner"]}, "failure    printer: no toner"),
        ({"ahead": {"events": 3, "last": "2027-01-01T00:00:00Z"}}, "3 events lie ahead"),
        ({"ahead": {"events": 1, "last": "2027-01-01T00:00:00Z"}}, "1 event lies ahead"),
    ],
)
def test_what_the_service_has_to_say_is_told(home: Path, change: dict[str, Any], words: str) -> None:
    assert words in told(home, **change)
    assert words not in told(home)


@pytest.mark.parametrize(("before", "line"), [("", "not ready\n"), ("tries again: ", "not ready: tries again\n")])
def test_what_keeps_it_from_getting_ready_is_told_once(home: Path, before: str, line: str) -> None:
    """The store has the same to say."""
    output = told(home, ready=False, progress=f"{before}it is damaged.", store={"ok": False, "error": "it is damaged."})
    assert output.count("it is damaged.") == 1
    assert line in output


def test_today_is_told_in_short_and_no_name_steers_the_terminal(home: Path) -> None:
    projects = [{"project": name, "seconds": 3600.0} for name in ("one\x1b[2J", "", "three", "four", "five")]
    output = told(home, today={"day": "2026-01-31", "total_seconds": 18_000.0, "projects": projects})
    assert "5 h 00 m (one�[2J 1 h 00 m, (none) 1 h 00 m, three 1 h 00 m, 2 more)" in output


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"version": "0.0.1"}, 3, f"it runs version 0.0.1, and {__version__} is installed"),
        ({"store": {"ok": False, "error": "the disk is full."}}, 4, "its store fails: the disk is full."),
        ({"store": {"ok": True, "error": "", "warning": "a second name"}}, 3, "of its store: a second name"),
        ({"failures": ["source tail: no file"]}, 3, "source tail: no file"),
        ({"ahead": {"events": 3, "last": "2027-01-01T00:00:00Z"}}, 3, "3 events lie ahead"),
        ({"ready": False, "progress": "recomputing"}, 0, "is not ready: recomputing"),
    ],
)
def test_the_doctor_tells_what_the_service_complains_of(
    home: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], code: int, words: str
) -> None:
    for tool in ("CHROMIUM", "CHROMEDRIVER"):
        monkeypatch.setenv(f"TIMECODE_EXPORT_PNG__{tool}", sys.executable)
    with answering(home, HTTPStatus.OK, _WELL | change):
        ended, output, _ = command(home, "doctor", "--quick")
    assert ended == code, output
    assert words in output


# --- The link


def test_there_is_no_link_where_nobody_proves_to_be_the_service(home: Path, tmp_path: Path) -> None:
    """No record, no token, nobody there, a stranger there, or one who says nothing of use. Nothing is made or sent."""
    assert Link.of(Home(home)) is None
    assert not home.exists()
    with answering(home, HTTPStatus.OK, _WELL, token="of somebody else") as asked:
        assert Link.of(Home(home)) is None
    assert asked == []
    assert Link.of(Home(home)) is None, "nobody listens any more"
    with answering(home, HTTPStatus.OK, _WELL):
        assert Link.of(Home(home)) is not None
        token = home / "token"
        for text in (_TOKEN.upper(), "x", ""):
            token.write_text(text)
            assert Link.of(Home(home)) is None
        token.unlink()
        assert Link.of(Home(home)) is None
        assert not token.exists(), "none is made"
        (tmp_path / "elsewhere").write_text(_TOKEN)
        token.symlink_to(tmp_path / "elsewhere")
        assert Link.of(Home(home)) is None


@pytest.mark.parametrize(
    ("erasure", "body"),
    [
        (Erasure(ahead=True), {"ahead": True}),
        (Erasure(projects=("a*", "b"), last=date(2026, 1, 31)), {"projects": ["a*", "b"], "to": "2026-01-31"}),
        (
            Erasure(entities=("*.key",), machines=("m",), first=date(2026, 1, 1)),
            {"entities": ["*.key"], "machines": ["m"], "from": "2026-01-01"},
        ),
    ],
)
def test_what_is_to_be_forgotten_is_sent_and_what_came_of_it_read(
    home: Path, erasure: Erasure, body: dict[str, Any]
) -> None:
    rows = [{"project": "a", "seconds": 3600.000001}, {"project": "", "seconds": 0.1}]
    days = {"from": "2026-01-02", "to": "2026-01-30"}
    answer = {"events": 7, "seconds": 3600.100001, "projects": rows, **days, "later": "is let pass"}
    with answering(home, HTTPStatus.OK, answer) as asked:
        erased = linked(home).forget(erasure)
    assert erased == Erased(7, {"a": 3_600_000_001, "": 100_000}, date(2026, 1, 2), date(2026, 1, 30))
    assert asked == [{"path": "/api/v1/forget", "body": body, "credential": f"Bearer {_TOKEN}"}]


@pytest.mark.parametrize(
    ("status", "document", "kind", "words"),
    [
        (503, {"detail": "the service is not ready. Try again."}, BusyError, "the service is not ready. Try again."),
        (400, {"detail": "that is no day."}, TimecodeError, "answered 400. that is no day."),
        (404, {}, TimecodeError, "answered 404."),
        (200, {"events": 7}, TimecodeError, "did not say what it has forgotten"),
        (200, {"events": "x", "projects": []}, TimecodeError, "did not say what it has forgotten"),
    ],
)
def test_an_answer_that_is_none_is_an_error_in_its_words(
    home: Path, status: int, document: object, kind: type[TimecodeError], words: str
) -> None:
    with answering(home, status, document), pytest.raises(TimecodeError, match=words) as raised:
        linked(home).forget(Erasure(ahead=True))
    assert type(raised.value) is kind
