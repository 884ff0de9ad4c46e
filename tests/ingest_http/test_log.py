"""The log: what a service that nobody watches writes down, who can make it grow, and what is never in it."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from ingest_http.conftest import SERVERS
from ingest_http.test_refusals import BAD, SECRET, send
from support.ports import free_port
from support.server import Server, environment, start, timecode

NAME = "Zxq7"
"""Every name of a project, a branch, a file, a machine or a client below has it in it, and nothing else has."""
FAILING = """
from timecode_core import Provider, hookimpl

def _stumble(seen):
    if "fails" in seen.entity:
        raise RuntimeError(seen.entity, seen.project)
    return seen

def _fall(_settings, _context):
    raise RuntimeError("Zxq7")

@hookimpl
def timecode_steps():
    return [Provider("stumble", lambda _settings, _context: _stumble), Provider("fall", _fall)]
"""
STEPS = '["normalise", "exclude", "stumble", "redact"]'


def log_of(home: Path) -> str:
    """All of the log."""
    return "".join(path.read_text(encoding="utf-8") for path in sorted((home / "logs").iterdir()))


def event(**parts: object) -> dict[str, object]:
    return {"time": 1_700_000_000, "entity": f"/{NAME}/{NAME}.py", "project": NAME, "branch": NAME, **parts}


def install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the services that are started find the plugin, as one that is installed."""
    described = folder / "stumble-1.dist-info"
    described.mkdir(parents=True)
    (folder / "stumble.py").write_text(FAILING, encoding="utf-8")
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: stumble\nVersion: 1\n", encoding="utf-8")
    (described / "entry_points.txt").write_text("[timecode]\nstumble = stumble\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH")))))


def insult(service: Server) -> None:
    """Send names of every kind in every place: well, badly, and where they are refused."""
    good = [event(language=NAME, editor=NAME, machine_id=NAME, category=NAME, time=1_700_000_000 + n) for n in range(9)]
    assert service.post(good)["stored"] == len(good)
    bad = [event(time=NAME), event(time=-1e300), event(duration=NAME), event(entity=""), NAME, [NAME], {NAME: NAME}]
    assert len(service.post(bad)["rejected"]) == len(bad)
    assert service.request("POST", "/api/v1/events", [event(entity=f"/fails/{NAME}")]).status == 503
    for body in (NAME.encode(), f'{{"{NAME}": '.encode(), f'"{NAME}"'.encode(), b"[" * 10_000 + NAME.encode()):
        assert service.request("POST", "/api/v1/events", body).status == 400
    for query in (f"from={NAME}", f"group_by={NAME}", f"{NAME}={NAME}", f"project={NAME}%0a{NAME}&from=2023-01-01"):
        for path in ("stats", "events", "export/json", f"export/{NAME}"):
            service.get(f"/api/v1/{path}?{query}")
    for headers in ({"Host": NAME}, {"Origin": f"http://{NAME}"}, {"Authorization": f"Bearer {NAME}"}):
        assert service.get(f"/{NAME}", headers=headers).status in (401, 403, 421)
    for path in (f"/{NAME}", f"/assets/{NAME}/{NAME}", f"/api/v1/{NAME}"):
        assert service.get(path).status == 404
    for sent in BAD:
        send(service, sent.replace(SECRET, NAME))


@pytest.mark.parametrize("level", ["info", "debug"])
@pytest.mark.parametrize("server", SERVERS)
def test_nobody_s_names_are_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: str, level: str
) -> None:
    """Whatever is sent, whichever way it fails: a step that fails with a name in its error, a store that is gone."""
    home = tmp_path / "home"
    install(tmp_path / "packages", monkeypatch)
    with start(home, server=server, core__steps=STEPS, core__log_level=level) as service:
        insult(service)
        (home / "timecode.db").rename(home / "away.db")
        assert service.request("POST", "/api/v1/events", [event(time=1_800_000_000)]).status == 503
        (home / "away.db").rename(home / "timecode.db")
    log = log_of(home)
    for told_to in (log, service.output()):  # what the system starts has its journal for standard error
        assert NAME.lower() not in told_to.lower()
        assert SECRET not in told_to
    told = [line.split(" ", 2)[1:] for line in log.splitlines() if not line.startswith(" ")]
    assert ["error", "timecode.intake: the step stumble failed"] in told
    assert any(kind == "error" and text.startswith("timecode.writer: events could not be") for kind, text in told)
    assert ("debug" in {kind for kind, _ in told}) == (level == "debug")
    assert ["debug", "timecode.service: events from http: 9 stored"] in told or level == "info"
    assert "RuntimeError" in log


@pytest.mark.parametrize("server", SERVERS)
def test_a_day_without_faults_is_two_lines(tmp_path: Path, server: str) -> None:
    """Start and stop; the file is its owner's alone, and standard error stays empty."""
    home = tmp_path / "home"
    with start(home, server=server) as service:
        service.post([event()])
        service.get("/api/v1/stats")
    started, stopped = log_of(home).splitlines()
    assert f" info timecode.service: started: version 0.1.0, port {service.port}. Days are those of " in started
    assert stopped.endswith(" info timecode.service: stopped")
    assert [line for line in service.output().splitlines() if not line.startswith("Timecode ")] == []
    for path, mode in ((home / "logs", 0o700), (home / "logs" / "timecode.log", 0o600)):
        assert path.stat().st_mode & 0o777 == mode


