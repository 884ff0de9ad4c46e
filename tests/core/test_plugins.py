"""Plugins: what goes wrong with one is told clearly, and costs the others nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from click.testing import CliRunner
from support.installations import fresh_service
from timecode_core import hookimpl
from timecode_core.aggregation import Aggregation
from timecode_core.cli import build_group
from timecode_core.errors import PluginError, SettingsError
from timecode_core.protocols import Provider
from timecode_core.setup.home import Home
from timecode_core.setup.settings import Settings
from timecode_core.wiring.installation import Installation
from timecode_core.wiring.plugins import ENTRY_POINT_GROUP, Plugins

_REAL = {"core": "timecode_core.defaults", "store_sqlite": "timecode_store_sqlite"}


class Package:
    """A package on the path, whose modules can be named by entry points."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def module(self, name: str, source: str) -> EntryPoint:
        (self._folder / f"plugin_of_test_{name}.py").write_text(dedent(source), encoding="utf-8")
        return EntryPoint(name, f"plugin_of_test_{name}", ENTRY_POINT_GROUP)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Package]:
    monkeypatch.syspath_prepend(str(tmp_path))
    yield Package(tmp_path)
    for name in [name for name in sys.modules if name.startswith("plugin_of_test_")]:
        del sys.modules[name]


def _plugins(*more: EntryPoint) -> Plugins:
    return Plugins([*(EntryPoint(name, value, ENTRY_POINT_GROUP) for name, value in _REAL.items()), *more])


def _install(plugins: Plugins, **tables: Any) -> Installation:
    return Installation(Home(Path("/nowhere")), Settings(tables), plugins)


_HEAD = """
from timecode_core import hookimpl
from timecode_core.protocols import Provider
"""


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import a_module_that_is_not_there", "ModuleNotFoundError"),
        ("1 / 0", "ZeroDivisionError"),
        ("def broken(:", "SyntaxError"),
        (_HEAD + "@hookimpl\ndef timecode_stores(wrong): return []", "PluginValidationError"),
    ],
    ids=["import", "raises", "syntax", "signature"],
)
def test_a_plugin_that_cant_be_loaded_is_recorded_and_the_others_go_on(
    package: Package, source: str, reason: str
) -> None:
    plugins = _plugins(package.module("broken", source))
    assert reason in plugins.records["broken"].failures[0]
    assert any(failure.startswith("broken: not loaded") for failure in plugins.failures)
    _install(plugins).check()
    assert not plugins.records["core"].failures


def test_an_entry_point_whose_module_is_missing_is_recorded() -> None:
    plugins = _plugins(EntryPoint("ghost", "there_is_no_such_module", ENTRY_POINT_GROUP))
    assert "there_is_no_such_module" in plugins.records["ghost"].failures[0]
    _install(plugins).check()


def test_a_misspelt_hook_is_named_instead_of_doing_nothing(package: Package) -> None:
    plugins = _plugins(package.module("typo", _HEAD + "@hookimpl\ndef timecode_store(): return []"))
    assert plugins.records["typo"].failures == ["there is no hook 'timecode_store'"]


def test_a_plugin_that_publishes_hooks_makes_another_s_implementation_known(package: Package) -> None:
    """Whichever comes first in the order of names."""
    specs = """
        import sys
        from timecode_core import hookimpl, hookspec

        @hookspec
        def timecode_toys(): "Offer toys."

        @hookimpl
        def timecode_addhooks(pm): pm.add_hookspecs(sys.modules[__name__])
    """
    toys = _HEAD + "@hookimpl\ndef timecode_toys(): return ['ball']"
    plugins = _plugins(
        package.module("m_publisher", specs), package.module("a_user", toys), package.module("z_user", toys)
    )
    assert plugins.failures == []
    assert plugins.collect("timecode_toys") == ["ball", "ball"]


def test_two_plugins_of_one_name_are_told_and_the_first_by_its_module_stays(package: Package) -> None:
    first, second = (
        EntryPoint("twice", package.module(name, _HEAD).value, ENTRY_POINT_GROUP) for name in ("first", "second")
    )
    found = _plugins(second, first).records["twice"]
    assert found.module == "plugin_of_test_first"
    assert found.failures == ["the name is claimed by plugin_of_test_second too (no distribution), left out"]


_SAME = _HEAD + "@hookimpl\ndef timecode_{kind}(): return [Provider({name!r}, lambda settings, context: None)]"


