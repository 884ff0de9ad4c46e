"""`timecode open`."""

from __future__ import annotations

import webbrowser
from html import escape

import click
from timecode_core import Installation, TimecodeError

from timecode_ingest_http.access.token import read_token
from timecode_ingest_http.settings import TABLE, HttpSettings

FILE = "open.html"


@click.command(name="open")
@click.option(
    "--port", type=click.IntRange(1, 65535), help="The service's port (default: that on which it was started)."
)
@click.option("--print", "print_link", is_flag=True, help="Print the link, good once and for a minute, instead.")
@click.pass_obj
def open_page(installation: Installation, port: int | None, print_link: bool) -> None:  # noqa: FBT001
    """Open the dashboard in the browser, signed in.

    A browser that may not read hidden folders (some are installed so) shows an error instead: use --print then.
    """
    from timecode_ingest_http.client import Client
    from timecode_ingest_http.html_page import page
    from timecode_ingest_http.record import ServiceRecord

    settings = installation.settings.table(TABLE, HttpSettings)
    home = installation.home
    record = ServiceRecord.read(home)
    link = Client(read_token(home), port or (record.port if record else settings.port)).login_link()
    if print_link:
        click.echo(link)
        return
    # The link is in a file, not in an argument that any user could list.
    home.put(FILE, page("Timecode", f'<p><a href="{escape(link)}">Go on to Timecode</a></p>', go_to=link).decode())
    if not webbrowser.open((home.path / FILE).as_uri()):
        raise TimecodeError(
            "no browser could be started.", remedy="Run 'timecode open --print' and open the link yourself."
        )
