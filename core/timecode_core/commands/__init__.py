"""The commands of the core, a file each."""

from __future__ import annotations

import click

from timecode_core.commands.demo import demo
from timecode_core.commands.events import events
from timecode_core.commands.export import export
from timecode_core.commands.plugins import plugins
from timecode_core.commands.rebuild import rebuild
from timecode_core.commands.report import report
from timecode_core.commands.today import today
from timecode_core.commands.verify import verify


def all_commands() -> list[click.Command]:
    """Every command that the core's plugin brings."""
    return [demo, events, export, plugins, rebuild, report, today, verify]
