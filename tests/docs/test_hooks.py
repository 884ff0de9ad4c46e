"""The plugin guide and the hooks say the same."""

from __future__ import annotations

import inspect
from types import ModuleType
from typing import Any

import pytest
import timecode_core
import timecode_core.wiring.hookspecs
import timecode_dashboard_bokeh.hookspecs
import timecode_ingest_http.hookspecs
from docs.manual import ROOT, codes, first_codes, headings, section, tables, text_of
from timecode_core import errors, protocols
from timecode_core.wiring.plugins import Plugins
from timecode_dashboard_bokeh import drawing
from timecode_dashboard_bokeh.chart import Chart
from timecode_ingest_http.mount import Policy

GUIDE = "docs/plugins.md"
SPECS = (timecode_core.wiring.hookspecs, timecode_ingest_http.hookspecs, timecode_dashboard_bokeh.hookspecs)
PROTOCOLS = (
    *(protocols.Source, protocols.Rule, protocols.Renderer, protocols.Store, protocols.Reader),
    *(protocols.Transaction, protocols.Guarded, protocols.Mending, Chart),
    *(protocols.Maintenance, protocols.Salvage, protocols.Running),
)


def specified(module: ModuleType) -> set[str]:
    """The hooks of a module, each as `name(arguments)`."""
    functions = inspect.getmembers(module, inspect.isfunction)
    return {f"{n}({', '.join(inspect.signature(f).parameters)})" for n, f in functions if n.startswith("timecode_")}


def members(protocol: type[Any]) -> set[str]:
    """A protocol's own members: a method as `name(arguments)`, a property as its name."""
    found = set()
    for name, value in vars(protocol).items():
        if isinstance(value, property):
            found.add(name)
        elif inspect.isfunction(value) and not name.startswith("_"):
            found.add(f"{name}({', '.join([*inspect.signature(value).parameters][1:])})")
    return found


def test_every_hook_is_documented_with_its_exact_arguments() -> None:
    """The guide has a heading for each hook, spelt as its specification is, and none for another."""
    documented = {code for heading in headings(ROOT / GUIDE) for code in codes(heading)}
    assert documented == set().union(*map(specified, SPECS))


def test_every_specification_of_an_installed_plugin_is_held_to_the_guide() -> None:
    """No default plugin publishes hooks that the test above does not know."""
    manager = Plugins().manager
    published = {caller.name for caller in vars(manager.hook).values() if getattr(caller, "spec", None)}
    assert published == {hook.partition("(")[0] for hook in set().union(*map(specified, SPECS))}


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda protocol: protocol.__name__)
def test_every_member_of_a_protocol_is_documented_with_its_exact_arguments(protocol: type[Any]) -> None:
    """Authors read in the guide what the core calls."""
    documented = {code for table in tables(text_of(GUIDE)) for code in first_codes(table)}
    assert members(protocol)
    assert members(protocol) <= documented


def test_the_guide_documents_no_member_that_is_none() -> None:
    """What the tables of members name exists."""
    documented = {
        code
        for table in tables(text_of(GUIDE))
        for code in first_codes(table)
        if code not in {*timecode_core.__all__, *drawing.__all__, *(field.name for field in Policy.__attrs_attrs__)}
    }
    assert documented == set().union(*map(members, PROTOCOLS))


def test_every_policy_field_is_documented_with_its_default() -> None:
    """The table of policies is the class."""
    (table,) = (t for t in tables(section(GUIDE, "`timecode_http_resources(service)`")) if t)
    rows = {codes(row[0])[0]: codes(row[1])[0].replace('"', "'") for row in table}
    policy = Policy()
    assert rows == {field.name: repr(getattr(policy, field.name)) for field in Policy.__attrs_attrs__}


def test_the_errors_that_the_guide_names_exist() -> None:
    """Authors can raise what the guide tells them to."""
    (table,) = tables(section(GUIDE, "Errors"))
    assert len(table) > 3
    for name in first_codes(table):
        assert issubclass(getattr(errors, name), errors.TimecodeError)
