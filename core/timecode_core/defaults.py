"""The core's own plugin: the rule, the steps, the aggregations, the plain renderers and the commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timecode_core import hookimpl
from timecode_core.accounting.rules.join_gaps import JoinGaps
from timecode_core.aggregation import Aggregation
from timecode_core.calendar import SECOND_US
from timecode_core.intake.steps.exclude import build_exclude
from timecode_core.intake.steps.normalise import normalise
from timecode_core.intake.steps.redact import build_redact
from timecode_core.protocols import Context, Provider, Renderer, Rule, Step

if TYPE_CHECKING:
    import click

    from timecode_core.finding import Finding
    from timecode_core.wiring.installation import Installation

_WHO = ("project", "branch", "language", "editor", "machine_id", "category")


def _join_gaps(_settings: None, context: Context) -> Rule:
    return JoinGaps(context.core.keystroke_timeout * SECOND_US)


def _redact(_settings: None, context: Context) -> Step:
    hashed = context.core.paths == "hashed"
    return build_redact(
        context.core.paths, context.core.hash_key or (context.home.secret("hash_key") if hashed else "")
    )


def _json(_settings: None, _context: Context) -> Renderer:
    from timecode_core.answering.renderers.json import JsonRenderer

    return JsonRenderer()


def _csv(_settings: None, _context: Context) -> Renderer:
    from timecode_core.answering.renderers.csv import CsvRenderer

    return CsvRenderer()


@hookimpl
def timecode_rules() -> list[Provider]:
    """The default rule."""
    return [Provider("join_gaps", _join_gaps)]


@hookimpl
def timecode_steps() -> list[Provider]:
    """The steps that every event passes, whatever its source."""
    return [
        Provider("normalise", lambda _settings, _context: normalise),
        Provider("exclude", lambda _settings, context: build_exclude(context.core)),
        Provider("redact", _redact),
    ]


@hookimpl
def timecode_aggregations() -> list[Aggregation]:
    """By day, by hour, and by file."""
    return [
        Aggregation("daily", ("day", *_WHO)),
        Aggregation("hourly", ("day", "hour", *_WHO)),
        Aggregation("entities", ("day", "project", "entity")),
    ]


@hookimpl
def timecode_renderers() -> list[Provider]:
    """Reports as plain data."""
    return [Provider("json", _json), Provider("csv", _csv)]


@hookimpl
def timecode_commands() -> list[click.Command]:
    """The commands that need no server."""
    from timecode_core.deferred import DeferredCommand

    names = (
        "backup config demo doctor events export forget logs plugins rebuild recover report restore service status "
        "stop today verify"
    )
    return [DeferredCommand(name, f"timecode_core.commands.{name}:{name}") for name in names.split()]


@hookimpl
def timecode_findings(installation: Installation) -> list[Finding]:
    """Look at what is the core's: home folder, settings, zone, service, database, disk and backups."""
    from timecode_core.safekeeping.findings.own import own

    return own(installation)
