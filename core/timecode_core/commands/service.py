"""`timecode service`."""

from __future__ import annotations

import time

import click

from timecode_core.commands.progress import waiting
from timecode_core.errors import TimecodeError
from timecode_core.startup.launch import settings_left_behind
from timecode_core.startup.stopping import running_service, stop_service
from timecode_core.startup.systems import entry_of
from timecode_core.wiring.installation import Installation

_PATIENCE_S = 10.0
"""For the service to answer; one that has a lot to look through answers before that is done."""
_EVERY_S = 0.1


@click.group(short_help="Have the system start the service when you log in.")
def service() -> None:
    """Have the system start the service when you log in, and keep it running.

    On Linux that is a unit of systemd's user manager, on macOS an agent of launchd's, on Windows a task.
    """


@service.command()
@click.option("--print", "only_print", is_flag=True, help="Print the file, and do nothing.")
@click.pass_obj
def install(installation: Installation, only_print: bool) -> None:  # noqa: FBT001  (click's call)
    """Start the service when you log in, and now.

    What an earlier call has installed is replaced. A service that you have started yourself for this home folder is
    ended first: one runs at a time.
    """
    entry = entry_of(installation.home)
    if only_print:
        click.echo(entry.text, nl=False)
        return
    installation.check()
    running_service(installation.home)  # raises where something else is at work: the service could not start
    installation.home.make()
    entry.write()
    try:
        entry.load()
        with waiting("Starting"):
            stopped = stop_service(installation.home)
            entry.start()
            answers = _answers(installation)
    except TimecodeError as error:
        raise TimecodeError(f"{entry.path} is written, but it is not started: {error}", remedy=entry.by_hand) from error
    if stopped:
        click.echo(f"Stopped {stopped}.")
    started = "runs" if answers else "has been started, but does not answer yet: `timecode logs` may say why"
    click.echo(f"Installed {entry.path}: the service starts when you log in, and {started}.")
    if left := settings_left_behind(installation.settings.core.timezone):
        click.echo(
            f"It does not see {', '.join(left)} of this shell: set in config.toml what it should go by.", err=True
        )


def _answers(installation: Installation) -> bool:
    """Whether the service comes to answer: the system says no more than that it has tried to start it."""
    until = time.monotonic() + _PATIENCE_S
    while installation.running() is None:
        if time.monotonic() > until:
            return False
        time.sleep(_EVERY_S)
    return True


@service.command()
@click.pass_obj
def uninstall(installation: Installation) -> None:
    """End the service, and start it no more. Your data stay as they are."""
    entry = entry_of(installation.home)
    if entry.installed is None:
        click.echo(f"Nothing is installed: there is no {entry.path}.")
        return
    try:
        with waiting("Stopping"):
            entry.end()
    except TimecodeError as error:
        entry.remove()
        raise TimecodeError(
            f"{entry.path} is removed, but the system could not be told: {error}",
            remedy="If the service still runs: timecode stop",
        ) from error
    entry.remove()
    click.echo(f"Removed {entry.path}. The service has ended, and starts no more when you log in.")


@service.command()
@click.pass_obj
def status(installation: Installation) -> None:
    """Tell whether it is installed, starts when you log in, and runs."""
    entry = entry_of(installation.home)
    installed = entry.installed
    if installed is None:
        click.echo("Not installed. To have it start when you log in: timecode service install")
    else:
        click.echo(f"Installed as {entry.path}.")
        if installed != entry.text:
            click.echo(
                "That is not what would be installed now: Python, the home folder or Timecode itself is another. "
                "Run 'timecode service install' again."
            )
        click.echo(
            "It starts when you log in."
            if entry.enabled
            else "The system does not start it. Run 'timecode service install' again."
        )
    running = running_service(installation.home)
    click.echo(f"Running: {running}." if running else f"No service runs for {installation.home.path}.")
