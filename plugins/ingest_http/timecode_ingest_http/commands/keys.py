"""`timecode keys`."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from timecode_core import Installation, TimecodeError

from timecode_ingest_http.access.keys import Keys
from timecode_ingest_http.access.sessions import Sessions
from timecode_ingest_http.access.token import read_token
from timecode_ingest_http.settings import TABLE, HttpSettings

_RIGHTS = {"ingest": "brings events", "read": "reads"}


@click.group(short_help="Keys for clients that should not have the token.")
def keys() -> None:
    """Keys for clients that should not have the token, and the browsers that are signed in.

    A key has one right: to bring events (and read today's total), or to read. It is shown once and kept as a hash. The
    running service knows a new key, and no longer knows a revoked one, with its next request.
    """


@keys.command()
@click.argument("name")
@click.option("--read", "reads", is_flag=True, help="A key that reads, instead of one that brings events.")
@click.pass_obj
def new(installation: Installation, name: str, reads: bool) -> None:  # noqa: FBT001
    """Make a key and print it, once."""
    installation.home.make()
    click.echo(Keys(installation.home).new(name, "read" if reads else "ingest"))
    click.echo("This key is not shown again. 'timecode keys revoke' takes it back.", err=True)


@keys.command(name="list")
@click.pass_obj
def list_all(installation: Installation) -> None:
    """List the keys and the browsers that are signed in."""
    found = Keys(installation.home).all()
    browsers = _sessions(installation).all()
    if not found and not browsers:
        click.echo("There are no keys, and no browser is signed in.")
        return
    width = max(map(len, (*(key.name for key in found), *(browser.name for browser in browsers))))
    for key in found:
        click.echo(f"{key.name:{width}}  {_RIGHTS[key.right]}, made {_day(key.created)}")
    for browser in browsers:
        click.echo(f"{browser.name:{width}}  reads, signed in {_day(browser.created)} until {_day(browser.expires)}")


@keys.command()
@click.argument("name", required=False)
@click.option("--sessions", is_flag=True, help="Sign all browsers out.")
@click.pass_obj
def revoke(installation: Installation, name: str | None, sessions: bool) -> None:  # noqa: FBT001
    """Take back the key, or end the browser's session, of this name."""
    if (name is None) != sessions:
        raise click.UsageError("Give a name, or --sessions.")
    browsers = _sessions(installation)
    ended = browsers.end(lambda one: sessions or one.name == name)
    if sessions:
        click.echo(f"{ended} signed out.")
    elif ended or (name is not None and Keys(installation.home).revoke(name)):
        click.echo(f"{name} is revoked.")
    else:
        raise TimecodeError(f"there is no key {name!r:.80}.", remedy="See 'timecode keys list'.")


def _sessions(installation: Installation) -> Sessions:
    """The sessions, to be listed and ended: whatever their port, they stand in one table."""
    settings = installation.settings.table(TABLE, HttpSettings)
    return Sessions(installation.home, read_token(installation.home), settings.port)


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
