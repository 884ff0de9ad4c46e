"""Damage to a database at rest, and whether each is served right or refused with a remedy."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import struct
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

import apsw
from support.installations import running
from timecode_core.cli import main
from timecode_core.errors import TimecodeError

PAGE = 4096
DATABASE = "timecode.db"
_BEATS = 3_000
_LEAVES = (0x0A, 0x0D)


def beats(count: int = _BEATS, seed: int = 0) -> list[dict[str, Any]]:
    """Invented work of some weeks, in several projects, some of it with durations."""
    rng = random.Random(seed)
    time = 1_700_000_000
    made = []
    for _ in range(count):
        time += rng.choice((20, 60, 120, 300, 5_000))
        project = f"p{rng.randrange(6)}"
        made.append(
            {
                "time": time,
                "entity": f"{project}/{rng.randrange(40)}.py",
                "project": project,
                "branch": f"b{rng.randrange(3)}",
                "language": "Python",
                "duration": rng.choice((0, 0, 30)),
                "source": rng.choice(("http", "editor")),
            }
        )
    return made


def build(home: Path, *, unfolded: bool = False) -> None:
    """Make a home whose database was closed in good order; or, `unfolded`, as a kill -9 leaves it, with a log."""
    living = home.with_name(f"{home.name}-living")
    with running(living) as service:
        made = beats()
        service.submit(made[:2000] if unfolded else made, "test")
        if unfolded:
            for begin in range(2000, len(made), 20):
                service.submit(made[begin : begin + 20], "test")
            shutil.copytree(living, home)
    if not unfolded:
        shutil.copytree(living, home, copy_function=shutil.copy2)


# --- Kinds of damage


def _flip_a_bit(content: bytearray, rng: random.Random) -> None:
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)


def _overwrite_bytes(content: bytearray, rng: random.Random) -> None:
    at, size = rng.randrange(len(content)), rng.randrange(1, 64)
    content[at : at + size] = rng.randbytes(min(size, len(content) - at))


def _zero_a_sector(content: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(content) // 512) * 512
    content[at : at + 512] = bytes(512)


def _zero_a_page(content: bytearray, rng: random.Random) -> None:
    at = rng.randrange(max(1, len(content) // PAGE)) * PAGE
    content[at : at + PAGE] = bytes(min(PAGE, len(content) - at))


def _truncate(content: bytearray, rng: random.Random) -> None:
    del content[rng.randrange(len(content)) :]


def _truncate_to_a_page(content: bytearray, rng: random.Random) -> None:
    del content[rng.randrange(len(content) // PAGE) * PAGE :]


def _swap_keys(content: bytearray, rng: random.Random) -> None:
    """Exchange two cells of a leaf: its keys are out of order then."""
    leaves = [at for at in range(PAGE, len(content), PAGE) if content[at] in _LEAVES]
    leaves = [at for at in leaves if struct.unpack_from(">H", content, at + 3)[0] > 1]
    at = rng.choice(leaves)
    (cells,) = struct.unpack_from(">H", content, at + 3)
    one = at + 8 + 2 * rng.randrange(cells - 1)
    content[one : one + 4] = content[one + 2 : one + 4] + content[one : one + 2]


def _mistake_a_page(content: bytearray, rng: random.Random) -> None:
    """Put one page in the place of another."""
    pages = len(content) // PAGE
    one, other = rng.randrange(1, pages) * PAGE, rng.randrange(1, pages) * PAGE
    content[one : one + PAGE] = content[other : other + PAGE]


IN_BYTES: tuple[Callable[[bytearray, random.Random], None], ...] = (
    _flip_a_bit, _flip_a_bit, _flip_a_bit, _overwrite_bytes, _zero_a_sector, _zero_a_page, _truncate,
    _truncate_to_a_page, _swap_keys, _swap_keys, _mistake_a_page,
)  # fmt: skip
IN_THE_LOG = (_flip_a_bit, _overwrite_bytes, _zero_a_sector, _zero_a_page, _truncate)
IN_ROWS = (
    "DELETE FROM sqlite_schema WHERE name = 'events_with_duration'",
    "DELETE FROM sqlite_schema WHERE name = 'agg_daily'",
    "DELETE FROM sqlite_schema WHERE name = 'contexts'",
    "UPDATE sqlite_schema SET rootpage = rootpage + 1 WHERE name = 'agg_daily'",
    "UPDATE sqlite_schema SET rootpage = 3 WHERE name = 'events'",
    "UPDATE sqlite_schema SET sql = replace(sql, 'WHERE duration > 0', '') WHERE name = 'events_with_duration'",
    "UPDATE sqlite_schema SET sql = 'CREATE TABLE metadata (key TEXT, value TEXT)' WHERE name = 'metadata'",
    "UPDATE sqlite_schema SET sql = 'no sql' WHERE name = 'state'",
    "DELETE FROM sqlite_sequence",
    "UPDATE sqlite_sequence SET seq = -5",
)


def damage(home: Path, seed: int) -> str:
    """Damage the database in a way that the seed chooses. Says how."""
    rng = random.Random(seed)
    path = home / DATABASE
    if rng.random() < 0.1:
        statement = rng.choice(IN_ROWS)
        execute(path, statement)
        return statement
    kind = rng.choice(IN_BYTES)
    edit(path, kind, rng)
    return kind.__name__


def execute(path: Path, statement: str) -> None:
    """Run a statement on a database, be it on SQLite's own tables."""
    connection = apsw.Connection(str(path))
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 0)
    connection.execute("PRAGMA writable_schema = ON; PRAGMA journal_mode = DELETE").fetchall()
    with suppress(apsw.Error):
        connection.execute(statement).fetchall()
    connection.close()


