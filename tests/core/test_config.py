"""`timecode config`: what is in force, and from where; and what is wrong, with what was meant."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import attrs
import pytest
from hypothesis import given, strategies as st
from system.damage import command
from timecode_core.errors import SettingsError
from timecode_core.setup.settings import OWN_TABLES, CoreSettings, Settings
from timecode_core.setup.toml import toml

_SECRET = "d0ab4f6e-key"


class Done(NamedTuple):
    """How a command has ended."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def config(home: Path, text: str) -> None:
    (home / "config.toml").write_text(text, encoding="utf-8")


def timecode(home: Path, *words: str, **settings: str) -> Done:
    """Run a command with these settings in the environment, spelt `core__day_start="04:00"`."""
    with patch.dict(os.environ, {f"TIMECODE_{name.upper()}": value for name, value in settings.items()}):
        return Done(*command(home, *words))


def test_each_setting_is_told_with_where_it_comes_from(home: Path) -> None:
    config(home, '[core]\nday_start = "04:00"\nkeystroke_timeout = 600\n[store_sqlite]\nbusy_timeout_ms = 1\n')
    done = timecode(home, "config", core__day_start="05:00", ingest_http__port="5000")
    assert (done.returncode, done.stderr) == (0, "")
    for line in (
        'week_start = "monday"  # default',
        'day_start = "05:00"  # TIMECODE_CORE__DAY_START',
        f"keystroke_timeout = 600  # {home / 'config.toml'}",
        "port = 5000  # TIMECODE_INGEST_HTTP__PORT",
        f"busy_timeout_ms = 1  # {home / 'config.toml'}",
        "# hash_key: not set, default",
    ):
        assert line in done.stdout.splitlines()


def test_what_is_printed_is_a_config_file_that_changes_nothing(home: Path) -> None:
    """All tables of the core and of the plugins, each key once."""
    config(home, '[core]\nexclude_projects = ["a\\"b", "ü"]\n[export_png]\nidle_s = 1.5\n')
    printed = timecode(home, "config").stdout
    tables = tomllib.loads(printed)
    assert {*OWN_TABLES, "ingest_http", "store_sqlite", "export_png"} == tables.keys()
    assert tables["core"].keys() == {field.name for field in attrs.fields(CoreSettings)} - {"hash_key"}
    assert (tables["core"]["exclude_projects"], tables["export_png"]["idle_s"]) == (['a"b', "ü"], 1.5)
    config(home, printed)
    again = timecode(home, "config")
    assert again.returncode == 0
    assert tomllib.loads(again.stdout) == tables


@pytest.mark.parametrize(
    ("key", "value"),
    [("core.day_start", '"04:00"'), ("core.steps", '["normalise", "exclude", "redact"]'), ("backups.daily", "true")],
)
def test_one_setting_is_told_alone(home: Path, key: str, value: str) -> None:
    config(home, '[core]\nday_start = "04:00"\n')
    assert timecode(home, "config", key).stdout == f"{value}\n"


def test_one_table_is_told_alone(home: Path) -> None:
    config(home, "[backups]\nnewest = 3\n")
    tables = tomllib.loads(timecode(home, "config", "backups").stdout)
    assert tables.keys() == {"backups"}
    assert tables["backups"] == tomllib.loads(timecode(home, "config").stdout)["backups"]
    assert tables["backups"]["newest"] == 3


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("core.keystroke_timout", "core.keystroke_timeout"),
        ("ingest.port", "ingest_http.port"),
        ("day_start", "core.day"),
    ],
)
def test_a_setting_that_is_not_there_is_told_with_the_nearest(home: Path, key: str, meant: str) -> None:
    done = timecode(home, "config", key)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"there is no setting '{key}'. Did you mean {meant}" in done.stderr


def test_a_secret_is_never_told(home: Path) -> None:
    """Wherever it comes from, be it alone or beside something that is wrong."""
    config(home, f'[core]\nhash_key = "{_SECRET}"\n')
    for words, settings in (
        (["config"], {}),
        (["config", "core.hash_key"], {}),
        (["config"], {"core__day_strat": "1"}),
        (["config"], {"core__hash_key": f"{_SECRET}2"}),
        (["config", "core.hash_kye"], {}),
    ):
        done = timecode(home, *words, **settings)
        assert _SECRET not in done.stdout + done.stderr
    assert timecode(home, "config", "core.hash_key").stdout == "set\n"
    assert f"# hash_key: set, {home / 'config.toml'}" in timecode(home, "config").stdout


@pytest.mark.parametrize("text", ["[core\n", "\x00", "day_start = 1\n", "[core]\nday_strat = 1\n", "[cor]\nday = 1\n"])
def test_wrong_settings_are_told_below_those_that_hold(home: Path, text: str) -> None:
    """Any other command stops over them, with the same line, as it did."""
    config(home, text)
    done = timecode(home, "config", core__week_start="sunday")
    assert done.returncode == 1
    assert 'week_start = "sunday"  # TIMECODE_CORE__WEEK_START' in done.stdout
    assert 'day_start = "00:00"  # default' in done.stdout
    (line,) = done.stderr.splitlines()
    other = timecode(home, "today", core__week_start="sunday")
    assert (other.returncode, other.stdout, other.stderr.splitlines()) == (1, "", [line])
    assert timecode(home, "--help").returncode == 0, "what needs no settings needs no right ones"


