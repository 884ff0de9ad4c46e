"""`timecode forget`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from timecode_core.answering.answers import Answers
from timecode_core.calendar import SECOND_US
from timecode_core.commands.choosing import named_day, opened
from timecode_core.commands.formatting import duration, shown
from timecode_core.commands.interrupts import drop_what_was_typed, held
from timecode_core.commands.progress import progress_bar, waiting
from timecode_core.erasure import Erased, Erasure
from timecode_core.errors import BusyError, PluginError, TimecodeError
from timecode_core.protocols import Guarded
from timecode_core.safekeeping.copies import search
from timecode_core.safekeeping.forgetting import Forgetting
from timecode_core.safekeeping.looking import look_through
from timecode_core.setup.lock import WriteLock
from timecode_core.wiring.installation import Installation

_SHOWN = 10


@click.command(short_help="Remove events for good, from the totals and from backups.")
@click.option("--project", "projects", multiple=True, metavar="PATTERN", help="Of these projects, such as 'secret-*'.")
@click.option(
    "--entity",
    "entities",
    multiple=True,
    metavar="PATTERN",
    help="On these files, by their paths as they are stored (see `timecode events`): patterns as in a .gitignore file.",
)
@click.option("--machine", "machines", multiple=True, metavar="ID", help="From these machines, by their ids.")
@click.option("--from", "from_day", metavar="DAY", help="From this day on, such as 2026-01-31.")
@click.option("--to", "to_day", metavar="DAY", help="Up to this day, which counts too.")
@click.option("--ahead", is_flag=True, help="Later than now: the clock that made them was wrong.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@click.option("--backups", is_flag=True, help="Rewrite the backups that hold such events, too.")
@click.pass_obj
def forget(
    installation: Installation,
    projects: tuple[str, ...],
    entities: tuple[str, ...],
    machines: tuple[str, ...],
    from_day: str | None,
    to_day: str | None,
    ahead: bool,  # noqa: FBT001  (click's call)
    yes: bool,  # noqa: FBT001
    backups: bool,  # noqa: FBT001
) -> None:
    """Remove events for good: those that fit all that is given; of several in one option, any.

    \b
    timecode forget --project 'secret-*'
    timecode forget --entity '*.env' --from 2026-01-01
    timecode forget --to 2019-12-31 --yes

    It shows what would go, and asks. Every total is then what it would be had they never been there. Nothing brings
    them back but a backup: it says which backups still hold some, and with --backups rewrites these. To keep such
    events from being stored again, see exclude_projects and exclude_paths in the settings.
    """  # noqa: D301  (\b is click's mark for "keep these lines")
    with opened(installation) as (terms, store), store.reading() as reader:
        today = Answers(terms, store).today()
        erasure = Erasure(
            projects=projects,
            entities=entities,
            machines=machines,
            first=named_day(from_day, today, "--from") if from_day else None,
            last=named_day(to_day, today, "--to") if to_day else None,
            ahead=ahead,
        )
        ledger = terms.recorded_ledger(reader.metadata())
        with progress_bar("Looking") as tell:
            found = Forgetting(erasure, ledger, _now()).survey(reader, tell)
    if found.events:
        _show(found)
        if not yes and not _confirmed():
            click.echo("Nothing is forgotten.")
            return
        _forget(installation, erasure)
    else:
        click.echo("Nothing like that is stored.")
    _in_copies(installation, erasure, rewrite=backups)


def _now() -> int:
    return round(datetime.now(UTC).timestamp() * SECOND_US)


def _counted(events: int) -> str:
    return f"{events:,} event{'' if events == 1 else 's'}"


def _show(found: Erased) -> None:
    days = f"of {found.first}" if found.first == found.last else f"from {found.first} to {found.last}"
    click.echo(f"{_counted(found.events)} {days}, with {duration(found.time)} of time:")
    largest = sorted(found.projects.items(), key=lambda item: (-item[1], item[0]))
    for project, us in largest[:_SHOWN]:
        click.echo(f"  {duration(us):>10}  {shown('project', project)}")
    if rest := largest[_SHOWN:]:
        click.echo(f"  {duration(sum(us for _, us in rest)):>10}  {len(rest)} more projects")


def _confirmed() -> bool:
    if not (sys.stdin and sys.stdin.isatty()):
        raise TimecodeError("there is no terminal to ask on: nothing was forgotten.", remedy="Add --yes.")
    drop_what_was_typed()
    return click.confirm("Forget them for good?")


def _forget(installation: Installation, erasure: Erasure) -> None:
    """Through the running service; where there is none, under the lock."""
    if link := installation.running():
        try:
            with waiting("Forgetting…"):
                count = link.forget(erasure).events
        except KeyboardInterrupt:
            raise TimecodeError(
                "the service may go on forgetting, though nobody waits for it.",
                remedy="Give the same command again: it says what is left.",
            ) from None
        click.echo(f"Forgotten: {_counted(count)}.")
    else:
        with held():
            click.echo(f"Forgotten: {_counted(_forget_here(installation, erasure))}.")


def _forget_here(installation: Installation, erasure: Erasure) -> int:
    """How many it were."""
    with WriteLock(installation.home) as lock:
        lock.acquire("forget")
        store = installation.store(writable=True)
        try:
            terms = installation.terms()
            if isinstance(store, Guarded) and store.doubt:
                with progress_bar("Looking through the database") as tell:
                    look_through(terms, store, tell)
            with progress_bar("Forgetting") as tell, store.writing() as transaction:
                ledger = terms.recorded_ledger(transaction.metadata())
                return Forgetting(erasure, ledger, _now()).do(transaction, tell)
        finally:
            store.close()


def _in_copies(installation: Installation, erasure: Erasure, *, rewrite: bool) -> None:
    """Say what backups hold of it; rewrite them where that is wanted."""
    failed, held = 0, 0
    try:
        for copy in search(installation, erasure, _now(), progress_bar, rewrite=rewrite):
            if copy.error:
                failed += 1
                told = " ".join(str(copy.error).split())
                click.echo(f"timecode: {copy.path} could not be looked into: {told}", err=True)
            elif copy.found.events:
                held += 1
                click.echo(f"{copy.path}: {'forgotten' if rewrite else 'still holds'} {_counted(copy.found.events)}")
    except PluginError:
        return  # a store that has none of ours
    except BusyError as error:
        raise BusyError(
            f"backups were not looked into: {error.args[0]}", remedy="Give the same command again once that is done."
        ) from error
    if held and not rewrite:
        click.echo("To forget them there, too, give the same command with --backups; or remove what you need no more.")
    if failed:
        raise TimecodeError("some copies may still hold such events.", remedy="Remove them, or try again.")
