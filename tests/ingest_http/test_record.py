"""`service.json`: how `timecode open`, and whoever else looks for the service, finds it."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
from pathlib import Path

import attrs
import pytest
from ingest_http.conftest import SERVERS
from support.ports import free_port
from support.server import Server, environment, start, timecode
from timecode_core import __version__
from timecode_core.setup.home import Home
from timecode_ingest_http.record import ServiceRecord


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.mark.parametrize("server", SERVERS)
def test_a_running_service_is_written_down(home: Path, server: str) -> None:
    """Port, process, version and what starts it again, for the owner's eyes, and without the token."""
    with start(home, server=server) as service:
        path = home / "service.json"
        record = ServiceRecord.read(Home(home))
        assert record
        assert (record.address, record.port, record.version) == ("127.0.0.1", service.port, __version__)
        assert record.process == service.process.pid
        assert path.stat().st_mode & 0o777 == 0o600
        assert service.token not in path.read_text()
    assert not [other for other in home.iterdir() if other.name.startswith("service.json.")]
    again = subprocess.Popen(record.command, env=environment(home, ingest_http__server=server))
    with Server(home, record.port, again, home / "none", service.token) as revived:
        revived.wait_ready()
        now = ServiceRecord.read(Home(home))
        assert now
        assert now == attrs.evolve(record, process=again.pid, started=now.started)
        assert now.started >= record.started


def test_open_remembers_the_port_after_a_rebuild(home: Path) -> None:
    """Another command that held the lock since does not make it forget where the service is."""
    with start(home) as service:
        pass
    assert timecode(home, "rebuild").returncode == 0
    done = timecode(home, "open", "--print")
    assert done.returncode == 1
    assert f"no service listens on port {service.port}. Start it with 'timecode serve'." in done.stderr
    with start(home, service.port):
        assert f":{service.port}/" in timecode(home, "open", "--print").stdout


def test_a_forged_record_does_not_get_the_token(home: Path) -> None:
    """Whoever listens where it leads has to prove first that it is the service: nothing else is sent."""
    heard: list[bytes] = []

    def squat(listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client:
                heard.append(client.recv(65536))
                body = json.dumps({"service": "timecode", "version": __version__, "mac": "0" * 64}).encode()
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    with start(home) as service, socket.create_server(("127.0.0.1", free_port())) as listener:
        port = listener.getsockname()[1]
        squatter = threading.Thread(target=squat, args=(listener,), daemon=True)
        squatter.start()
        record = ServiceRecord.read(Home(home))
        assert record
        attrs.evolve(record, port=port).write(Home(home))
        done = timecode(home, "open", "--print")
        assert done.returncode == 1
        assert f"what listens on port {port} is not the service of this home folder." in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert len(heard) == 1
        assert service.token.encode() not in b"".join(heard)
        listener.shutdown(socket.SHUT_RDWR)


GOOD: dict[str, object] = {
    "address": "127.0.0.1",
    "port": 5000,
    "command": ["timecode", "serve"],
    "version": "1",
    "process": 1,
    "started": "2026-01-31T10:00:00+00:00",
}


WRONG: list[dict[str, object]] = [
    {"port": 0},
    {"port": 65536},
    {"port": "5000"},
    {"port": None},
    {"command": "timecode serve"},
    {"command": [1]},
    {"process": "1"},
    {"started": 5},
]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 60_000,
        b" " * 70_000 + json.dumps(GOOD).encode(),
        *(json.dumps(GOOD | change).encode() for change in WRONG),
    ],
)
def test_a_record_that_makes_no_sense_is_none(tmp_path: Path, content: bytes) -> None:
    """Cut short, edited by hand or of another kind: the setting's port is taken then."""
    (tmp_path / "service.json").write_bytes(content)
    assert ServiceRecord.read(Home(tmp_path)) is None


def test_a_later_versions_record_is_understood(tmp_path: Path) -> None:
    """What is known counts, and what is not is let pass."""
    (tmp_path / "service.json").write_text(json.dumps(GOOD | {"colour": "red"}))
    record = ServiceRecord.read(Home(tmp_path))
    assert record
    assert attrs.asdict(record) == GOOD


def test_without_a_record_the_settings_port_is_taken(home: Path) -> None:
    """A home in which no service was ever started."""
    port = free_port()
    done = timecode(home, "open", "--print", ingest_http__port=str(port))
    assert f"no service listens on port {port}." in done.stderr


def test_a_record_that_cannot_be_written_keeps_nobody_from_serving(home: Path) -> None:
    """It is told in a line; the service is found by its port all the same."""
    (home / "service.json").mkdir(parents=True)
    (home / "token").touch(0o600)  # it is Timecode's folder
    (home / "token").write_text("5f3ab1a2-0000-4000-8000-000000000000")
    with start(home) as service:
        assert service.get("/api/v1/status").status == 200
        assert service.output().splitlines()[0].startswith(f"timecode: cannot write {home / 'service.json'}: ")
