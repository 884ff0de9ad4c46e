"""`timecode doctor`: what is wrong is found, told with what helps, and left as it is."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import apsw
import pytest
from attrs import frozen
from click.testing import CliRunner
from support.installations import running
from support.nobody import BECOME_NOBODY
from support.ports import free_port, has_ipv6
from support.server import start, timecode
from system.damage import PAGE, command, copied
from timecode_core import hookimpl
from timecode_core.accounting.upkeep import Progress
from timecode_core.cli import build_group
from timecode_core.errors import StoreError
from timecode_core.finding import Finding
from timecode_core.protocols import SettingsTable
from timecode_core.safekeeping.packing import check_packed
from timecode_core.setup.home import Home
from timecode_core.setup.lock import WriteLock
from timecode_core.wiring.installation import Installation
from timecode_core.wiring.plugins import Plugins

_BEATS = [{"time": 1_700_000_000 + k * 60, "entity": f"/w/{k % 7}.py", "project": "one"} for k in range(500)]
_COVERED, _OUTDATED = "timecode-20231115-120000.db.gz", "timecode-20231101-120000.db.gz"
"""Backups made hours after the last of these events, and weeks before it."""
_SEVERITIES = {"ok": "ok", "!": "warning", "x": "fault"}
_MIB = 1024 * 1024
posix = pytest.mark.skipif(os.name != "posix", reason="needs modes of files")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder in which all is well."""
    home = tmp_path_factory.mktemp("base") / "home"
    with running(home) as service:
        service.submit(_BEATS, "test")
    Home(home).secret("token")
    made = Path(command(home, "backup")[1].rpartition(" (")[0])
    made.rename(made.with_name(_COVERED))
    (home / "backups.json").unlink()
    return home


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this machine has otherwise has no part in it."""
    monkeypatch.setenv("TIMECODE_INGEST_HTTP__PORT", str(free_port()))
    for tool in ("CHROMIUM", "CHROMEDRIVER"):
        monkeypatch.setenv(f"TIMECODE_EXPORT_PNG__{tool}", shutil.which("true") or sys.executable)


@pytest.fixture
def home(base: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(base, tmp_path / "home", copy_function=shutil.copy2))


def findings(output: str) -> list[Finding]:
    """What was printed, but for the last line."""
    found: list[Finding] = []
    for line in output.splitlines()[:-1]:
        if line.startswith(" " * 20):
            found[-1] = Finding(found[-1].topic, found[-1].text, found[-1].severity, line.strip())
        else:
            found.append(Finding(line[4:19].strip(), line[20:], _SEVERITIES[line[:2].strip()]))  # type: ignore[arg-type]
    return found


def ill(home: Path, *options: str) -> tuple[int, list[Finding]]:
    """The exit code, and what is not well."""
    code, output, errors = command(home, "doctor", *options)
    assert not errors
    return code, [finding for finding in findings(output) if finding.severity != "ok"]


def snapshot(home: Path) -> dict[str, object]:
    """Every file and folder: what it holds, its mode and its time. What SQLite makes for every reader stays apart."""
    paths = [path for path in sorted(home.rglob("*")) if not path.name.endswith(("-wal", "-shm"))]
    return {
        str(path): (path.lstat().st_mode, path.lstat().st_mtime_ns, path.is_file() and path.read_bytes())
        for path in paths
    }


def test_a_home_in_which_all_is_well_is_left_as_it_is(home: Path) -> None:
    """Neither a byte nor a mode nor a time changes."""
    before = snapshot(home)
    code, output, _ = command(home, "doctor")
    assert (code, output.splitlines()[-1]) == (0, "All is well.")
    topics = {finding.topic for finding in findings(output)}
    assert topics >= {
        "versions",
        "home folder",
        "settings",
        "zone",
        "plugins",
        "disk",
        "service",
        "database",
        "backups",
    }
    assert topics >= {"database file", "port", "token", "credentials", "pictures", "integrity"}
    assert "every total is what the events say: 500 events" in output
    assert snapshot(home) == before


def test_a_running_service_and_its_home_are_left_as_they_are(home: Path) -> None:
    """It is found, proves itself, and goes on."""
    with start(home) as service:
        before = snapshot(home)
        code, output, _ = command(home, "doctor")
        assert (code, output.splitlines()[-1]) == (0, "All is well.")
        assert f"the service listens on {service.url}" in output
        assert f"{service.url} is ready" in output
        assert snapshot(home) == before


def test_a_home_that_is_not_there_yet_is_well_and_is_not_made(tmp_path: Path) -> None:
    code, output, _ = command(tmp_path / "home", "doctor")
    assert (code, output.splitlines()[-1]) == (0, "All is well.")
    assert not (tmp_path / "home").exists()


def _sql(statement: str) -> Callable[[Path], None]:
    def do(home: Path) -> None:
        connection = apsw.Connection(str(home / "timecode.db"))
        connection.execute(statement).fetchall()
        connection.close()

    return do


def _mode(name: str, mode: int) -> Callable[[Path], None]:
    return lambda home: (home / name).chmod(mode)


def _write(name: str, text: str) -> Callable[[Path], None]:
    def do(home: Path) -> None:
        (home / name).write_text(text, encoding="utf-8")
        (home / name).chmod(0o600)

    return do


def _damage(table: str) -> Callable[[Path], None]:
    """The table's first page is not what it was."""

    def do(home: Path) -> None:
        connection = apsw.Connection(str(home / "timecode.db"), flags=apsw.SQLITE_OPEN_READONLY)
        ((page,),) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchall()
        connection.close()
        with (home / "timecode.db").open("r+b") as file:
            file.seek((int(str(page)) - 1) * PAGE)
            file.write(b"\xa5" * PAGE)

    return do


