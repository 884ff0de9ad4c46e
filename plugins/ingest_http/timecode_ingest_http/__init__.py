"""The HTTP source: the local service that takes events, answers questions and serves the dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timecode_core import hookimpl

if TYPE_CHECKING:
    import click
    import pluggy
    from timecode_core import Finding, Home, Installation, Running, SettingsTable


@hookimpl
def timecode_addhooks(pm: pluggy.PluginManager) -> None:
    """Publish `timecode_http_resources`."""
    from timecode_ingest_http import hookspecs

    pm.add_hookspecs(hookspecs)


@hookimpl
def timecode_commands() -> list[click.Command]:
    """Give `timecode serve`, `timecode open` and `timecode keys`."""
    from timecode_core import DeferredCommand

    places = {"serve": "serve:serve", "open": "open:open_page", "keys": "keys:keys"}
    return [DeferredCommand(name, f"timecode_ingest_http.commands.{place}") for name, place in places.items()]


@hookimpl
def timecode_settings() -> list[SettingsTable]:
    """Give the table `[ingest_http]`."""
    from timecode_core import SettingsTable

    from timecode_ingest_http.settings import TABLE, HttpSettings

    return [SettingsTable(TABLE, HttpSettings)]


@hookimpl
def timecode_running(home: Home) -> Running | None:
    """Give a link to the service by HTTP."""
    from timecode_ingest_http.link import Link

    return Link.of(home)


@hookimpl
def timecode_findings(installation: Installation) -> list[Finding]:
    """Look at the port, the token, and who else may come in."""
    from timecode_ingest_http.findings import findings

    return findings(installation)
