"""Starting, stopping, dying: `timecode serve` as a process."""

from __future__ import annotations

import http.client
import itertools
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import cast

import pytest
from ingest_http.conftest import SERVERS
from support.page import Page, code_in
from support.ports import free_port, has_ipv6
from support.server import Server, children, environment, running, start, timecode
from timecode_core.errors import StoreError, TimecodeError
from timecode_ingest_http.commands.serve import _tell
from timecode_ingest_http.hosting import Hosted

BATCH = [{"time": 1_700_000_000 + 5 * n, "entity": f"/a/{n}.py", "project": "life"} for n in range(50)]
ASSET = re.compile(r"/assets/[\w/.-]+")
STATS = "/api/v1/stats?from=2023-11-14&to=2023-11-15"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def listening(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stop_is_orderly_and_keeps_everything(home: Path, server: str, number: signal.Signals) -> None:
    """TERM, Ctrl-C and a closed terminal all end it in order; the next start has the data."""
    with start(home, server=server) as service:
        service.post(BATCH)
        total = service.get(STATS).json()["total_seconds"]
        kept = service.connection()
        service.get("/healthz", connection=kept)  # an idle kept connection must not hold up the end
        half = service.raw(b"GET / HTTP/1.1\r\n")
        assert service.stop(number) in (0, 130)
        kept.close()
        half.close()
        assert "Traceback" not in service.output()
    with start(home, service.port, server=server) as service:
        assert service.get(STATS).json()["total_seconds"] == total > 0
        assert service.post(BATCH)["duplicate"] == len(BATCH)


@pytest.mark.parametrize("server", SERVERS)
def test_nohup_lets_it_outlive_its_terminal(home: Path, server: str) -> None:
    """A hang-up that is ignored at the start is ignored for good, by master and worker."""
    with start(home, server=server, nohup=True) as service:
        for process in (service.process.pid, *children(service.process.pid)):
            os.kill(process, signal.SIGHUP)
        assert service.post(BATCH)["stored"] == len(BATCH)
        assert service.process.poll() is None


def test_a_killed_worker_comes_back_with_everything_acknowledged(home: Path) -> None:
    """kill -9 of the worker: another starts, what was acknowledged is there, and a browser stays signed in."""
    with start(home, server="gunicorn") as service:
        page = Page.opened(service)
        for round_ in range(3):
            service.post(BATCH[round_ * 10 : round_ * 10 + 10])
            before = service.kill_worker()
            service.wait_ready()
            assert service.worker() != before
            assert service.post(BATCH[: round_ * 10 + 10])["duplicate"] == round_ * 10 + 10
        assert len(children(service.process.pid)) == 1
        assert service.get("/api/v1/status", headers=page.bearer()).status == 200


@pytest.mark.timeout(1800)
def test_no_acknowledged_event_is_lost_to_kills_under_load(home: Path) -> None:
    """While clients post without pause, the worker is killed again and again: what was acknowledged is there once."""
    rounds = 50 if os.environ.get("CI") else 3
    acknowledged: list[str] = []
    over = threading.Event()

    def post(client: int) -> None:
        for number in itertools.count():
            if over.is_set():
                return
            at = 1_700_000_000 + client * 1_000_000 + number * 60
            batch = [{"time": at + n, "entity": f"/{client}.py", "project": "load"} for n in range(20)]
            while not over.is_set():
                try:
                    answer = service.request("POST", "/api/v1/events", batch)
                except (OSError, http.client.HTTPException):
                    continue  # killed while it answered: the same batch again
                if answer.status == 200:
                    assert None not in answer.json()["ids"]
                    acknowledged.extend(answer.json()["ids"])
                    break

    with start(home, server="gunicorn") as service:
        with ThreadPoolExecutor(4) as pool:
            clients = [pool.submit(post, client) for client in range(4)]
            try:
                for _ in range(rounds):
                    service.wait_ready()
                    enough = len(acknowledged) + 200
                    while len(acknowledged) < enough and not any(client.done() for client in clients):
                        time.sleep(0.01)
                    service.kill_worker()
                service.wait_ready()
            finally:
                over.set()
            for client in clients:
                client.result()
        found: list[str] = []
        after: str | None = ""
        while after is not None:
            query = f"from=2023-01-01&to=2024-12-31&limit=5000{'&after=' + after if after else ''}"
            page = service.get(f"/api/v1/events?{query}").json()
            found += [event["id"] for event in page["events"]]
            after = page["next"]
    assert len(found) == len(set(found))
    assert set(acknowledged) <= set(found)


def test_a_killed_master_takes_its_worker_along(home: Path) -> None:
    """kill -9 of the master: the worker ends by itself, and the home folder and the port are free again."""
    service = start(home, server="gunicorn")
    worker = service.worker()
    service.process.kill()
    service.process.wait()
    end = time.monotonic() + 240
    while time.monotonic() < end and running(worker):  # it holds the lock for a while after it has left the port
        time.sleep(0.1)
    assert not listening(service.port)
    with start(home, service.port, server="gunicorn") as again:
        assert again.post(BATCH)["stored"] == len(BATCH)


def test_no_second_worker_is_ever_started(home: Path) -> None:
    """The signals that make gunicorn add workers or start anew do nothing: there is one writer."""
    with start(home, server="gunicorn") as service:
        worker = service.worker()
        for number in (signal.SIGTTIN, signal.SIGTTOU, signal.SIGUSR2, signal.SIGWINCH):
            service.process.send_signal(number)
        service.post(BATCH)
        service.process.send_signal(signal.SIGTTIN)
        service.wait_ready()
        assert children(service.process.pid) == [worker]


@pytest.mark.parametrize("server", SERVERS)
def test_a_home_folder_has_one_service(home: Path, server: str) -> None:
    """A second one is refused in one line that names the first and says what to do."""
    with start(home, server=server) as service:
        done = timecode(home, "serve", "--port", str(free_port()), ingest_http__server=server)
        assert done.returncode == 1
        assert f"serve on port {service.port}" in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert service.post(BATCH)["stored"] == len(BATCH)


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_a_port_in_use_is_told_in_one_line(home: Path, server: str, family: socket.AddressFamily, host: str) -> None:
    """Taken on either address, the port is refused with a remedy, and the home folder is not left locked."""
    try:
        taken = socket.create_server((host, 0), family=family)
    except OSError:
        pytest.skip("no IPv6 here")
    with taken:
        done = timecode(home, "serve", "--port", str(taken.getsockname()[1]), ingest_http__server=server)
    assert done.returncode == 1
    assert "in use" in done.stderr
    assert "--port" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    start(home, server=server).stop()


@pytest.mark.parametrize(
    "setting",
    [{"port": "0"}, {"port": "70000"}, {"server": "apache"}, {"threads": "8"}, {"colour": "red"}, {"deadline": "soon"}],
)
def test_a_wrong_setting_is_told_in_one_line(home: Path, setting: dict[str, str]) -> None:
    """An unknown key or a value out of range names the key and ends with code 1."""
    done = timecode(home, "serve", **{f"ingest_http__{name}": value for name, value in setting.items()})
    assert done.returncode == 1
    assert next(iter(setting)) in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("server", SERVERS)
def test_a_store_that_cannot_be_opened_is_told_in_one_line(home: Path, server: str) -> None:
    """The line has the remedy; nothing says before it that the service listens, and no server adds words of its own."""
    home.mkdir()
    (home / "timecode.db").write_bytes(b"no database at all " * 1000)
    done = timecode(home, "serve", "--port", str(free_port()), ingest_http__server=server)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "Stop the service: `timecode restore FILE` puts a backup in its place, `timecode recover`" in done.stderr
    assert done.stdout == ""


def test_a_store_that_another_home_writes_to_is_refused(home: Path, tmp_path: Path) -> None:
    """Two homes whose settings name one file would be two writers, each with its own rule."""
    with start(home, server="gunicorn"):
        done = timecode(
            tmp_path / "other", "serve", "--port", str(free_port()), store_sqlite__path=str(home / "timecode.db")
        )
    assert done.returncode == 1
    assert "timecode.db is being written by timecode (process" in done.stderr
    assert len(done.stderr.splitlines()) == 1


class Rebuilding:
    """A running service that recomputes totals for a while."""

    def __init__(self, failure: TimecodeError | None = None, times: int = 1) -> None:
        self._left = ["1 of 3", "2 of 3", "2 of 3"]
        self._failures = [failure] * times if failure else []
        self.progress = "starting"

    def wait(self, timeout_s: float) -> None:  # noqa: ARG002
        if self._left:
            self.progress = f"recomputing totals: {self._left.pop(0)} events"
            raise TimeoutError(self.progress)
        if self._failures:
            raise self._failures.pop()

    def login_link(self) -> str:
        return "http://link"


@pytest.mark.parametrize("terminal", [False, True])
def test_it_says_that_it_listens_once_it_is_ready(
    terminal: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While totals are recomputed it says so; a terminal is shown how far it is, a log is told once."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    _tell("Timecode listens.", cast("Hosted", Rebuilding()))
    shown = capsys.readouterr().out.splitlines()
    waiting = "Timecode is getting ready: recomputing totals: {} of 3 events."
    assert shown[0] == waiting.format(1)
    if terminal:
        assert shown[1:3] == [waiting.format(2), "Timecode listens."]
        assert "http://link" in shown[3]
    else:
        assert shown[1:] == ["Timecode listens."]


def test_a_service_that_cannot_get_ready_does_not_say_that_it_listens(capsys: pytest.CaptureFixture[str]) -> None:
    """The fault is told in one line instead."""
    _tell("Timecode listens.", cast("Hosted", Rebuilding(TimecodeError("no rule.", remedy="Name one."))))
    shown = capsys.readouterr()
    assert "Timecode listens." not in shown.out
    assert shown.err == "timecode: no rule. Name one.\n"


def test_what_may_mend_is_told_once_and_waited_for(capsys: pytest.CaptureFixture[str]) -> None:
    """A full disk may have room later: the service tries again, and says then that it listens."""
    full = StoreError("the disk is full.", remedy="Free some.")
    _tell("Timecode listens.", cast("Hosted", Rebuilding(full, times=2)))
    shown = capsys.readouterr()
    assert shown.err == "timecode: the disk is full. Free some. It is tried again.\n"
    assert shown.out.splitlines()[-1] == "Timecode listens."


def test_it_listens_on_loopback_alone(service: Server) -> None:
    """Both addresses of this machine answer; no other address of it does."""
    assert service.get("/healthz").status == 200
    if has_ipv6():
        connection = service.connection("::1")
        answer = service.request("GET", "/healthz", headers={"Host": f"[::1]:{service.port}"}, connection=connection)
        assert answer.status == 200
        connection.close()
    names: set[str] = set()
    with suppress(socket.gaierror):  # a container's name need not be one of the network
        names = {str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None)}
    for address in names - {"127.0.0.1", "::1"}:
        if not address.startswith("127."):
            with pytest.raises(OSError):
                socket.create_connection((address, service.port), timeout=5).close()


def test_the_home_folder_has_no_more_than_it_should(home: Path) -> None:
    """Secrets and data are the owner's alone; no token or link is printed to a file; there is no control socket."""
    with start(home, server="gunicorn") as service:
        service.post(BATCH)
        assert home.stat().st_mode & 0o777 == 0o700
        for path in home.iterdir():
            if path.name != ".gitignore":
                assert path.stat().st_mode & 0o077 == 0, path
            assert path.suffix not in (".ctl", ".sock")
        assert service.token not in service.output()
        assert "#code=" not in service.output()


def test_a_service_that_only_takes_events_loads_no_heavy_library(home: Path) -> None:
    """Neither Bokeh nor selenium is imported by a service that has ingested, answered, and shown its shell."""
    with start(home, server="gunicorn", python=("-X", "importtime")) as service:
        service.post(BATCH)
        assert service.get(STATS).json()["total_seconds"] > 0
        assert service.get("/api/v1/status").status == 200
        assert service.get("/api/v1/export/json").status == 200
        shell = service.get("/", signed_in=False)
        assert all(service.get(name, signed_in=False).status == 200 for name in ASSET.findall(shell.body.decode()))
    imported = {
        line.rpartition("|")[2].strip().partition(".")[0] for line in service.output().splitlines() if "|" in line
    }
    assert "falcon" in imported
    assert not imported & {"bokeh", "selenium", "numpy", "tornado"}


def test_other_commands_import_no_server(home: Path) -> None:
    """The plugin is known by its hooks; Falcon and the servers are imported by `serve` alone."""
    code = "import sys, timecode_core.cli as c\nc.build_group(c.Installation.load())\nprint(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(home), capture_output=True, text=True, check=True
    )
    assert "timecode_ingest_http" in done.stdout.split()
    assert not {"falcon", "gunicorn", "waitress"} & set(done.stdout.split())