def _outdated(home: Path) -> None:
    (home / "backups" / _COVERED).rename(home / "backups" / _OUTDATED)


def _spoiled(home: Path) -> None:
    with (home / "backups" / _COVERED).open("r+b") as file:
        file.seek(-2000, os.SEEK_END)
        file.write(bytes(100))


def _zeroed(home: Path) -> None:
    path = home / "backups" / _COVERED
    path.write_bytes(bytes(path.stat().st_size))


def _of_another_home(home: Path) -> None:
    _write("machine_id", "one\n")(home)
    (home / "backups" / "timecode-home").write_text("another\n", encoding="utf-8")


def _too_many_backups(home: Path) -> None:
    (home / "config.toml").write_text("[backups]\nmost_mb = 1\n", encoding="utf-8")
    os.truncate(home / "backups" / _COVERED, _MIB)
    (home / "backups" / _OUTDATED).write_bytes(b"x")


def _link(home: Path) -> None:
    (home.parent / "second").hardlink_to(home / "timecode.db")


def _links(home: Path) -> None:
    _link(home)
    _write("config.toml", '[store_sqlite]\npath = "it\'s.db"\n')(home)
    (home / "timecode.db").rename(home / "it's.db")


_CASES: dict[str, tuple[Callable[[Path], None], str, str, str, str]] = {
    # what is done, and the severity, topic, text and remedy that tell of it
    "no token of ours": (_write("token", "secret\n"), "fault", "token", "no random UUID", "Remove it"),
    "no .gitignore": (lambda home: (home / ".gitignore").unlink(), "warning", "home folder", ".gitignore", "Start"),
    "damaged keys": (_write("keys.json", "{"), "fault", "credentials", "keys.json is damaged", "Remove it"),
    "no TOML": (_write("config.toml", "[core\n"), "fault", "settings", "config.toml: Expected", "Mend the file"),
    "misspelt key": (
        _write("config.toml", "[core]\nday_strat = '04:00'\n"),
        *("fault", "settings", "config.toml: [core] has no key day_strat", "Did you mean day_start?"),
    ),
    "misspelt table": (
        _write("config.toml", "[store_sqlit]\npath = 'x'\n"),
        *("fault", "settings", "[store_sqlit] is no plugin's table", "Did you mean store_sqlite?"),
    ),
    "wrong value": (
        _write("config.toml", "[ingest_http]\nthreads = 1\n"),
        *("fault", "settings", "[ingest_http] 'threads' must be", "Keys of [ingest_http]"),
    ),
    "a range that is none": (
        _write("config.toml", "[core]\nexclude_paths = ['x/[z-a]']\n"),
        *("fault", "settings", "core.exclude_paths: pattern 1 of 1 can't be read", ".gitignore file"),
    ),
    "a pattern that is none": (
        _write("config.toml", "[core]\nexclude_paths = ['*.key', 'x\\']\n"),
        *("fault", "settings", "core.exclude_paths: pattern 2 of 2 can't be read", ".gitignore file"),
    ),
    "a home folder of nobody": (
        _write("config.toml", "[backups]\nfolder = '~nobody-of-that-name/b'\n"),
        *("fault", "settings", "[backups] folder begins at the home folder of nobody known here", "Keys of [backups]"),
    ),
    "no such rule": (
        _write("config.toml", "[core]\nrule = 'guess'\n"),
        *("fault", "plugins", "the settings ask for 'guess'", "Offered: join_gaps"),
    ),
    "no marker": (
        lambda home: (home / "timecode.db.state").unlink(),
        *("warning", "database file", "nothing tells how it was last closed", "looked through"),
    ),
    "hard link": (_link, "fault", "database file", "second name", "Remove the other name"),
    "hard link to a name with a quote": (
        _links,
        *("fault", "database file", "second name", """it'"'"'s.db'), or copy the file"""),
    ),
    "lost database": (
        lambda home: (home / "timecode.db").unlink(),
        *("fault", "database", "is gone or empty", "`timecode restore FILE`"),
    ),
    "damaged totals": (_damage("agg_daily"), "fault", "integrity", "the file is damaged", "`timecode recover`"),
    "damaged events": (_damage("events"), "fault", "database", "the file is damaged", "`timecode restore FILE`"),
    "lost index": (
        _sql("DROP INDEX events_with_duration"),
        *("fault", "integrity", "events_with_duration is missing", "`timecode rebuild`"),
    ),
    "no database": (
        _write("timecode.db", "no database at all " * 1000),
        *("fault", "database", "no SQLite database", "`timecode restore FILE`"),
    ),
    "changed totals": (
        _sql("UPDATE agg_daily SET time = time + 1"),
        *("fault", "integrity", "totals of daily that are not what the events say", "`timecode rebuild`"),
    ),
    "no backups": (
        lambda home: shutil.rmtree(home / "backups"),
        *("warning", "backups", "there are none in", "`timecode backup`"),
    ),
    "old backups": (_outdated, "warning", "backups", "the newest of 2023-11-01 12:00", "`timecode backup`"),
    "a damaged backup": (_spoiled, "fault", "backups", "is damaged: it can't be unpacked", "remove it"),
    "a backup of nothing": (_zeroed, "fault", "backups", "does not begin as a packed file", "remove it"),
    "another home's backups": (
        _of_another_home,
        *("fault", "backups", "are another home's", "Choose another folder in [backups]"),
    ),
    "logs that are no folder": (_write("logs", ""), "fault", "log", "the service can write no log", "Move it away"),
    "too many backups": (_too_many_backups, "warning", "backups", "1.0 of 1 MiB, the newest of 2023-11-15", "most_mb"),
}


