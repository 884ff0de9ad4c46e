"""The door: what is imported, what is documented and what is offered are one list."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import timecode_core
from docs.manual import ROOT, codes, section, tables
from timecode_dashboard_bokeh import drawing

GUIDE = "docs/plugins.md"
PUBLISHED = {
    "timecode_core",
    "timecode_core.testing",
    "timecode_ingest_http.mount",
    "timecode_ingest_http.body",
    "timecode_dashboard_bokeh.chart",
    "timecode_dashboard_bokeh.drawing",
}
OURS = re.compile(r"timecode_(core|ingest_http|store_sqlite|dashboard_bokeh|export_png)\b")


def imports(source: str) -> Iterator[tuple[str, str]]:
    """Every module of ours that a source text imports from, and the name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module and OURS.match(node.module):
            yield from ((node.module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names if OURS.match(alias.name))


def shown() -> Iterator[str]:
    """The guide's blocks of Python, and the example plugin's modules."""
    yield from re.findall(r"```python\n(.*?)```", (ROOT / GUIDE).read_text(encoding="utf-8"), re.DOTALL)
    yield from (path.read_text(encoding="utf-8") for path in (ROOT / "examples").rglob("*.py"))


def test_every_name_at_the_door_is_documented_and_no_other() -> None:
    """The guide's table is the core's `__all__`."""
    (table,) = tables(section(GUIDE, "What you import"))
    documented = [code for row in table for code in codes(row[0])]
    assert sorted(documented) == sorted(timecode_core.__all__)
    assert len(set(documented)) == len(documented)


def test_what_draws_charts_elsewhere_is_documented() -> None:
    """A table that is the module's `__all__`."""
    (table,) = (table for table in tables(section(GUIDE, "`timecode_charts()`")) if "Board" in codes(table[0][0]))
    assert sorted(code for row in table for code in codes(row[0])) == sorted(drawing.__all__)


def test_every_name_at_the_door_is_there_and_typed() -> None:
    """Each can be had, and type checkers are told of just these."""
    assert all(getattr(timecode_core, name) is not None for name in timecode_core.__all__)
    module = ast.parse(Path(timecode_core.__file__).read_text(encoding="utf-8"))
    (typed,) = (node for node in module.body if isinstance(node, ast.If))
    told = {alias.asname for node in typed.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert told == {*timecode_core.__all__}
    assert set(dir(timecode_core)) == {*timecode_core.__all__}


def test_what_the_guide_and_the_example_import_is_published() -> None:
    """They go by no other door."""
    found = {one for source in shown() for one in imports(source)}
    assert len(found) > 20
    for module, name in sorted(found):
        assert module in PUBLISHED, f"from {module} import {name}"
        assert name in import_module(module).__all__, f"from {module} import {name}"


def test_the_guide_names_the_published_modules() -> None:
    """And no other module of ours."""
    assert {code for code in codes(section(GUIDE, "What you import")) if OURS.match(code)} == PUBLISHED