def test_help_says_how_to_get_in(home: Path) -> None:
    """`serve --help` names the token's file and `timecode open`."""
    done = timecode(home, "serve", "--help")
    assert done.returncode == 0
    assert "token" in done.stdout
    assert "timecode open" in " ".join(done.stdout.split())


def test_open_without_a_service_says_how_to_start_one(home: Path) -> None:
    """One line, with the command."""
    done = timecode(home, "open", "--print", "--port", str(free_port()))
    assert done.returncode == 1
    assert "timecode serve" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("server", SERVERS)
def test_a_terminal_is_shown_a_link_that_signs_in(home: Path, server: str) -> None:
    """On a terminal, `serve` prints a link that works once; in a file it would lie about, so it isn't there."""
    reader, terminal = pty.openpty()
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", "from timecode_core.cli import main; main()", "serve", "--port", str(port)],
        env=environment(home, ingest_http__server=server),
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    )
    os.close(terminal)
    shown = b""
    try:
        while b"Ctrl-C stops." not in shown:
            shown += os.read(reader, 4096)
        link = re.search(rb"http://127\.0\.0\.1:\d+/#code=[\w-]+", shown)
        assert link is not None
        Page.opened(Server(home, port, process, home / "none"), code_in(link.group().decode()))
        assert (home / "token").read_bytes().strip() not in shown
    finally:
        process.terminate()
        process.wait(240)
        os.close(reader)