@pytest.mark.parametrize("case", _CASES)
def test_what_is_wrong_is_told_with_what_helps_and_left_as_it_is(home: Path, case: str) -> None:
    deed, severity, topic, text, remedy = _CASES[case]
    deed(home)
    before = snapshot(home)
    code, found = ill(home)
    fitting = [one for one in found if (one.severity, one.topic) == (severity, topic) and text in one.text]
    assert fitting, found
    assert any(remedy in one.remedy for one in fitting), fitting
    assert all(one.remedy for one in found), "each has one"
    assert code == (4 if any(one.severity == "fault" for one in found) else 3)
    assert snapshot(home) == before


@posix
@pytest.mark.parametrize(
    ("name", "mode", "topic", "remedy"),
    [
        (".", 0o755, "home folder", "chmod 700"),
        ("hash_key", 0o644, "home folder", "chmod 600"),
        ("token", 0o640, "credentials", "chmod 600"),
        ("keys.json", 0o604, "credentials", "chmod 600"),
        ("timecode.db", 0o644, "database file", "chmod 600"),
    ],
)
def test_what_others_could_read_is_told_with_the_command_that_closes_it(
    home: Path, name: str, mode: int, topic: str, remedy: str
) -> None:
    """Each alone, and following the remedy is all that it takes, whatever the folder's name."""
    home = home.rename(home.with_name("it's my home"))
    if not (home / name).exists():
        _write(name, '{"rows": []}\n')(home)
    (home / name).chmod(mode)
    code, (found,) = ill(home, "--quick")
    assert (code, found.severity, found.topic) == (3, "warning", topic)
    assert remedy in found.remedy
    subprocess.run(["sh", "-c", found.remedy.partition("un: ")[2]], check=True)
    assert ill(home, "--quick") == (0, [])


