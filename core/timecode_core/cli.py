"""The command line: a group made of what the plugins bring."""

from __future__ import annotations

import sys
from typing import Any

import click

from timecode_core import DISTRIBUTION, __version__
from timecode_core.commands.interrupts import ended_as_interrupted
from timecode_core.commands.output import forget_a_width_of_nothing, give_up, replace_what_cannot_be_carried
from timecode_core.errors import TimecodeError
from timecode_core.wiring.installation import Installation

_HELP = """Timecode records when, where and on what you write code, on this machine alone.

\b
  timecode serve     take heartbeats and show the dashboard (leave it running)
  timecode open      open the dashboard in your browser
  timecode today     what you did today

Everything lives in ~/.config/timecode, or in the folder that TIMECODE_HOME names.
"""


def build_group(installation: Installation) -> click.Group:
    """The group with every plugin's commands. Of two with one name the first stays, and the other is reported."""
    group = click.Group(
        "timecode", help=_HELP, context_settings={"help_option_names": ["-h", "--help"], "obj": installation}
    )
    click.version_option(__version__, prog_name="timecode", package_name=DISTRIBUTION)(group)
    for command in installation.plugins.collect("timecode_commands"):
        if command.name in group.commands:
            click.echo(f"timecode: two plugins bring the command {command.name!r}; the second is left out.", err=True)
        else:
            group.add_command(command)
    return group


def main(arguments: list[str] | None = None) -> None:
    """Run a command and exit. An expected error is one line on standard error and exit code 1; misuse is code 2."""
    replace_what_cannot_be_carried()
    forget_a_width_of_nothing()
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except OSError as error:
        give_up(error)
        code = 1
    sys.exit(code)


def _run(arguments: list[str] | None) -> int:
    """Run a command and give the exit code."""
    try:
        with ended_as_interrupted():
            group = build_group(Installation.load())
            result: Any = group.main(args=arguments, prog_name="timecode", standalone_mode=False)
    except TimecodeError as error:
        click.echo(f"timecode: {' '.join(str(error).split())}", err=True)
        return 1
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        if sys.stderr.isatty():
            click.echo("\x1b[?25h", err=True, nl=False)  # a bar hides the cursor
        click.echo("timecode: interrupted.", err=True)
        return 130
    return result if isinstance(result, int) else 0
