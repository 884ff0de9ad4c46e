"""`timecode events`."""

from __future__ import annotations

import click
import orjson

from timecode_core.answering.answers import iterate_events
from timecode_core.commands.choosing import reading, select, selecting
from timecode_core.commands.output import put
from timecode_core.intake.wire import event_to_wire
from timecode_core.wiring.installation import Installation


@click.command(short_help="Print the raw events of some days, a line of JSON each.")
@selecting
@click.pass_obj
def events(
    installation: Installation,
    from_day: str | None,
    to_day: str | None,
    period_name: str | None,
    where: tuple[str, ...],
) -> None:
    """Print the raw events of some days (default: today), a line of JSON each.

    It is all that is stored, in the form that the HTTP API takes: sent back, each is known by its id as a duplicate.
    """
    with reading(installation) as answers:
        selection = select(answers, from_day, to_day, period_name, where)
        for event in iterate_events(answers, selection):
            put(orjson.dumps(event_to_wire(event)) + b"\n")
