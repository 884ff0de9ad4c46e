"""Whatever somebody changes in the database by hand, `verify` sees, and `rebuild` mends as far as the events tell."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from support.installations import fresh_home, running
from system.damage import answers, beats, build, command, right, served

_SWAPPED_COUNTS = """
UPDATE contexts SET events = (SELECT events FROM contexts c WHERE events > 0 AND c.id <> contexts.id AND
    c.events <> contexts.events LIMIT 1) WHERE id = (SELECT min(id) FROM contexts WHERE events > 0)
"""
MENDED = {
    "an altered event": "UPDATE events SET entity = 'other.py' WHERE time = (SELECT min(time) FROM events)",
    "an event taken out": "DELETE FROM events WHERE time = (SELECT max(time) FROM events)",
    "a microsecond too much": "UPDATE agg_daily SET time = time + 1 WHERE day IN (SELECT min(day) FROM agg_daily)",
    "a cell of a far day": "INSERT INTO agg_daily SELECT 100000000, context, time FROM agg_daily LIMIT 1",
    "a cell of the far past": "INSERT INTO agg_hourly SELECT -100000000, context, hour, time FROM agg_hourly LIMIT 1",
    "a cell whose context is none": "INSERT INTO agg_daily SELECT day, 999999, time FROM agg_daily LIMIT 1",
    "a context that counts wrongly": _SWAPPED_COUNTS,
    "no row of state": "DELETE FROM state",
    "no table of state": "DROP TABLE state",
    "another source": "UPDATE contexts SET source = 'elsewhere' WHERE id = (SELECT max(context) FROM events)",
    "another project": "UPDATE contexts SET project = 'renamed' WHERE id = (SELECT max(context) FROM events)",
    "an index taken out": "DROP INDEX events_with_duration",
    "an index of an aggregation taken out": "DROP INDEX agg_daily_empty",
    "an aggregation's table taken out": "DROP TABLE agg_hourly",
    "an aggregation forgotten": "DELETE FROM aggregations WHERE name = 'entities'",
    "an aggregation's columns that are none": "UPDATE aggregations SET columns = '{' WHERE name = 'daily'",
    "an index too many": "CREATE INDEX more ON events (entity)",
    "a trigger": "CREATE TRIGGER t AFTER INSERT ON events BEGIN DELETE FROM events WHERE time < 0; END",
}
UNMENDED = {
    "a context taken out": "DELETE FROM contexts WHERE id = (SELECT context FROM events LIMIT 1)",
    "a table of somebody's": "CREATE TABLE theirs (x TEXT)",
}
"""What they were before, the events can't tell."""


@pytest.fixture(scope="module")
def base() -> Iterator[Path]:
    with fresh_home() as home:
        build(home)
        yield home


@pytest.fixture
def home(base: Path) -> Iterator[Path]:
    copy = base.with_name("copy")
    shutil.copytree(base, copy, copy_function=shutil.copy2)
    yield copy
    shutil.rmtree(copy)


def edit(home: Path, statement: str) -> None:
    database = apsw.Connection(str(home / "timecode.db"))
    database.execute(statement)
    database.close()


@pytest.mark.parametrize("what", MENDED)
def test_what_the_events_tell_is_seen_and_mended(home: Path, what: str) -> None:
    """Nothing is answered before; afterwards everything is, and adds up."""
    edit(home, MENDED[what])
    code, output, errors = command(home, "verify")
    assert (code, len(errors.splitlines())) == (1, 1), output
    assert isinstance(answers(home), str)
    assert command(home, "rebuild")[0] == 0
    assert command(home, "verify")[0] == 0
    right(home)


def test_a_rebuild_says_what_is_lost_and_what_was_changed(home: Path) -> None:
    """Events that must have been there, and those that are kept though they were altered."""
    edit(home, MENDED["an altered event"])
    edit(home, MENDED["an event taken out"])
    output = command(home, "rebuild")[1]
    assert "counted 3,000 events, and there are 2,999" in output
    assert "are kept as they are, with new ids: 1." in output