@pytest.mark.parametrize(
    ("kind", "name"), [("stores", "sqlite"), ("rules", "join_gaps"), ("steps", "redact"), ("renderers", "json")]
)
def test_two_offers_of_one_name_are_an_error_that_names_it(package: Package, kind: str, name: str) -> None:
    plugins = _plugins(package.module("rival", _SAME.format(kind=kind, name=name)))
    with pytest.raises(PluginError, match=f"timecode_{kind}: the name '{name}' is offered twice"):
        _install(plugins).check()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("store", "postgres"),
        ("rule", "guess"),
        ("steps", ["normalise", "shout", "redact"]),
        ("sources", ["tail"]),
    ],
)
def test_settings_that_need_a_plugin_that_is_not_there_say_so_and_what_there_is(setting: str, value: Any) -> None:
    name = value if isinstance(value, str) else next(each for each in value if each in ("shout", "tail"))
    with pytest.raises(PluginError, match=rf"the settings ask for '{name}', which no plugin offers.*Offered: "):
        _install(_plugins(), core={setting: value}).check()


def test_settings_that_need_a_plugin_that_is_broken_say_why_it_is(package: Package) -> None:
    plugins = _plugins(package.module("postgres", "import a_module_that_is_not_there"))
    with pytest.raises(PluginError, match="a_module_that_is_not_there"):
        _install(plugins, core={"store": "postgres"}).check()


def test_a_hook_that_raises_costs_its_plugin_alone(package: Package) -> None:
    raising = _HEAD + "@hookimpl\ndef timecode_renderers(): raise RuntimeError('no toner')"
    plugins = _plugins(package.module("printer", raising))
    found = _install(plugins)
    found.check()
    assert "json" in found.renderer_names()
    assert any("no toner" in failure for failure in plugins.records["printer"].failures)


def test_a_settings_table_of_nobody_is_told_with_those_there_are() -> None:
    with pytest.raises(SettingsError, match=r"\[store_sqlit\] is no plugin's table.*store_sqlite"):
        _install(_plugins(), store_sqlit={}).check()


@pytest.mark.parametrize(
    ("table", "values", "fault"),
    [
        ("core", {"timeout": 1}, "timeout"),
        ("core", {"keystroke_timeout": "900"}, "keystroke_timeout must be int, not str"),
        ("core", {"keystroke_timeout": True}, "keystroke_timeout must be int, not bool"),
        ("core", {"keystroke_timeout": 0}, "keystroke_timeout must be between 1 and 86400"),
        ("core", {"day_start": "4:00"}, "day_start must be a time"),
        ("core", {"day_start": "24:00"}, "day_start must be a time"),
        ("core", {"timezone": "Mars/Olympus"}, "timezone is no time zone name"),
        ("core", {"timezone": "../../etc/passwd"}, "timezone is no time zone name"),
        ("core", {"week_start": "someday"}, "week_start must be one of monday"),
        ("core", {"paths": "visible"}, "paths must be one of relative"),
        ("core", {"exclude_projects": "secret"}, "exclude_projects must be a list, not str"),
        ("core", {"exclude_paths": [1]}, "exclude_paths must be str, not int"),
        ("core", {"steps": []}, "steps must hold 'normalise'"),
        ("store_sqlite", {"busy_timeout_ms": -1}, "busy_timeout_ms must be at least 0"),
    ],
)
def test_a_setting_that_is_wrong_is_told_with_its_table_and_its_fault(
    table: str, values: dict[str, Any], fault: str
) -> None:
    with pytest.raises(SettingsError, match=rf"\[{table}\].*({fault})"):
        _install(_plugins(), **{table: values}).check()


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[core]\nkeystroke_timeout = 60\nday_start = "04:00"\n', encoding="utf-8")
    given = {
        "TIMECODE_CORE__KEYSTROKE_TIMEOUT": "120",
        "TIMECODE_CORE__EXCLUDE_PROJECTS": '["a", "b"]',
        "TIMECODE_HOME": "x",
    }
    core = Settings.load(tmp_path, given).core
    assert (core.keystroke_timeout, core.day_start, core.exclude_projects) == (120, "04:00", ("a", "b"))


@pytest.mark.parametrize("text", ["[core", "keystroke_timeout = 1", '[core]\nkeystroke_timeout = "x"', "\udcff"])
def test_a_file_that_cant_be_read_is_named_in_the_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.toml").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(SettingsError, match=r"config\.toml"):
        Settings.load(tmp_path, {})


class Counting:
    """A plugin whose hooks count how often they are called."""

    def __init__(self) -> None:
        self.calls = 0

    @hookimpl
    def timecode_steps(self) -> list[Provider]:
        self.calls += 1
        return []

    @hookimpl
    def timecode_aggregations(self) -> list[Aggregation]:
        return []


def test_hooks_assemble_and_are_never_called_for_an_event() -> None:
    plugins, counting = Plugins(), Counting()
    plugins.register(counting, "counting")
    with fresh_service(plugins=plugins) as service:
        called = counting.calls
        service.submit([{"time": n, "entity": "a"} for n in range(50)], "test")
    assert counting.calls == called == 1


