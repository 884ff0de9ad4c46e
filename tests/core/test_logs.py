"""The log's file and `timecode logs`: rotated, bounded, followed, and told in lines that nobody can forge."""

from __future__ import annotations

import io
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.server import environment, timecode
from timecode_core.errors import TimecodeError
from timecode_core.setup.home import Home
from timecode_core.setup.logbook import FILES, SIZE, Logbook, log_files

LINE = "x" * 4000


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.make()
    return made


@pytest.fixture
def errors(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Standard error, which is no terminal."""
    monkeypatch.setattr(sys, "stderr", errors := io.StringIO())
    return errors


@pytest.fixture
def logbook(home: Home, errors: io.StringIO) -> Iterator[Logbook]:
    """A logbook of this process, and the loggers as they were afterwards."""
    root, ours = logging.getLogger(), logging.getLogger("timecode")
    kept, raises = list(root.handlers), logging.raiseExceptions
    yield Logbook.begin(home, "info")
    root.handlers, logging.raiseExceptions = kept, raises
    ours.setLevel(logging.NOTSET)


def lines(home: Home) -> list[str]:
    return log_files(home)[0].read_text(encoding="utf-8").splitlines()


def test_it_is_rotated_by_the_process_that_serves_alone(home: Home, logbook: Logbook) -> None:
    """Five files of a MiB at most, the newest lines in the first; until it is taken over it grows."""
    log = logging.getLogger("timecode.test")
    first, *older = log_files(home)
    for _ in range(300):
        log.info(LINE)
    assert first.stat().st_size > SIZE
    assert not any(path.exists() for path in older)
    logbook.take_over()
    for number in range(FILES * 300):
        log.info("%d %s", number, LINE)
    assert sorted(path.name for path in first.parent.iterdir()) == sorted(path.name for path in (first, *older))
    assert all(SIZE * 0.9 < path.stat().st_size <= SIZE for path in older[:-1])
    assert first.stat().st_size <= SIZE
    assert f"{FILES * 300 - 1} xxx" in lines(home)[-1]
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in (first, *older))


def test_there_is_room_at_each_start(home: Home, logbook: Logbook) -> None:
    """A service that can't start is started again and again, and says why each time."""
    first, second, *older = log_files(home)
    for _ in range(300):
        logging.getLogger("timecode.test").info(LINE)
    Logbook.begin(home, "info")
    assert second.stat().st_size > SIZE
    assert not any(path.exists() for path in (first, *older))
    Logbook.begin(home, "info")
    assert not any(path.exists() for path in older), "there is room enough"


def test_nobody_can_forge_a_line_or_steer_a_terminal(home: Home, logbook: Logbook) -> None:
    """What follows in a message's further lines is set off, what is long is cut, what steers is replaced."""
    log = logging.getLogger("timecode.test")
    log.warning("a\n2026-01-01T00:00:00+00:00 error timecode.service: forged\x1b[31m\r%s", "y" * 100_000)
    first, *rest = lines(home)
    assert first.endswith(" warning timecode.test: a")
    assert len(rest) == 1
    assert rest[0].startswith("    2026-01-01T00:00:00+00:00 error timecode.service: forged�[31m�yyy")
    assert len(rest[0]) < 8100


def test_of_others_the_numbers_are_told_and_nothing_else(home: Home, logbook: Logbook, errors: io.StringIO) -> None:
    """A library's record may be about anything; one that is no warning isn't kept at all. A journal gets the same."""
    log = logging.getLogger("elsewhere")
    log.info("Zxq7")
    log.warning("%s took %d ms", "Zxq7", 12)
    log.warning("Zxq7 took long")
    log.warning("%d Zxq7", "Zxq7")
    told = [line.split(": ", 1)[1] for line in lines(home)]
    here = "something in test_logs.py, test_of_others_the_numbers_are_told_and_nothing_else"
    assert told == ["… took 12 ms", here, here]
    assert errors.getvalue().splitlines() == lines(home)


def fail() -> None:
    raise ValueError("Zxq7") from KeyError("Zxq7")


def test_of_an_exception_the_kind_and_the_way_are_told(home: Home, logbook: Logbook, errors: io.StringIO) -> None:
    """And of what led to it; their texts hold whatever they were about, which is no affair of a journal, either."""
    here = "test_of_an_exception_the_kind_and_the_way_are_told"
    try:
        fail()
    except ValueError:
        logging.getLogger("timecode.test").exception("it failed")
    told = lines(home)
    assert [line.strip() for line in told if "test_logs.py" not in line][1:] == ["ValueError", "KeyError"]
    assert [line.split()[-1] for line in told if "test_logs.py" in line] == [here, "fail"]
    assert "Zxq7" not in "".join(told)
    assert errors.getvalue().splitlines() == told


def test_a_record_that_can_t_be_told_is_left_out(home: Home, logbook: Logbook) -> None:
    """It is our mistake, and no reason to fail where the record was made."""
    logging.getLogger("timecode.test").warning("%d", "no number")
    logging.getLogger("timecode.test").warning("on it goes")
    assert [line.split(": ", 1)[1] for line in lines(home)] == ["on it goes"]


def test_a_home_that_was_removed_is_not_made_again(home: Home, logbook: Logbook) -> None:
    """Who takes it away means it."""
    (home.path / ".gitignore").unlink()
    home.path.rmdir()
    logging.getLogger("timecode.test").warning("x")
    assert not home.path.exists()


def test_an_error_that_ends_the_service_is_noted_once(home: Home, logbook: Logbook) -> None:
    """However many rooms it passes through."""
    with pytest.raises(TimecodeError), logbook.noting(), logbook.noting():
        raise TimecodeError("the port is taken.", remedy="Choose another.")
    (line,) = lines(home)
    assert line.endswith("error timecode.service: the service could not start: the port is taken. Choose another.")


def put(home: Home, number: int, text: str) -> None:
    path = log_files(home)[number]
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_the_newest_lines_are_printed_across_the_files(home: Home) -> None:
    """As many as are asked for, the newest last, with nothing that steers a terminal."""
    put(home, 2, "1\n2\n")
    put(home, 1, "3\n4\n")
    put(home, 0, "5\n\x1b6\n")
    assert timecode(home.path, "logs").stdout == "1\n2\n3\n4\n5\n�6\n"
    assert timecode(home.path, "logs", "--lines", "3").stdout == "4\n5\n�6\n"
    assert timecode(home.path, "logs", "-n", "0").stdout == ""


def test_where_there_is_no_log_that_is_said(home: Home) -> None:
    """In one line, and it is no error."""
    done = timecode(home.path, "logs")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "There is no log yet: the service writes one where its output is no terminal.\n"


def test_a_log_is_followed_across_a_rotation(home: Home) -> None:
    """Nothing is left out and nothing comes twice, not even a line that was half written at the last look."""
    put(home, 0, "old\n")
    command = [sys.executable, "-m", "timecode_core", "logs", "--follow", "--lines", "1"]
    with subprocess.Popen(command, env=environment(home.path), stdout=subprocess.PIPE, text=True) as follower:
        assert follower.stdout is not None
        try:
            assert follower.stdout.readline() == "old\n"
            first, second, *_ = log_files(home)
            with first.open("a", encoding="utf-8") as file:
                file.write("a\nha")
            assert follower.stdout.readline() == "a\n"
            with first.open("a", encoding="utf-8") as file:
                file.write("lf\nlast\n")
            first.rename(second)
            put(home, 0, "next\n")
            assert [follower.stdout.readline() for _ in range(3)] == ["half\n", "last\n", "next\n"]
            with first.open("a", encoding="utf-8") as file:
                file.write("one that is longer than all that the file before it held\n")
            assert follower.stdout.readline() == "one that is longer than all that the file before it held\n"
            follower.send_signal(2)
            assert follower.wait(60) == 0
        finally:
            follower.kill()


def test_the_log_makes_no_folder_ours(tmp_path: Path) -> None:
    """Anybody may have a folder of that name."""
    used = tmp_path / "used"
    (used / "logs").mkdir(parents=True)
    used.chmod(0o755)
    Home(used).make()
    (used / "thesis.tex").touch()
    used.chmod(0o755)
    (used / ".gitignore").unlink()
    with pytest.raises(TimecodeError, match=r"it holds 'thesis.tex'\."):
        Home(used).make()