def damage_log(home: Path, seed: int) -> str:
    """Damage the log that a kill -9 has left. Says how."""
    rng = random.Random(seed)
    kind = rng.choice(IN_THE_LOG)
    edit(home / f"{DATABASE}-wal", kind, rng)
    return kind.__name__


def edit(path: Path, kind: Callable[[bytearray, random.Random], None], rng: random.Random) -> None:
    """Damage a file by one of the kinds."""
    content = bytearray(path.read_bytes())
    kind(content, rng)
    path.write_bytes(content)


# --- What is made of it


def command(home: Path, *words: str) -> tuple[int, str, str]:
    """Run a command in this process: its exit code, output and errors. Whatever else it raises is a traceback."""
    settings = {"TIMECODE_HOME": str(home), "TIMECODE_CORE__TIMEZONE": "UTC", "TIMECODE_CORE__PATHS": "absolute"}
    output, errors = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    code = 0
    with patch.dict(os.environ, settings), redirect_stdout(output), redirect_stderr(errors):
        try:
            main(list(words))
        except SystemExit as ending:
            code = int(ending.code or 0)
    output.flush()
    assert isinstance(output.buffer, io.BytesIO)
    return code, output.buffer.getvalue().decode(), errors.getvalue().strip()


def answers(home: Path) -> tuple[Any, ...] | str:
    """Totals by project and day, and the ids of all events, as the commands print them; or the first refusal's line.

    Raises AssertionError for one that is more than a line, or has no remedy behind what it says.
    """
    found: list[Any] = []
    for words in (
        ("report", "--period", "all", "--by", "day,project", "--format", "json"),
        ("report", "--period", "all", "--by", "", "--format", "json"),
        ("events", "--period", "all"),
    ):
        code, output, errors = command(home, *words)
        if code:
            assert code == 1, (words, code, errors)
            assert len(errors.splitlines()) == 1, (words, errors)
            assert errors.startswith("timecode: "), (words, errors)
            assert ". " in errors, (words, errors)
            return errors
        lines = [json.loads(line) for line in output.splitlines()]
        found.append([line["id"] for line in lines] if words[0] == "events" else lines)
    return tuple(found)


def served(home: Path) -> str:
    """Start a service on it in this process, and store an event. Says why not, where it refuses."""
    try:
        with running(home) as service:
            try:
                receipt = service.submit([{"time": 1_600_000_000, "entity": "new.py", "project": "new"}], "test")
            except TimecodeError as error:
                return str(error)
            assert receipt.count("stored") == 1
            return ""
    except TimecodeError as error:
        return str(error)


def right(home: Path) -> tuple[Any, ...]:
    """The answers of a home that is sound."""
    found = answers(home)
    assert not isinstance(found, str), found
    return found


def copied(home: Path, name: str) -> Path:
    """A copy of a home, beside it, with its files' times: as it was left."""
    copy = home.with_name(name)
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(home, copy, copy_function=shutil.copy2)
    return copy


def judged(base: Path, good: tuple[Any, ...] | None, seed: int, ruin: Callable[[Path, int], str]) -> str:
    """Damage a copy of `base` and try everything on it. Says what came of it; AssertionError for what must not be.

    `good` are the right answers; None where some of the last work may be gone, as long as what is left adds up.
    """
    home = copied(base, f"damaged-{seed}")
    how = f"{ruin(home, seed)} (seed {seed})"
    served_one, mended_one = copied(home, f"served-{seed}"), copied(home, f"mended-{seed}")
    try:
        found = answers(home)
        refused = isinstance(found, str)
        code, _, errors = command(home, "verify")
        unreadable = "no UTF-8" in errors  # costs only what meets it: all else is answered, and it is told
        if refused:
            assert code == 1, f"{how}: refused, and verify finds nothing"
        else:
            assert good is None or found == good, f"{how}: wrong answers without a word"
            assert code == unreadable, f"{how}: answered, and verify finds something: {errors}"
        why = served(served_one)
        met = unreadable and not why  # by who lists events; a service tells it, and serves the rest
        assert bool(why) == refused or met, f"{how}: commands and service disagree: {found if refused else ''} {why}"
        if not why:
            assert command(served_one, "verify")[0] == unreadable, f"{how}: served, and then damaged"
        code, _, errors = command(mended_one, "rebuild")
        assert code == 0 or len(errors.splitlines()) == 1, f"{how}: {errors}"
        mended = code == 0
        assert not mended or command(mended_one, "verify")[0] == 0, f"{how}: rebuild says it is well, and it is not"
    finally:
        for copy in (home, served_one, mended_one):
            shutil.rmtree(copy)
    return f"{'refused' if refused else 'served'}, {'mended' if mended else 'not mended'} by rebuild"