@pytest.mark.parametrize("offer", ["'x'", "('a', 1)", "len", "None"])
@pytest.mark.parametrize("hook", ["timecode_commands", "timecode_renderers", "timecode_aggregations", "timecode_steps"])
def test_an_offer_of_the_wrong_kind_is_recorded_and_costs_the_others_nothing(
    package: Package, hook: str, offer: str
) -> None:
    """Whatever the thing is, the plugins beside it stay in use."""
    wrong = package.module("wrong", _HEAD + f"@hookimpl\ndef {hook}(): return [{offer}]")
    plugins = _plugins(wrong)
    expected = _plugins().collect(hook)
    assert len(plugins.collect(hook)) == len(expected) > 0
    assert any(failure.startswith(f"wrong: {hook}: offers ") for failure in plugins.failures)


_LATE = """
import click
from timecode_core import DeferredCommand, hookimpl

@click.command()
@click.option("--name", default="you")
def greet(name):
    "Greet somebody."
    click.echo(f"hello, {name}")

@hookimpl
def timecode_commands():
    group = click.Group("own", help="A group of one's own.")
    group.add_command(DeferredCommand("greet", f"{__name__}:greet"))
    missing = [DeferredCommand("gone", "nowhere.at_all:gone"), DeferredCommand("odd", "os:sep")]
    return [group, DeferredCommand("greet", f"{__name__}:greet"), *missing]
"""


def test_a_command_that_is_imported_when_it_is_wanted_is_that_command(package: Package) -> None:
    """In the list, in its help, in any group."""
    run, group = CliRunner().invoke, build_group(_install(_plugins(package.module("late", _LATE))))
    assert "Greet somebody." in run(group, ["--help"]).output
    assert "--name" in run(group, ["greet", "--help"]).output
    assert run(group, ["greet", "--name", "Ann"]).output == "hello, Ann\n"
    assert "Greet somebody." in run(group, ["own", "--help"]).output
    assert run(group, ["own", "greet"]).output == "hello, you\n"
    assert run(group, ["greet", "--nmae", "x"]).exit_code == 2


def test_a_command_that_cant_be_imported_costs_the_others_nothing(package: Package) -> None:
    """The list names it, running it tells why in a line, and it is on record once somebody looks."""
    installation = _install(_plugins(package.module("late", _LATE)))
    run, group = CliRunner().invoke, build_group(installation)
    listed = run(group, ["--help"])
    assert (listed.exit_code, listed.output.count("can't be loaded")) == (0, 2)
    assert isinstance(error := run(group, ["gone"]).exception, PluginError)
    assert "'gone' of the plugin 'late'" in str(error)
    assert "nowhere" in str(error)
    assert installation.plugins.failures == []
    installation.plugins.load_commands()
    assert [failure.partition(": ")[0] for failure in installation.plugins.failures] == ["late", "late"]


def test_an_implementation_marked_as_optional_may_lack_its_hook(package: Package) -> None:
    """A chart's plugin is well even where no dashboard is installed."""
    chart = package.module("chart", _HEAD + "@hookimpl(optionalhook=True)\ndef timecode_charts(): return []")
    assert not _plugins(chart).failures


def test_a_column_derived_in_two_ways_is_an_error(package: Package) -> None:
    """Else the answer would depend on which of them is asked."""
    source = """
    from timecode_core import hookimpl
    from timecode_core.aggregation import Aggregation

    @hookimpl
    def timecode_aggregations():
        return [
            Aggregation("one", ("day", "suffix"), derived={"suffix": lambda stretch: "1"}),
            Aggregation("two", ("day", "suffix"), derived={"suffix": lambda stretch: "2"}),
        ]
    """
    with pytest.raises(PluginError, match="'suffix' is derived in two ways"):
        _install(_plugins(package.module("both", source))).aggregations()


@pytest.mark.parametrize("column", ["seconds", "from", "period", "project", "week"])
def test_a_derived_column_takes_no_name_that_has_a_meaning(column: str) -> None:
    """It could neither be asked for nor be told from what is there."""
    with pytest.raises(ValueError, match="meaning of its own"):
        Aggregation("mine", ("day", column), derived={column: lambda _stretch: "x"})


def test_aggregations_are_asked_for_once(package: Package) -> None:
    """The ledger and the answers must go by the same ones."""
    source = """
    from timecode_core import hookimpl
    from timecode_core.aggregation import Aggregation

    @hookimpl
    def timecode_aggregations():
        return [Aggregation("mine", ("day", "suffix"), derived={"suffix": lambda stretch: "1"})]
    """
    installed = _install(_plugins(package.module("mine", source)))
    assert installed.terms().ledger().aggregations == installed.aggregations()
    first, second = (next(a for a in installed.aggregations() if a.name == "mine") for _ in range(2))
    assert first is second
