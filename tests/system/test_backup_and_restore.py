"""A backup is all of it, and a restore gives exactly that, whatever lay in its place."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypedDict

import apsw
import pytest
from support.installations import fresh_home, installation, running
from support.server import COMMAND, environment, start, timecode
from support.stores import make_version_1
from system.damage import answers, build, command, right


class Settings(TypedDict):
    core__timezone: str
    core__paths: str


LIMIT = 200_000
"""Bytes that a file may have where there is to be no room: less than the database has."""
SETTINGS: Settings = {"core__timezone": "UTC", "core__paths": "absolute"}


@pytest.fixture(scope="module")
def built() -> Iterator[Path]:
    """A home that was closed in good order, and beside it one that was killed and has a log."""
    with fresh_home() as one:
        build(one)
        shutil.rmtree(one.with_name(f"{one.name}-living"))
        build(one.with_name("killed"), unfolded=True)
        yield one


@pytest.fixture
def home(built: Path) -> Iterator[Path]:
    """A copy of the first, to do with as one likes."""
    with fresh_home() as one:
        shutil.copytree(built, one, copy_function=shutil.copy2)
        yield one


@pytest.fixture
def killed(built: Path) -> Iterator[Path]:
    """A copy of the second."""
    with fresh_home() as one:
        shutil.copytree(built.with_name("killed"), one, copy_function=shutil.copy2)
        yield one


def ids(home: Path) -> set[bytes]:
    """Of all events."""
    store = installation(home).store()
    try:
        with store.reading() as reader:
            return {event.id for event in reader.scan((-(2**62), b""), 2**62, 10**6)}
    finally:
        store.close()


def run(home: Path, *words: str) -> str:
    """Run a command that must end well; its output."""
    code, output, errors = command(home, *words)
    assert code == 0, errors
    return output


def backed_up(home: Path, *words: str) -> Path:
    """Make a backup by the command; its path."""
    return Path(run(home, "backup", *words).rpartition(" (")[0])


def more(home: Path, start: int) -> None:
    """Store further work."""
    with running(home) as service:
        service.submit([{"time": start + n * 60, "entity": "late.py", "project": "late"} for n in range(50)], "test")


@pytest.mark.parametrize("name", ["", "copy.db", "copy.db.gz"])
def test_a_restore_gives_exactly_the_backup(home: Path, name: str, tmp_path: Path) -> None:
    """By events, totals and `verify`; what was there is kept, and can itself be restored."""
    good, known = right(home), ids(home)
    backup = backed_up(home, *([str(tmp_path / name)] if name else []))
    assert backup.parent == (tmp_path if name else home / "backups")
    more(home, 1_600_000_000)
    later = ids(home)
    said = run(home, "restore", str(backup))
    assert ids(home) == known
    assert answers(home) == good
    run(home, "verify")
    kept = home / "timecode.db.before-restore" / "timecode.db"
    assert f"kept in {kept.parent}:" in said
    run(home, "restore", str(kept))
    assert ids(home) == later > known
    assert not [path.name for path in home.iterdir() if "draft" in path.name or path.name.endswith(".part")]


def test_over_a_home_that_was_killed_with_its_log_left(home: Path, killed: Path, tmp_path: Path) -> None:
    """The old log is not replayed over the backup, and it is kept with its database: both are whole."""
    good, backup = right(home), backed_up(home)
    assert (killed / "timecode.db-wal").stat().st_size > 0
    shutil.copytree(killed, tmp_path / "left")
    run(killed, "restore", str(backup))
    assert not (killed / "timecode.db-wal").exists()
    assert answers(killed) == good
    run(killed, "verify")
    with running(killed) as service:
        assert service.submit([{"time": 1, "entity": "new"}], "test").count("stored") == 1
    run(killed, "restore", str(killed / "timecode.db.before-restore" / "timecode.db"))
    assert ids(killed) == ids(tmp_path / "left"), "the log was kept with it"


@pytest.mark.parametrize("what", ["a text", "nothing", "cut off", "its first page gone", "no file at all"])
def test_over_whatever_is_there(home: Path, what: str) -> None:
    """A database that can't even be opened is replaced, and kept as it is."""
    good, backup = right(home), backed_up(home)
    path = home / "timecode.db"
    content = path.read_bytes()
    ruined = {
        "a text": b"no database " * 1000,
        "nothing": b"",
        "cut off": content[: len(content) // 2],
        "its first page gone": bytes(4096) + content[4096:],
    }.get(what)
    if ruined is None:
        path.unlink()
    else:
        path.write_bytes(ruined)
    run(home, "restore", str(backup))
    assert answers(home) == good
    run(home, "verify")
    kept = home / "timecode.db.before-restore" / "timecode.db"
    assert (kept.read_bytes() if kept.exists() else None) == ruined


def test_into_a_home_that_is_new(home: Path, tmp_path: Path) -> None:
    """Moving to another machine: a backup is all that it takes."""
    good = right(home)
    backup = backed_up(home, str(tmp_path / "move.db.gz"))
    second = tmp_path / "second" / "home"
    said = run(second, "restore", str(backup))
    assert "kept in" not in said
    assert answers(second) == good
    run(second, "verify")


def test_a_backup_of_an_earlier_version_is_brought_up_to_date(home: Path, tmp_path: Path) -> None:
    """And stays as it is itself."""
    known, good = ids(home), right(home)
    old = backed_up(home, str(tmp_path / "old.db"))
    make_version_1(old)
    content = old.read_bytes()
    run(home, "restore", str(old))
    assert ids(home) == known
    assert answers(home) == good
    run(home, "verify")
    assert old.read_bytes() == content
    assert [path.name for path in tmp_path.iterdir()] == ["old.db"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no file"),
        (b"", "is empty"),
        (b"just a text, and no database at all" * 100, "no SQLite database"),
        (b"\x1f\x8b broken", "can't be unpacked"),
    ],
)
def test_what_is_no_backup_is_refused_and_nothing_changes(
    home: Path, tmp_path: Path, content: bytes | None, said: str
) -> None:
    """In a line with a remedy."""
    before = {path.name: path.read_bytes() for path in home.iterdir() if path.is_file()}
    other = tmp_path / "other"
    if content is not None:
        other.write_bytes(content)
    code, _, errors = command(home, "restore", str(other))
    assert code == 1
    assert len(errors.splitlines()) == 1
    assert said in errors
    after = {path.name: path.read_bytes() for path in home.iterdir() if path.is_file()}
    after.pop("timecode.lock", None)
    before.pop("timecode.lock", None)
    assert after == before


