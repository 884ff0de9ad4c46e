"""`timecode stop`: the service ends in good order, and nothing else does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from ingest_http.conftest import SERVERS
from support.server import children, running, start, timecode
from system.damage import command
from timecode_core.errors import BusyError, TimecodeError
from timecode_core.setup.home import Home
from timecode_core.setup.lock import WriteLock
from timecode_core.startup import stopping
from timecode_core.startup.stopping import stop_service

BATCH = [{"time": 1_700_000_000 + 5 * n, "entity": f"/a/{n}.py"} for n in range(50)]
ANOTHER = 999_999_999
"""No process has this number."""


@contextmanager
def held(home: Path, text: str) -> Iterator[WriteLock]:
    """The home's lock, taken by this process, with another text in it."""
    with WriteLock(Home(home)) as lock:
        lock.acquire()
        lock.path.write_text(f"{text}\n", encoding="utf-8")
        yield lock


@pytest.mark.parametrize("server", SERVERS)
def test_it_ends_the_service_and_all_its_processes(tmp_path: Path, server: str) -> None:
    """With exit code 0, so that whoever restarts it after a failure does not; the second time there is none."""
    with start(tmp_path / "home", server=server) as service:
        assert service.post(BATCH)["stored"] == len(BATCH)
        workers = children(service.process.pid)
        done = timecode(tmp_path / "home", "stop")
        assert not any(map(running, workers))
        assert service.process.wait(60) == 0
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"Stopped timecode serve on port {service.port} (process {service.process.pid}).\n"
    again = timecode(tmp_path / "home", "stop")
    assert (again.returncode, again.stdout) == (0, f"No service runs for {tmp_path / 'home'}.\n")
    with start(tmp_path / "home", server=server) as service:
        assert service.post(BATCH)["duplicate"] == len(BATCH)


def test_where_there_is_no_home_none_runs(tmp_path: Path) -> None:
    """Nor is one made."""
    done = timecode(tmp_path / "home", "stop")
    assert (done.returncode, done.stdout) == (0, f"No service runs for {tmp_path / 'home'}.\n")
    assert not (tmp_path / "home").exists()


@pytest.mark.skipif(os.name != "posix", reason="needs locks that are shared")
def test_who_only_looks_is_not_taken_for_a_service(tmp_path: Path) -> None:
    """However many look at once, beside the text that the last one left; and who takes the lock gets it."""
    home, over = Home(tmp_path), threading.Event()
    with held(tmp_path, f"timecode serve on port 1 (process {ANOTHER})") as lock:
        assert WriteLock(home).taken

    def look(_number: int) -> int:
        return sum(lock.taken for _ in range(2_000))

    def look_on() -> list[bool]:
        return [lock.taken for _ in iter(lambda: over.wait(0.001), True)]

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(look, range(4))) == 0
        looking = [pool.submit(look_on) for _ in range(2)]
        try:
            for _ in range(100):
                with WriteLock(home) as another:
                    another.acquire("serve")
                    assert lock.taken
        finally:
            over.set()
        assert all(one.result() for one in looking), "they have looked"


def test_it_waits_for_a_worker_whose_master_was_killed(tmp_path: Path) -> None:
    """The one that wrote itself down is gone; the home folder is not free before the other is, too."""
    service = start(tmp_path / "home", server="gunicorn")
    worker = service.worker()
    service.process.kill()
    service.process.wait()
    done = timecode(tmp_path / "home", "stop")
    assert done.returncode == 0, done.stderr
    assert not running(worker)


def test_another_command_is_named_and_goes_on(tmp_path: Path) -> None:
    """A rebuild is no service."""
    told = f"timecode rebuild (process {ANOTHER})"
    with held(tmp_path, told), pytest.raises(BusyError) as caught:
        stop_service(Home(tmp_path))
    assert f"is in use by {told}, which is no service. Wait" in str(caught.value)
    with held(tmp_path, ""), pytest.raises(BusyError, match="by a process that could not write itself down"):
        stop_service(Home(tmp_path))


@pytest.mark.skipif(sys.platform != "linux", reason="the system does not tell what a process has open")
def test_another_process_of_the_number_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number is from another machine, or from before."""
    monkeypatch.setattr(stopping, "_ORPHANED_S", 0.0)
    with subprocess.Popen(["sleep", "600"]) as innocent:
        try:
            for process in (innocent.pid, ANOTHER):
                told = f"timecode serve on port 1 (process {process})"
                with held(tmp_path, told), pytest.raises(TimecodeError) as caught:
                    stop_service(Home(tmp_path))
                assert f"in use by {told}, which is no process of this machine. Stop it where" in str(caught.value)
            assert innocent.poll() is None
        finally:
            innocent.kill()


def test_one_that_does_not_end_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to do; it has been asked."""
    monkeypatch.setattr(stopping, "_PATIENCE_S", 0.0)
    asked: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: asked.append(number))
    try:
        told = f"timecode serve on port 1 (process {os.getpid()})"
        with held(tmp_path, told), pytest.raises(TimecodeError) as caught:
            stop_service(Home(tmp_path))
    finally:
        signal.signal(signal.SIGTERM, before)
    assert asked == [signal.SIGTERM]
    assert str(caught.value).startswith(f"{told} has not ended within 0 s. Wait, or kill it")


def test_who_is_tired_of_waiting_is_told_that_the_service_ends_all_the_same(tmp_path: Path) -> None:
    """It has been asked."""

    def stopped(_number: int, _frame: object) -> None:
        threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()

    before = signal.signal(signal.SIGTERM, stopped)
    try:
        with held(tmp_path, f"timecode serve on port 1 (process {os.getpid()})"):
            code, output, errors = command(tmp_path, "stop")
    finally:
        signal.signal(signal.SIGTERM, before)
    assert (code, output) == (1, "")
    assert "the service has been told to stop, though nobody waits for that. Give the same command again" in errors


AS_NOBODY = """
import os, sys
from pathlib import Path
from timecode_core.errors import TimecodeError
from timecode_core.setup.home import Home
from timecode_core.startup.stopping import stop_service
os.setgroups([])
os.setresgid(65534, 65534, 65534)
os.setresuid(65534, 65534, 65534)
try:
    print(stop_service(Home(Path(sys.argv[1]))))
except TimecodeError as error:
    print(error)
"""


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can be somebody else")
def test_where_nothing_can_be_written_none_runs_either() -> None:
    """To read the lock is enough to see that nobody holds it."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "home")
        with held(home, "timecode serve on port 1 (process 1)") as lock:
            pass
        for path, mode in ((lock.path, 0o400), (home, 0o500), (Path(folder), 0o755)):
            path.chmod(mode)
            os.chown(path, 65534, 65534)
        done = subprocess.run([sys.executable, "-c", AS_NOBODY, home], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can be somebody else")
def test_another_user_is_told_so() -> None:
    """The service of root's, say, in a folder of one's own: one line, and it goes on."""

    def said() -> str:
        return subprocess.run(
            [sys.executable, "-c", AS_NOBODY, home], capture_output=True, text=True, check=True
        ).stdout

    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        home = Path(folder, "home")
        with start(home) as service:
            home.chmod(0o755)
            assert "home belongs to the user with the number 0, not to you" in said()
            os.chown(home, 65534, 65534)
            assert said().endswith("timecode.lock: Permission denied. Check who owns it and its folder.\n")
            (home / "timecode.lock").chmod(0o666)
            assert said() == (
                f"the service (process {service.process.pid}) is another user's. Stop it as that user, or as root.\n"
            )
            assert service.get("/api/v1/status").status == 200
