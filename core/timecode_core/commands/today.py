"""`timecode today`."""

from __future__ import annotations

import click

from timecode_core.commands.choosing import reading
from timecode_core.commands.table import BEFORE, NOW, compared, print_report
from timecode_core.query import Query
from timecode_core.wiring.installation import Installation


@click.command()
@click.pass_obj
def today(installation: Installation) -> None:
    """Show today's time by project, against yesterday's."""
    with reading(installation) as answers:
        reports = answers.reports(compared(Query(answers.select("today"), ("project",))))
        ahead = answers.ahead()
    print_report(reports[NOW], reports.get(BEFORE))
    if ahead:
        click.echo(str(ahead), err=True)
