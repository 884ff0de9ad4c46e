"""`timecode export`."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import cast, get_args

import attrs
import click

from timecode_core.answering.options import THEME, Theme
from timecode_core.commands.choosing import reading, select, selecting
from timecode_core.commands.output import put, rendered
from timecode_core.commands.progress import waiting
from timecode_core.errors import TimecodeError
from timecode_core.setup.remedies import file_error
from timecode_core.wiring.installation import Installation

_EXTRA = {"ignore_unknown_options": True, "allow_interspersed_args": True}


def _list_renderers(context: click.Context, _parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001  (click's call)
    if not value or context.resilient_parsing:
        return
    for name, renderer in cast("Installation", context.obj).renderers().items():
        options = ", ".join(f"--{field.name.replace('_', '-')}" for field in attrs.fields(renderer.options))
        click.echo(f"{name:12} {options or '(no options)'}")
    context.exit()


@click.command(short_help="Write what RENDERER makes of some days.", context_settings=_EXTRA)
@click.option(
    "--list",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_renderers,
    help="List the renderers and their options.",
)
@selecting
@click.option(
    f"--{THEME}",
    type=click.Choice(get_args(Theme)),
    help="For renderers that have colours (default: the renderer's own).",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write; '-' for standard output.",
)
@click.argument("renderer")
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[RENDERER'S OPTIONS]")
@click.pass_obj
def export(
    installation: Installation,
    from_day: str | None,
    to_day: str | None,
    period_name: str | None,
    where: tuple[str, ...],
    theme: str | None,
    output: Path | None,
    renderer: str,
    options: tuple[str, ...],
) -> None:
    """Write what RENDERER makes of some days (default: the last 30) to a file.

    \b
    timecode export png --chart card --period year --scale 2
    timecode export png --chart days --from 2026-01-01 --to 2026-01-31 --theme dark
    timecode export csv --group-by day,project --period month -o month.csv
    """  # noqa: D301  (\b is click's mark for "keep these lines")
    texts = _parse(options)
    if theme:
        texts[THEME] = [theme]
    with reading(installation) as answers:
        selection = select(answers, from_day, to_day, period_name, where, default="last-30-days")
        with waiting(f"Rendering {renderer}…"):
            made = rendered(installation, answers, renderer, selection, texts)
    if output == Path("-"):
        put(made.body)
        return
    path = output or Path(f"{made.stem}.{made.suffix}")
    try:
        path.write_bytes(made.body)
    except OSError as error:
        raise file_error(TimecodeError, "write", path, error, elsewhere="Name another file with --output.") from error
    click.echo(f"{path} ({len(made.body):,} bytes)")


def _parse(words: tuple[str, ...]) -> dict[str, list[str]]:
    """`--name value` and `--name=value`, any number of them."""
    texts: defaultdict[str, list[str]] = defaultdict(list)
    rest = iter(words)
    for word in rest:
        if not word.startswith("--"):
            raise click.UsageError(f"{word!r} belongs to no option.")
        name, equals, value = word[2:].partition("=")
        if not equals:
            try:
                value = next(rest)
            except StopIteration:
                raise click.UsageError(f"{word} lacks a value.") from None
        texts[name.replace("-", "_")].append(value)
    return texts