@pytest.mark.parametrize("table", ["core", "backups", "ingest_http", "store_sqlite", "export_png"])
def test_a_misspelt_key_of_any_table_stops_a_command(home: Path, table: str) -> None:
    """Be it a table that the command has no use for: the misspelling would show only some day."""
    config(home, f"[{table}]\ncolour = 1\n")
    done = timecode(home, "today")
    assert done.returncode == 1
    assert f"[{table}] has no key colour. " in done.stderr


@pytest.mark.parametrize(
    ("text", "environment", "told"),
    [
        (
            "[core]\nday_strat = 1\n",
            {"TIMECODE_CORE__WEEKSTART": "x", "TIMECODE_CORE__PATHS": "name"},
            r"^\S+config\.toml: \[core\] has no key day_strat\. TIMECODE_CORE__WEEKSTART: .core. has no key week\w+\. "
            r"Did you mean day_start\? Did you mean week_start\? Keys of \[core\]: timezone, ",
        ),
        (
            "[core]\nday_start = 1\n",
            {"TIMECODE_CORE__PATHS": "x"},
            r"toml: \[core\] day_start must .*PATHS: \[core\] paths must",
        ),
        (
            "[core]\nday_start = 1\n",
            {"TIMECODE_CORE__DAY_START": "05:00", "TIMECODE_CORE__PATH": "x"},
            r"^TIM.*PATH: \[c",
        ),
        (
            "[core]\nsteps = []\nsources = 1\n",
            {},
            r"^\S+config\.toml: \[core\] steps must hold.*; sources must be a list",
        ),
        ("[core]\nxyzzy = 1\n", {}, r"has no key xyzzy\. Keys of"),
    ],
)
def test_a_wrong_key_is_told_by_where_it_stands_and_what_was_meant(
    home: Path, text: str, environment: Mapping[str, str], told: str
) -> None:
    """Each key by itself, and nothing of those that are right."""
    config(home, text)
    with pytest.raises(SettingsError, match=told):
        Settings.load(home, environment)


@pytest.mark.parametrize(
    "key", ["backups.folder", "store_sqlite.path", "export_png.chromium", "export_png.chromedriver"]
)
@pytest.mark.parametrize(
    ("value", "said"), [("~nobody-of-that-name/b", "home folder of nobody"), ("a\\u0000b", "a NUL")]
)
def test_a_path_that_can_be_none_is_told_as_a_wrong_setting(home: Path, key: str, value: str, said: str) -> None:
    """Of a user whom nobody knows, or with what no system takes in a name."""
    table, _, name = key.partition(".")
    config(home, f'[{table}]\n{name} = "{value}"\n')
    done = timecode(home, "config", key)
    assert done.returncode == 1
    assert f"[{table}] {name} " in done.stderr
    assert said in done.stderr


def test_what_is_nested_too_deeply_is_told_as_a_wrong_setting(home: Path) -> None:
    """In the file and in a variable, which is a text then."""
    deep = "[" * 3_000 + "]" * 3_000
    done = timecode(home, "plugins", core__sources=deep)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert done.stderr.startswith("timecode: TIMECODE_CORE__SOURCES: [core] sources must be a list, not str.")
    config(home, f"[core]\nsources = {deep}\n")
    done = timecode(home, "plugins")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert done.stderr.startswith(f"timecode: {home / 'config.toml'}: it is nested too deeply. Mend the file")


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("port = 1", "Put it below [ingest_http]."),
        ("daily = false", "Put it below [backups]."),
        ("path = 'x'", "Put it below [store_sqlite]."),
        ("colour = 1", "Put it below its table: `timecode config` lists them all."),
    ],
)
def test_a_key_outside_of_a_table_is_told_with_the_table_that_has_it(home: Path, line: str, remedy: str) -> None:
    """Whatever plugin's that is, and whether the command goes on or not."""
    config(home, f"{line}\n")
    for name, code in (("today", 1), ("config", 1), ("doctor", 4)):
        done = timecode(home, name, *(["--quick"] if name == "doctor" else []))
        assert done.returncode == code
        assert remedy in done.stdout + done.stderr


@pytest.mark.parametrize("key", ["core.port", "port"])
def test_a_key_of_another_table_is_told_with_that(home: Path, key: str) -> None:
    """It is nearer than what is only spelt alike."""
    assert "Did you mean ingest_http.port? `timecode config`" in timecode(home, "config", key).stderr


def test_a_table_of_nobody_is_told_by_where_it_stands(home: Path) -> None:
    settings = Settings.load(home, {"TIMECODE_STORE_SQLIT__PATH": "x"})
    with pytest.raises(SettingsError, match=r"^TIMECODE_STORE_SQLIT__PATH: .*Did you mean store_sqlite\? Tables: "):
        settings.check_names({"store_sqlite", "ingest_http"})


_values = st.recursive(
    st.text() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False),
    lambda several: st.lists(several, max_size=3),
    max_leaves=5,
)


@given(_values)
def test_any_value_is_written_as_toml_that_reads_as_it(value: Any) -> None:
    """On a line, and in characters that can't steer the terminal."""
    written = toml(value)
    assert written.isprintable()
    assert tomllib.loads(f"value = {written}")["value"] == value