def test_a_damaged_backup_is_refused_and_nothing_changes(home: Path, tmp_path: Path) -> None:
    """It is looked through before anything is touched."""
    good = right(home)
    backup = backed_up(home, str(tmp_path / "copy.db"))
    content = bytearray(backup.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 3000] = bytes(3000)
    backup.write_bytes(content)
    code, _, errors = command(home, "restore", str(backup))
    assert (code, len(errors.splitlines())) == (1, 1), errors
    assert "nothing was restored" in errors
    assert answers(home) == good


def test_what_can_not_be_read_in_a_backup_is_told(home: Path, tmp_path: Path) -> None:
    """A text that is none costs what meets it alone: the rest is restored."""
    backup = backed_up(home, str(tmp_path / "copy.db"))
    connection = apsw.Connection(str(backup))
    connection.execute("UPDATE events SET entity = CAST(x'ff41' AS TEXT) WHERE time = (SELECT min(time) FROM events)")
    connection.close()
    code, output, errors = command(home, "restore", str(backup))
    assert (code, output.splitlines()[0]) == (0, f"Restored 3,000 events from {backup}.")
    assert "no UTF-8" in errors


def test_while_the_service_runs(home: Path, tmp_path: Path) -> None:
    """A backup is made beside it and holds what was acknowledged before; a restore refuses and says who is there."""
    with start(home, **SETTINGS) as server:
        server.post(_events(0))
        made = timecode(home, "backup", **SETTINGS)
        assert made.returncode == 0, made.stderr
        server.post(_events(1000))
        backup = Path(made.stdout.rpartition(" (")[0])
        refused = timecode(home, "restore", str(backup), **SETTINGS)
        assert refused.returncode == 1
        assert len(refused.stderr.splitlines()) == 1
        assert f"serve on port {server.port}" in refused.stderr
        tag = server.get("/api/v1/export/json?period=all").headers["etag"]
    assert timecode(home, "restore", str(backup), **SETTINGS).returncode == 0
    with start(home, **SETTINGS) as server:
        again = server.get("/api/v1/export/json?period=all", headers={"If-None-Match": tag})
        assert again.status == 200, "another history has another tag"
        events: Any = server.get("/api/v1/events?period=all&limit=10000").json()["events"]
        assert {event["entity"] for event in events if event["entity"].startswith("/p/")} == {
            event["entity"] for event in _events(0)
        }


