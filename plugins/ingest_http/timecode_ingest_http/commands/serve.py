"""`timecode serve`."""

from __future__ import annotations

import sys
import threading
import time
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

import attrs
import click
from timecode_core import Installation, Logbook, TimecodeError, UnavailableError, WriteLock

from timecode_ingest_http.access.token import read_token
from timecode_ingest_http.settings import TABLE, HttpSettings

if TYPE_CHECKING:
    from timecode_ingest_http.hosting import Hosted


_EVERY_S = 1.0


@click.command(short_help="Run the service that editors send to: it shows the dashboard.")
@click.option(
    "--port", type=click.IntRange(1, 65535), help="Listen on this port instead of the setting's (default 4821)."
)
@click.pass_obj
def serve(installation: Installation, port: int | None) -> None:
    """Run the service that editors send to and that shows the dashboard.

    It listens on this machine alone (127.0.0.1 and ::1). Whoever calls it needs the token in the home folder's file
    "token"; a browser gets in by "timecode open". Stop it with Ctrl-C: nothing that was acknowledged is ever lost.

    Settings are in the table [ingest_http] of config.toml.
    """
    settings = installation.settings.table(TABLE, HttpSettings)
    if port is not None:
        settings = attrs.evolve(settings, port=port)
    from timecode_ingest_http.shell import Shell

    installation.check()
    Shell.of(installation.renderers(), settings.page)
    home = installation.home
    with WriteLock(home) as lock:
        lock.acquire(f"serve on port {settings.port}")
        logbook = Logbook.begin(home, installation.settings.core.log_level, "gunicorn.error")
        with logbook.noting():
            token = read_token(home)
            home.secret("machine_id")
            _run(installation, settings, token, logbook)


def _run(installation: Installation, settings: HttpSettings, token: str, logbook: Logbook) -> None:
    """Start the server that the settings name. What only it needs is imported here."""
    from timecode_ingest_http.app import Identity
    from timecode_ingest_http.hosting import Hosted
    from timecode_ingest_http.listening import listen
    from timecode_ingest_http.record import ServiceRecord

    try:
        server = import_module(f"timecode_ingest_http.servers.with_{settings.server_name}")
    except ImportError as error:
        raise TimecodeError(
            f"{settings.server_name} does not run here: {error}.", remedy='Set server = "auto" in [ingest_http].'
        ) from error
    sockets = listen(settings.port)
    try:
        ServiceRecord.of_this_process(settings.port).write(installation.home)
    except TimecodeError as error:  # it can be found by its port all the same
        click.echo(f"timecode: {error}", err=True)
    for failure in installation.plugins.failures:
        click.echo(f"timecode: plugin {failure}", err=True)
    zone = installation.zone()
    if zone.problem:
        click.echo(f"timecode: {zone.problem}", err=True)
    listens = (
        f"Timecode listens on http://127.0.0.1:{settings.port} and keeps its data in {installation.home.path}. {zone}"
    )
    start = partial(Hosted, installation, settings, Identity(token, settings.port), logbook)
    server.serve(settings, sockets, start, partial(_announce, listens))


def _announce(listens: str, hosted: Hosted) -> None:
    """Tell of the service once it is ready, from a thread of its own: until then it answers that it isn't."""
    threading.Thread(target=_tell, args=(listens, hosted), name="timecode-announce", daemon=True).start()


def _tell(listens: str, hosted: Hosted) -> None:
    told = ""
    while True:
        try:
            hosted.wait(_EVERY_S)
        except TimeoutError:
            if not told or (sys.stdout.isatty() and told != hosted.progress):
                told = hosted.progress
                _say(f"Timecode is getting ready: {told}.")
        except TimecodeError as error:
            if told != str(error):
                told = str(error)
                again = " It is tried again." if isinstance(error, UnavailableError) else ""
                click.echo(f"timecode: {' '.join(told.split())}{again}", err=True)
            if not isinstance(error, UnavailableError):
                return
            time.sleep(_EVERY_S)
        else:
            break
    _say(listens)
    if sys.stdout.isatty():
        # A person at a terminal. Anything else that reads our output may keep it: no link there.
        _say(f"Open {hosted.login_link()} within a minute, or run 'timecode open' at any time. Ctrl-C stops.")


def _say(line: str) -> None:
    with suppress(OSError):  # nobody listens, or the disk is full: no reason to stop recording
        click.echo(line)
        sys.stdout.flush()
