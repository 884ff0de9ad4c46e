"""`timecode report`."""

from __future__ import annotations

import click

from timecode_core.answering.answers import FROM_EVENTS
from timecode_core.commands.choosing import reading, select, selecting
from timecode_core.commands.output import put, rendered
from timecode_core.commands.table import BEFORE, NOW, compared, print_report
from timecode_core.query import Query
from timecode_core.wiring.installation import Installation


@click.command()
@selecting
@click.option(
    "--by",
    "group_by",
    default="project",
    show_default=True,
    metavar="COLUMNS",
    help="Columns to group by, with commas; '' for none.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(("table", "json", "csv")),
    default="table",
    show_default=True,
    help="How to print it.",
)
@click.option("--compare", is_flag=True, help="Tell the change from the days before.")
@click.pass_obj
def report(
    installation: Installation,
    from_day: str | None,
    to_day: str | None,
    period_name: str | None,
    where: tuple[str, ...],
    group_by: str,
    form: str,
    compare: bool,  # noqa: FBT001  (click's call)
) -> None:
    """Show where the time of some days went.

    \b
    Columns: day, week, month, year, weekday, hour, project, branch, language,
             editor, machine_id, category, type, entity (the file)
    \b
    timecode report --period last-7-days --by day,project
    timecode report --from 2026-01-01 --to 2026-03-31 --by month,language --format csv
    timecode report --period year --by entity --where project=timecode
    """  # noqa: D301  (\b is click's mark for "keep these lines")
    columns = tuple(column.strip() for column in group_by.split(",") if column.strip())
    with reading(installation) as answers:
        selection = select(answers, from_day, to_day, period_name, where)
        if form != "table" and compare:
            raise click.UsageError("--compare goes with --format table.")
        if form != "table":
            options = {"group_by": columns} if columns else {}
            put(rendered(installation, answers, form, selection, options).body)
            return
        reports = answers.reports(compared(Query(selection, columns)) if compare else {NOW: Query(selection, columns)})
    print_report(reports[NOW], reports.get(BEFORE))
    if compare and selection.before is None:
        click.echo("There is nothing to compare these days with.", err=True)
    if reports[NOW].answered_by == FROM_EVENTS:
        click.echo("Computed from the raw events: no aggregation holds these columns together.", err=True)
