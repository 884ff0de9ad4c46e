"""Every setting is documented with its default."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from docs.manual import ROOT, codes, first_codes, headings, section, tables, text_of
from timecode_core.answering.periods import PERIODS
from timecode_core.setup.home import Home
from timecode_core.setup.settings import Settings
from timecode_core.setup.toml import toml
from timecode_core.wiring.installation import Installation
from timecode_core.wiring.plugins import Plugins

USAGE = "docs/usage.md"


def classes() -> dict[str, type[Any]]:
    """The class of each settings table: the core's, and those of the plugins."""
    return Installation(Home(ROOT / "nowhere"), Settings({}), Plugins()).tables()


def test_every_settings_table_is_documented() -> None:
    """The page has a section for each table that a default plugin reads, and for no other."""
    documented = {code.strip("[]") for heading in headings(ROOT / USAGE) for code in codes(heading)}
    assert documented == set(classes())


@pytest.mark.parametrize("table", sorted(classes()))
def test_every_key_is_documented_with_its_default(table: str) -> None:
    """Keys, their order and their defaults are those of the class."""
    (rows,) = tables(section(USAGE, f"`[{table}]`"))
    documented = [(codes(row[0])[0], codes(row[1])[0]) for row in rows]
    instance = classes()[table]()
    assert documented == [(f.name, toml(getattr(instance, f.name))) for f in attrs.fields(type(instance))]


def test_a_documented_override_takes_effect() -> None:
    """The variables that the page shows are spelt as the settings read them."""
    lines = [line for line in text_of(USAGE).splitlines() if line.startswith("TIMECODE_") and "__" in line]
    environment = {}
    for line in lines:
        name, _, rest = line.partition("=")
        environment[name] = rest.rpartition(" timecode")[0].strip("'")
    core = Settings.load(ROOT, environment).core
    assert (core.day_start, core.exclude_projects) == ("04:00", ("secret-*",))


def test_every_period_is_documented() -> None:
    """The table of periods is the list that the commands know."""
    (rows,) = tables(section(USAGE, "Periods"))
    assert first_codes(rows) == list(PERIODS)
