"""`timecode config`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import click

from timecode_core.commands.formatting import printable
from timecode_core.errors import SettingsError
from timecode_core.setup.settings import Settings
from timecode_core.setup.structure import nearest
from timecode_core.setup.toml import toml
from timecode_core.wiring.installation import Installation


@click.command(short_help="Print the settings in force, and where each is from.")
@click.argument("key", required=False)
@click.pass_obj
def config(installation: Installation, key: str | None) -> None:
    """Print the settings in force, or those of a KEY: a table such as core, or one such as core.day_start.

    All of them come as a config.toml, each with a note on where it is from: the default, the file, or the variable of
    the environment. Of secrets it is only told whether they are set.

    Exits with 1 where a setting is wrong: that is told at the end, and what is printed holds without it.
    """
    looked_at = installation.lenient()
    settings = looked_at.settings
    settings.check_names(looked_at.survey())
    tables = {}
    for name, kind in looked_at.tables().items():
        with settings.noting():
            tables[name] = settings.table(name, kind)
    if key and key not in tables:
        click.echo(_one(tables, key))
    else:
        chosen = {key: tables[key]} if key else tables
        lines = [line for name, table in chosen.items() for line in ("", *_lines(settings, name, table))]
        click.echo("\n".join(lines[1:]))
    for fault in settings.faults:
        click.echo(f"timecode: {' '.join(str(fault).split())}", err=True)
    if settings.faults:
        raise click.exceptions.Exit(1)


def _lines(settings: Settings, name: str, table: Any) -> Iterator[str]:  # noqa: ANN401  (a table's instance)
    """A table as it would stand in config.toml."""
    yield f"[{name}]"
    for field in attrs.fields(type(table)):
        value = getattr(table, field.name)
        origin = printable(settings.origin(name, field.name)) or "default"
        yield (
            f"{field.name} = {toml(value)}  # {origin}" if field.repr else f"# {field.name}: {_secret(value)}, {origin}"
        )


def _one(tables: Mapping[str, Any], key: str) -> str:
    """The value of a key, as TOML. Raises SettingsError."""
    name, _, field_name = key.partition(".")
    field = attrs.fields_dict(type(tables[name])).get(field_name) if name in tables else None
    if field is None:
        known = [f"{name}.{field}" for name, table in tables.items() for field in attrs.fields_dict(type(table))]
        namesakes = [one for one in known if one.rpartition(".")[2] == key.rpartition(".")[2]]
        meant = f"Did you mean {' or '.join(namesakes)}? " if namesakes else nearest(key, known)
        raise SettingsError(f"there is no setting {key!r:.80}.", remedy=f"{meant}`timecode config` lists them all.")
    value = getattr(tables[name], field_name)
    return toml(value) if field.repr else _secret(value)


def _secret(value: object) -> str:
    return "set" if value else "not set"
