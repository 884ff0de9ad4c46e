"""The service as systemd's unit runs it: confined, and yet a real Chromium takes its pictures."""

from __future__ import annotations

import errno
import io
import os
import re
import socket
import sys
from pathlib import Path

import pytest
from PIL import Image
from support.confined import UNIT
from support.server import start, timecode
from timecode_core.startup.launch import Launch
from timecode_core.startup.systemd import SystemdUnit

linux = pytest.mark.skipif(sys.platform != "linux", reason="systemd and its means are Linux's")
TESTS = Path(__file__).parents[1]
CONFINE = f"import sys; sys.path.append({str(TESTS)!r}); from support.confined import confine; confine();"


def test_what_is_tried_here_is_what_the_unit_says() -> None:
    """Each setting that could stand in a browser's way; a new one needs to be tried, too."""
    service = SystemdUnit(Launch("/bin/python")).text.partition("[Service]")[2].partition("[Install]")[0]
    found = dict(re.findall(r"^(\w+)=(.*)$", service, re.MULTILINE))
    confining = {name for name in found if re.match(r"Restrict|Lock|NoNew|Protect|Private|System|Memory|UMask", name)}
    assert confining == {*UNIT, "RestrictSUIDSGID"}
    assert {name: found[name] for name in UNIT} == UNIT


@linux
@pytest.mark.browser
def test_a_confined_service_exports_a_picture(tmp_path: Path) -> None:
    """No new privileges, four families of sockets, an umask of 0077: what it writes is its owner's alone."""
    home = tmp_path / "home"
    with start(home, first=CONFINE, export_png__timeout_s="200", core__timezone="UTC") as service:
        worker = Path(f"/proc/{service.worker()}/status").read_text(encoding="utf-8")
        assert re.search(r"^NoNewPrivs:\s1$", worker, re.MULTILINE)
        events = [{"time": 1_700_000_000 + 60 * n, "entity": f"/{n % 7}.py", "project": "unit"} for n in range(60)]
        assert service.post(events)["stored"] == len(events)
        answer = service.get("/api/v1/export/png?chart=card&from=2023-11-14&to=2023-11-15")
        assert (answer.status, answer.headers["content-type"]) == (200, "image/png"), answer.body
        picture = Image.open(io.BytesIO(answer.body))
        assert picture.size == (1200, 630)
        assert len(picture.convert("RGB").getcolors(1200 * 630) or []) > 50
        assert timecode(home, "stop").returncode == 0
        assert service.process.wait(60) == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in home.rglob("*") if path.name != ".gitignore")


@linux
def test_the_confinement_confines() -> None:
    """Else the test above would say nothing: a child that is confined gets no socket of another family."""
    child = os.fork()
    if child == 0:
        try:
            from support.confined import confine

            confine()
            socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        except OSError as error:
            os._exit(error.errno or 0)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == errno.EAFNOSUPPORT
