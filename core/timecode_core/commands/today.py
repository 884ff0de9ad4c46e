"""`timecode today`."""

from __future__ import annotations

import click

from timecode_core.commands.choosing import reading
from timecode_core.commands.table import print_report
from timecode_core.installation import Installation
from timecode_core.query import Query
from timecode_core.selection import Selection


@click.command()
@click.pass_obj
def today(installation: Installation) -> None:
    """Show today's time by project, against yesterday's."""
    with reading(installation) as answers:
        day = answers.today()
        selection = Selection(day, day)
        reports = answers.reports({"now": Query(selection, ("project",)), "before": Query(selection.previous())})
    print_report(reports["now"], reports["before"])