def test_open_finds_the_port_that_serve_was_started_on(home: Path) -> None:
    """Nobody has to say it twice."""
    with start(home) as service:
        done = timecode(home, "open", "--print")
        assert done.returncode == 0, done.stderr
        assert f":{service.port}/#code=" in done.stdout
        Page.opened(service, code_in(done.stdout))


def test_a_page_that_nobody_makes_is_told_at_the_start(home: Path) -> None:
    """A misspelt one would be found out in the browser only."""
    done = timecode(home, "serve", "--port", str(free_port()), ingest_http__page="dashbord")
    assert done.returncode == 1
    assert "'dashbord', which no plugin offers. Set page in [ingest_http] to one of dashboard. " in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("page", ["csv", "json", "charts", "png"])
def test_a_page_that_would_show_anybody_s_time_to_anybody_is_refused_at_the_start(home: Path, page: str) -> None:
    """`/` is open, so only a shell may stand there; the others are named in no remedy."""
    done = timecode(home, "serve", "--port", str(free_port()), ingest_http__page=page)
    assert done.returncode == 1
    assert f"{page!r}, which is no shell" in done.stderr
    assert "Set page in [ingest_http] to one of dashboard. " in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("token", ["x", "0B0E0A52-0000-4000-8000-000000000000", "0b0e0a52-0000-1000-8000-000000000000"])
@pytest.mark.parametrize("command", ["serve", "open"])
def test_a_token_that_could_be_guessed_is_refused(home: Path, token: str, command: str) -> None:
    """One letter would let anybody in who tries a few; the remedy makes a good one."""
    home.mkdir(mode=0o700)
    (home / "token").write_text(f"{token}\n", encoding="utf-8")
    done = timecode(home, command, "--port", str(free_port()))
    assert done.returncode == 1
    assert "token holds no random UUID (version 4, lower case). Remove it; a new one is made" in done.stderr
    assert len(done.stderr.splitlines()) == 1