@posix
@pytest.mark.parametrize(
    ("name", "topic", "lost"),
    [
        (".", "home folder", "nothing can be stored or backed up"),
        ("timecode.db", "database", "nothing more can be stored"),
        ("logs", "log", "what the service has to tell is lost"),
    ],
)
def test_what_cannot_be_written_is_told_with_the_command_that_helps(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str, topic: str, lost: str
) -> None:
    """All that is asked for can be read, so that all seems well until the service is to store something."""
    (home / "logs").mkdir(exist_ok=True)
    access = os.access
    spared = home / name
    monkeypatch.setattr(os, "access", lambda path, mode, **more: path != spared and access(path, mode, **more))
    code, (found,) = ill(home, "--quick")
    assert (code, found.topic) == (4, topic)
    assert found.text == f"{spared} can't be written: {lost}"
    assert found.remedy == f"Run: chmod u+w {spared}"


def test_a_backup_that_is_thinned_out_meanwhile_is_passed_over(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service goes on, and each is read through for a while."""

    def late(source: Path, progress: Progress) -> None:
        source.unlink()
        check_packed(source, progress)

    monkeypatch.setattr("timecode_core.commands.doctor.check_packed", late)
    assert ill(home) == (0, [])


def test_rebuild_is_the_remedy_where_it_is_told(home: Path) -> None:
    """And what --quick leaves out is what finds it."""
    _sql("UPDATE agg_daily SET time = time + 1")(home)
    (home / "timecode.db.state").unlink()
    assert command(home, "rebuild")[0] == 0
    assert ill(home) == (0, [])
    with WriteLock(Home(home)):
        _sql("UPDATE agg_daily SET time = time + 1")(home)
    assert [one.topic for one in ill(home, "--quick")[1]] == ["database file"], "it is another file than was closed"
    assert "integrity" in [one.topic for one in ill(home)[1]]


def test_wrong_settings_cost_no_more_than_themselves(home: Path) -> None:
    """All that is wrong is told at once, and the rest of the house is looked at by what is right."""
    (home / "timecode.db").rename(home / "mine.db")
    (home / "timecode.db.state").rename(home / "mine.db.state")
    text = "[core]\ncolour = 1\nweek_start = 'x'\n[store_sqlite]\npath = 'mine.db'\nspeed = 2\n[ingest]\nport = 1\n"
    _write("config.toml", text)(home)
    code, output, _ = command(home, "doctor")
    told = [one for one in findings(output) if one.severity == "fault"]
    assert (code, {one.topic for one in told}) == (4, {"settings"})
    assert len(told) == 3
    for words in (
        "[core] has no key colour; week_start must be",
        "[store_sqlite] has no key speed",
        "[ingest] is no plugin's",
    ):
        assert any(words in one.text for one in told), words
    assert "500 events" in output
    assert command(home, "today")[0] == 1, "other commands stop"


def test_the_exit_code_tells_the_severest(home: Path) -> None:
    """As a script sees it."""
    settings = {"export_png__chromium": sys.executable, "export_png__chromedriver": sys.executable}
    settings |= {"ingest_http__port": str(free_port())}
    (home / ".gitignore").unlink()
    assert timecode(home, "doctor", "--quick", **settings).returncode == 3
    told = timecode(home, "doctor", "--quick", **settings, core__timezone="Mars/Olympus")
    assert (told.returncode, told.stdout.splitlines()[-1], told.stderr) == (4, "1 fault and 1 warning.", "")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", pytest.param("::1", marks=pytest.mark.skipif(not has_ipv6(), reason="no ::1 here"))]
)
def test_a_port_that_another_program_holds_is_a_fault(home: Path, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    """On either address: the service takes both."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, free_port()), family=family) as squatter:
        port = squatter.getsockname()[1]
        monkeypatch.setenv("TIMECODE_INGEST_HTTP__PORT", str(port))
        code, (found,) = ill(home, "--quick")
    assert (code, found.topic) == (4, "port")
    assert f"{port} is in use" in found.text


def test_a_lock_that_is_held_by_who_does_not_answer_is_told_with_its_holder(home: Path) -> None:
    with WriteLock(Home(home)) as lock:
        lock.acquire("serve on port 1")
        code, (found,) = ill(home, "--quick")
    assert (code, found.topic) == (3, "service")
    assert f"timecode serve on port 1 (process {os.getpid()})" in found.text
    assert "timecode stop" in found.remedy
    with WriteLock(Home(home)) as lock:
        lock.acquire("rebuild")
        assert ill(home, "--quick")[1][0].remedy == "Wait for that to end."


@pytest.mark.parametrize(("free", "severity"), [(256 * _MIB + 1000, "warning"), (_MIB, "fault"), (300 * _MIB, None)])
def test_a_disk_that_is_nearly_full_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch, free: int, severity: str | None
) -> None:
    """A rebuild or a backup takes as much again as the database, and that is not to be the last."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=free))
    assert [(one.topic, one.severity) for one in ill(home, "--quick")[1]] == ([("disk", severity)] if severity else [])


def test_a_zone_that_nobody_knows_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berln")
    monkeypatch.setenv("TIMECODE_HOME", str(home))
    told = CliRunner().invoke(build_group(Installation.load()), ["doctor", "--quick"])
    (found,) = (one for one in findings(told.output) if one.topic == "zone")
    assert found.severity == "warning"
    assert "Set TZ to" in found.remedy


@posix
@pytest.mark.parametrize(
    ("browser", "driver", "words"),
    [
        ("Chromium 156.0.8078.108 built on", "ChromeDriver 155.0.1.2 (x)", ("of version 156", "of 155")),
        ("", None, ("cannot be found",)),
        ("Chromium 156.0.8078.108", "ChromeDriver 156.0.1.2", ()),
    ],
)
def test_chromium_and_its_driver_must_be_there_in_one_version(
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    browser: str,
    driver: str | None,
    words: tuple[str, ...],
) -> None:
    """Without them everything works but the pictures: a warning."""
    for name, told in (("chromium", browser), ("chromedriver", driver)):
        monkeypatch.setenv(f"TIMECODE_EXPORT_PNG__{name.upper()}", str(tmp_path / name))
        if told is not None:
            (tmp_path / name).write_text(f"#!/bin/sh\necho '{told}'\n", encoding="ascii")
            (tmp_path / name).chmod(0o755)
    code, found = ill(home, "--quick")
    assert (code, [one.topic for one in found]) == ((3, ["pictures"]) if words else (0, []))
    assert all(word in found[0].text for word in words)


class _Failing:
    """A plugin whose look at itself fails, and what it has to say besides."""

    @hookimpl
    def timecode_findings(self, installation: Installation) -> list[Finding]:  # noqa: ARG002
        raise RuntimeError("no glasses")


class _Complaining:
    @hookimpl
    def timecode_findings(self, installation: Installation) -> list[Finding]:
        return [Finding("toner", f"is low in {installation.home.path.name}\x1b[2J", "warning", "Buy some.")]


def test_an_error_as_a_finding_has_its_remedy_or_another() -> None:
    """A fault, unless it is said to be less."""
    error = StoreError("it is lost.", remedy="Look for it.")
    assert Finding.of("x", error, otherwise="Ask.") == Finding("x", "it is lost", "fault", "Look for it.")
    assert Finding.of("x", StoreError("it is lost."), otherwise="Ask.").remedy == "Ask."
    assert Finding.of("x", error, "warning").severity == "warning"


def test_plugins_say_how_they_are_and_one_that_fails_costs_the_others_nothing(home: Path) -> None:
    """But it is a fault: nothing tells how it is. Nor can what they say steer the terminal."""
    plugins = Plugins()
    plugins.register(_Failing(), "failing")
    plugins.register(_Complaining(), "printer")
    group = build_group(Installation(Home(home), None, plugins))
    told = CliRunner().invoke(group, ["doctor", "--quick"])
    found = {one.topic: one for one in findings(told.output) if one.severity != "ok"}
    assert (told.exit_code, sorted(found)) == (4, ["plugins", "toner"])
    assert (found["toner"].text, found["toner"].remedy) == ("is low in home�[2J", "Buy some.")
    assert "failing: timecode_findings: RuntimeError: no glasses" in found["plugins"].text


@frozen
class _Demanding:
    address: str


class _Speaking:
    """A plugin with a table of its own, in which a key must be there."""

    @hookimpl
    def timecode_settings(self) -> list[SettingsTable]:
        return [SettingsTable("speaking", _Demanding)]


def test_a_key_that_must_be_there_and_is_not_is_told_and_the_rest_looked_at(home: Path) -> None:
    plugins = Plugins()
    plugins.register(_Speaking(), "speaking")
    group = build_group(Installation(Home(home), None, plugins))
    told = CliRunner().invoke(group, ["doctor", "--quick"])
    (found,) = (one for one in findings(told.output) if one.severity != "ok")
    assert (told.exit_code, found.topic) == (4, "settings")
    assert "[speaking] address is missing" in found.text
    assert "500 events" in told.output
    listed = CliRunner().invoke(group, ["config"])
    assert listed.exit_code == 1
    assert "[store_sqlite]" in listed.stdout
    assert "[speaking] address is missing" in listed.stderr


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that another user can reach, unlike pytest's."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="needs to become another user")
@pytest.mark.parametrize("mode", [0o700, 0o755])
def test_a_home_of_somebody_else_is_told_by_each_part(base: Path, folder: Path, mode: int) -> None:
    """Nothing of it is touched, nor is anything a traceback."""
    home = copied(base, "foreign")
    home = Path(shutil.move(home, folder / "home"))
    home.chmod(mode)
    before = snapshot(home)
    code = (
        "import _strptime, os, sys; sys.path[:0] = sys.argv[1:]; from pathlib import Path;"
        "from system.damage import command; command(Path(sys.argv[-1]), 'doctor');"  # imports what it needs
        "command(Path(sys.argv[-1]), 'status');"
        f"exec({BECOME_NOBODY!r});"
        "told = [command(Path(os.environ['HERE']), *words) for words in (['doctor', '--quick'], ['status'])];"
        "print(told[0][1], *told[0][2:], told[1][0], told[1][2]); sys.exit(told[0][0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *sys.path, str(folder / "nobodys")],
        env={**os.environ, "HERE": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (4, "")
    assert "Traceback" not in done.stdout
    expected = "can't be read: Permission denied" if mode == 0o700 else "belongs to the user with the number 0"
    assert f"{home} {expected}" in done.stdout, done.stdout
    assert "Error" not in done.stdout, done.stdout
    assert snapshot(home) == before