def test_the_level_says_how_much(tmp_path: Path) -> None:
    """At "error" a refusal is not written, and standard error tells it as ever."""
    with start(tmp_path / "home", core__log_level="error") as service:
        assert service.get("/api/v1/stats", signed_in=False).status == 401
    assert "refused: 1 × 401" in service.output()
    assert not (tmp_path / "home" / "logs").exists()


@pytest.mark.parametrize("server", SERVERS)
def test_bad_requests_leave_a_line_or_two_in_the_log(tmp_path: Path, server: str) -> None:
    """However many come, with whatever heads."""
    with start(tmp_path / "home", server=server) as service, ThreadPoolExecutor(8) as pool:
        for _ in pool.map(lambda n: send(service, BAD[n % len(BAD)]), range(10 * len(BAD))):
            pass
    assert len(log_of(tmp_path / "home")) < 1500


@pytest.mark.parametrize("server", SERVERS)
def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path, server: str) -> None:
    """A file in the folder's place, then a link in the file's, which is not followed. A full disk is no other case."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    (home / "logs").touch()
    with start(home, server=server, core__log_level="debug") as service:
        assert service.post([event()])["stored"] == 1
        (home / "logs").unlink()
        (home / "logs").mkdir()
        (tmp_path / "elsewhere").touch()
        (home / "logs" / "timecode.log").symlink_to(tmp_path / "elsewhere")
        assert service.post([event(), event(time=1)])["stored"] == 1
        assert (tmp_path / "elsewhere").read_bytes() == b""
        (home / "logs" / "timecode.log").unlink()
        assert service.post([event(time=2)])["stored"] == 1
        assert "Traceback" not in service.output()
    assert "events from http: 1 stored" in log_of(home)


def test_why_it_could_not_start_is_in_the_log(tmp_path: Path) -> None:
    """Who starts it with the session sees no terminal: said once, and not on standard error a second time."""
    with start(tmp_path / "other") as other:
        done = timecode(tmp_path / "home", "serve", "--port", str(other.port))
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    (line,) = log_of(tmp_path / "home").splitlines()
    assert f"error timecode.service: the service could not start: port {other.port} is in use" in line


@pytest.mark.parametrize("server", SERVERS)
def test_a_store_that_cannot_be_opened_is_in_the_log(tmp_path: Path, server: str) -> None:
    """Once, although it is met in the worker."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    (home / "timecode.db").write_bytes(b"no database at all " * 1000)
    done = timecode(home, "serve", "--port", str(free_port()), ingest_http__server=server)
    assert done.returncode == 1
    (line,) = log_of(home).splitlines()
    assert "the service could not start: " in line


def test_a_pattern_that_is_none_is_in_the_log_by_its_place(tmp_path: Path) -> None:
    """It has names in it; and it is an error of the settings, told in a line."""
    home = tmp_path / "home"
    patterns = f'["*.key", "{NAME}/[z-a]"]'
    done = timecode(home, "serve", "--port", str(free_port()), core__exclude_paths=patterns)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    (line,) = log_of(home).splitlines()
    assert "the service could not start: core.exclude_paths: pattern 2 of 2 can't be read." in line
    assert NAME not in line


def test_a_worker_that_dies_is_in_the_log_of_both(tmp_path: Path) -> None:
    """The master, which has a logger of its own, and the next worker write to the one file."""
    with start(tmp_path / "home", server="gunicorn") as service:
        worker = service.kill_worker()
        service.wait_ready()
    log = log_of(tmp_path / "home")
    for told_to in (log, service.output()):
        assert f"error gunicorn.error: Worker (pid:{worker}) was sent …! Perhaps out of memory?" in told_to
    assert "[ERROR]" not in service.output(), "gunicorn has no way of its own"
    assert "warning timecode.service: the worker before this one has ended unexpectedly" in log
    assert log.count(" started: ") == 2


def test_what_a_worker_fails_of_is_told_without_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake of ours or a plugin's: standard error may be a journal."""
    install(tmp_path / "packages", monkeypatch)
    settings = {"ingest_http__server": "gunicorn", "core__steps": STEPS.replace("stumble", "fall")}
    done = timecode(tmp_path / "home", "serve", "--port", str(free_port()), **settings)
    assert done.returncode == 1
    assert " error timecode.service: the service could not start\n    RuntimeError\n" in done.stderr
    assert NAME not in done.stderr


def test_a_terminal_gets_no_file(tmp_path: Path) -> None:
    """There somebody watches."""
    home, port = tmp_path / "home", free_port()
    reader, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "timecode_core", "serve", "--port", str(port)],
        env=environment(home),
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    )
    os.close(terminal)
    try:
        shown = b""
        while b"Ctrl-C stops." not in shown:
            shown += os.read(reader, 4096)
    finally:
        process.terminate()
        process.wait(240)
        os.close(reader)
    assert not (home / "logs").exists()