@pytest.mark.parametrize(("what", "renamed"), [("another source", False), ("another project", True)])
def test_a_rebuild_says_that_labels_were_changed(home: Path, what: str, renamed: bool) -> None:
    """What they were nobody can tell: whoever rebuilds takes them as they are, and is told of it."""
    edit(home, MENDED[what])
    output = command(home, "rebuild")[1]
    assert "Labels that many events share were changed, and are kept as they are: 1." in output
    assert ("with new ids" in output) == renamed


def test_events_that_have_each_others_content_are_both_kept(home: Path) -> None:
    """Their new ids are those that the other one had."""
    with running(home) as service:
        pair = [{"time": 1_600_000_000, "entity": name} for name in ("one.py", "two.py")]
        assert service.submit(pair, "test").count("stored") == 2
    edit(
        home,
        "UPDATE events SET entity = CASE entity WHEN 'one.py' THEN 'two.py' ELSE 'one.py' END "
        "WHERE entity IN ('one.py', 'two.py')",
    )
    assert command(home, "rebuild")[0] == 0
    assert command(home, "verify")[0] == 0
    printed = command(home, "events", "--from", "2020-09-13", "--to", "2020-09-13")[1]
    assert sorted(json.loads(line)["entity"] for line in printed.splitlines()) == ["one.py", "two.py"]


@pytest.mark.parametrize("column", ["duration", "utc_offset"])
def test_a_number_that_is_none_is_damage(home: Path, column: str) -> None:
    """As a bit that fell over makes of one: each command says so in a line."""
    strict, loose = f"{column} INTEGER NOT NULL", f"{column} INTEGER"
    change = (
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, '{}', '{}') WHERE name = 'events'"
    )
    edit(home, change.format(strict, loose))
    edit(home, f"UPDATE events SET {column} = NULL WHERE time = (SELECT min(time) FROM events)")
    edit(home, change.format(loose, strict))
    for words in (("verify",), ("rebuild",), ("events", "--period", "all")):
        code, output, errors = command(home, *words)
        assert (code, len(errors.splitlines())) == (1, 1), errors
        assert "damage" in output + errors


@pytest.mark.parametrize("record", ["no JSON", "[]", "{}", "null", '{"rule": 1}'])
def test_a_record_of_accounting_that_is_none_is_made_anew(home: Path, record: str) -> None:
    """Commands say what to do in a line; the service does it, and so does a rebuild."""
    edit(home, f"UPDATE metadata SET value = '{record}' WHERE key = 'accounting'")
    for words in (("verify",), ("report", "--period", "all")):
        code, _, errors = command(home, *words)
        assert (code, len(errors.splitlines())) == (1, 1)
        assert "timecode rebuild" in errors
    if record == "null":
        assert command(home, "rebuild")[0] == 0
    else:
        assert served(home) == ""
    assert command(home, "verify")[0] == 0


@pytest.mark.parametrize("what", UNMENDED)
def test_what_nobody_can_tell_is_seen_all_the_same(home: Path, what: str) -> None:
    """A rebuild does not say that it is well."""
    edit(home, UNMENDED[what])
    assert command(home, "verify")[0] == 1
    code, _, errors = command(home, "rebuild")
    assert (code, len(errors.splitlines())) == (1, 1)
    assert command(home, "verify")[0] == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET entity = CAST(x'ff41' AS TEXT) WHERE time = (SELECT min(time) FROM events)",
        "UPDATE contexts SET branch = CAST(x'41ff' AS TEXT) WHERE id = (SELECT max(context) FROM events)",
    ],
    ids=["entity", "label"],
)
def test_a_text_that_is_none_costs_what_meets_it_alone(home: Path, statement: str) -> None:
    """Each command says so in a line; the service tells it in its status, and takes what is elsewhere in time."""
    edit(home, statement)
    for words in (("verify",), ("rebuild",), ("events", "--period", "all")):
        code, _, errors = command(home, *words)
        assert code == 1, words
        assert all("no UTF-8" in line and "backup" in line for line in errors.splitlines()), errors
    with running(home) as service:
        store = service.status()["store"]
        assert isinstance(store, dict)
        assert (store["ok"], "no UTF-8" in store["error"]) == (False, True)
        later = beats(1)[0] | {"time": 1_900_000_000}
        assert service.submit([later], "test").count("stored") == 1
