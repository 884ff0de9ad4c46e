"""Commands and options that the documentation shows exist, and do what it says without an error."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import attrs
import click
import pytest
from docs.manual import PAGES, ROOT, blocks, codes, first_codes, headings, inline_commands, section, tables
from support.server import timecode
from timecode_core.answering.columns import TIME
from timecode_core.cli import build_group
from timecode_core.deferred import DeferredCommand
from timecode_core.setup.home import Home
from timecode_core.setup.settings import Settings
from timecode_core.subject import LABELS
from timecode_core.wiring.installation import Installation
from timecode_core.wiring.plugins import Plugins

USAGE = "docs/usage.md"
EXAMPLES = [page for page in PAGES if page.is_relative_to(ROOT / "examples")]
"""What these show needs their plugin, and is run where that is installed."""


NOT_COMMANDS = {"COMMAND", "…", "--help", "hours"}
"""What stands after `timecode` where a sentence means any command, none, or the one of the plugin guide's example."""


def installation(home: Path = Path("nowhere")) -> Installation:
    """The installation of this environment, with the default settings."""
    return Installation(Home(home), Settings({}), Plugins())


def commands() -> Mapping[str, click.Command]:
    """Every command by name."""
    found = build_group(installation()).commands
    return {name: one.load() if isinstance(one, DeferredCommand) else one for name, one in found.items()}


def options(command: click.Command) -> set[str]:
    """All spellings of a command's options but --help; a group's are those of its commands."""
    if isinstance(command, click.Group):
        return {spelling for one in command.commands.values() for spelling in options(one)}
    found = (parameter for parameter in command.params if isinstance(parameter, click.Option))
    return {spelling for option in found for spelling in (*option.opts, *option.secondary_opts)}


def shown_lines() -> list[str]:
    """Every line of a shell block that runs `timecode`, but those of the quick start, which runs as a whole."""
    pages = [page for page in PAGES if page not in EXAMPLES and page.name != "README.md"]
    lines = (line for page in pages for block in blocks(page, "sh") for line in block.text.splitlines())
    return [line for line in lines if "timecode " in line]


def test_every_command_is_documented() -> None:
    """The page has a section for each command, and for no other."""
    found = (heading.removeprefix("timecode ") for heading in headings(ROOT / USAGE) if heading.startswith("timecode "))
    assert set(found) == set(commands())


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_option_is_documented(name: str) -> None:
    """The table of a command names its options in all their spellings, and no other."""
    found = [table for table in tables(section(USAGE, f"timecode {name}")) if table[0][0].startswith("`-")]
    documented = set(first_codes(found[0])) if found else set()
    assert documented == options(commands()[name])


def test_every_command_of_a_group_is_documented() -> None:
    """The group's section shows each of them, with and without its options."""
    groups = {name: one for name, one in commands().items() if isinstance(one, click.Group)}
    assert groups
    for name, group in groups.items():
        shown = [line.split()[2:] for line in first_codes(tables(section(USAGE, f"timecode {name}"))[0])]
        assert {words[0] for words in shown} == set(group.commands)
        for words in shown:
            assert {word for word in words if word.startswith("-")} <= options(group.commands[words[0]])


def test_every_renderer_is_documented_with_its_options() -> None:
    """The table of renderers is what `timecode export --list` prints."""
    table = tables(section(USAGE, "timecode export"))[1]
    documented = {codes(row[0])[0]: set(codes(row[1])) for row in table}
    assert documented == {
        name: {f"--{field.name.replace('_', '-')}" for field in attrs.fields(renderer.options)}
        for name, renderer in installation().renderers().items()
    }


def test_the_columns_are_documented() -> None:
    """The list of columns is what questions may group by."""
    listed = section(USAGE, "Columns").partition("\n\n")[0]
    assert set(codes(listed)) == {*TIME, *LABELS}


def test_every_command_that_a_sentence_names_exists() -> None:
    """`timecode …` in running text names a command, and options that it or a renderer has."""
    known = commands()
    of_renderers = {
        f"--{field.name.replace('_', '-')}"
        for renderer in installation().renderers().values()
        for field in attrs.fields(renderer.options)
    }
    checked = 0
    for page, line in inline_commands():
        command, *rest = line.split()[1:]
        if command in NOT_COMMANDS or rest[:1] == ["NAME"]:
            continue
        assert command in known, f"{page}: {line}"
        group = known[command]
        if isinstance(group, click.Group) and rest:
            assert rest[0] in group.commands, f"{page}: {line}"
        allowed = options(known[command]) | (of_renderers if command == "export" else set()) | {"--help"}
        assert {word for word in rest if word.startswith("--")} <= allowed, f"{page}: {line}"
        checked += 1
    assert checked > 15


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with some days of invented work."""
    home = tmp_path_factory.mktemp("sample")
    made = timecode(home, "demo", "--no-serve", "--days", "40")
    assert made.returncode == 0, made.stderr
    return home / "demo"


@pytest.mark.parametrize(
    "line", [pytest.param(line, marks=[pytest.mark.browser] * (" png " in line)) for line in shown_lines()]
)
def test_every_shown_command_runs(line: str, sample: Path, tmp_path: Path) -> None:
    """Each line as pasted ends well, prints or writes something, and complains of nothing."""
    script = Path(sys.executable).parent
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TIMECODE_")},
        "TIMECODE_HOME": str(sample),
        "TIMECODE_EXPORT_PNG__TIMEOUT_S": "200",
        "PATH": f"{script}{os.pathsep}{os.environ['PATH']}",
    }
    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", line],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() or line.startswith("timecode events ")  # a day may have none
    for word in ("-o ", "--output "):
        name = line.partition(word)[2].split(" ")[0]
        assert name in ("", "-") or (tmp_path / name).stat().st_size


def test_something_is_shown() -> None:
    """The lines that the test above runs are found at all."""
    assert len(shown_lines()) >= 10