def _events(first: int) -> list[dict[str, Any]]:
    return [{"time": 1_700_000_000 + (first + n) * 60, "entity": f"/p/{first + n}.py"} for n in range(100)]


def test_two_at_once(home: Path) -> None:
    """One makes it, and the other does, too, or says that somebody is at it."""
    many = [timecode(home, "backup", **SETTINGS) for _ in range(2)]
    assert [one.returncode for one in many] == [0, 0]
    assert len(list((home / "backups").iterdir())) == 2


def test_a_name_that_is_taken_is_left_alone(home: Path, tmp_path: Path) -> None:
    """And a folder that isn't there is not made."""
    taken = tmp_path / "taken.gz"
    taken.write_text("mine")
    for path, said in ((taken, "exists already"), (tmp_path / "none" / "copy.gz", "there is no folder")):
        code, _, errors = command(home, "backup", str(path))
        assert (code, len(errors.splitlines())) == (1, 1)
        assert said in errors
    assert taken.read_text() == "mine"


def test_neither_is_for_the_database_itself_nor_for_standard_output(home: Path) -> None:
    """Nothing changes, and no file `-` is made."""
    before = contents(home)
    code, _, errors = command(home, "restore", str(home / "timecode.db"))
    assert (code, len(errors.splitlines())) == (1, 1)
    assert "is your database itself, not a backup of it. Name a backup" in errors
    code, _, errors = command(home, "backup", "-")
    assert code == 2
    assert "name a file" in errors
    assert contents(home) == before


def test_all_at_once(home: Path) -> None:
    """Backups and restores side by side: each is done whole, or says who is at it; what is there is sound."""
    backup = backed_up(home)
    good = right(home)
    words = [["backup"], ["restore", str(backup)]] * 3
    with ThreadPoolExecutor(len(words)) as pool:
        ended = [*pool.map(lambda one: timecode(home, *one, **SETTINGS), words)]
    assert 0 in [one.returncode for one in ended[1::2]]
    for one in ended:
        assert one.returncode in (0, 1), one.stderr
        assert len(one.stderr.splitlines()) == one.returncode, one.stderr
    assert answers(home) == good
    run(home, "verify")
    assert not list(home.rglob("timecode-draft-*"))


@pytest.mark.parametrize("words", [["backup"], ["backup", "copy.db"], ["restore", "copy.db.gz"]], ids=" ".join)
def test_where_there_is_no_room(home: Path, tmp_path: Path, words: list[str]) -> None:
    """A line with a remedy, and every file as it was."""
    backed_up(home, str(tmp_path / "copy.db.gz"))
    before = contents(home)
    limited = f"import resource, signal; resource.setrlimit(resource.RLIMIT_FSIZE, ({LIMIT}, {LIMIT}));"
    ended = subprocess.run(
        [sys.executable, "-c", f"{limited} signal.signal(signal.SIGXFSZ, signal.SIG_IGN); {COMMAND}", *words],
        env=environment(home, **SETTINGS),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1, ended.stderr
    assert len(ended.stderr.splitlines()) == 1, ended.stderr
    assert "Free some space" in ended.stderr or "Check the disk" in ended.stderr, ended.stderr
    assert contents(home) == before
    assert [path.name for path in tmp_path.iterdir()] == ["copy.db.gz"]


def contents(home: Path) -> dict[str, bytes]:
    """Every file but locks and shared memory."""
    files = (path for path in home.rglob("*") if path.is_file() and not path.name.endswith(("lock", "-shm", "-wal")))
    return {path.name: path.read_bytes() for path in files}
