"""What commands share: the options that choose days and filters, and the store they read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, TypeVar

import click

from timecode_core.accounting.terms import Terms
from timecode_core.answering.answers import Answers
from timecode_core.answering.periods import PERIODS, Range
from timecode_core.commands.progress import progress_bar
from timecode_core.protocols import Guarded, Store
from timecode_core.safekeeping.looking import look_through
from timecode_core.selection import Selection
from timecode_core.wiring.installation import Installation

F = TypeVar("F", bound=Callable[..., Any])

_DAY_HELP = "A date such as 2026-01-31, or today, or yesterday."


def selecting(command: F) -> F:
    """Add `--from`, `--to`, `--period`, `--where`, passed as `from_day`, `to_day`, `period_name`, `where`."""
    for option in (
        click.option(
            "--where",
            "-w",
            multiple=True,
            metavar="COLUMN=VALUE",
            help="Only time with this value; may be given again.",
        ),
        click.option(
            "--period",
            "-p",
            "period_name",
            type=click.Choice(PERIODS),
            help="A range by name, in place of --from and --to.",
        ),
        click.option("--to", "to_day", metavar="DAY", help="The last day (default: today)."),
        click.option("--from", "from_day", metavar="DAY", help=f"The first day (default: the last day). {_DAY_HELP}"),
    ):
        command = option(command)
    return command


@contextmanager
def opened(installation: Installation) -> Iterator[tuple[Terms, Store]]:
    """The store, opened for reading only, and the terms of today; looked through first where it is in doubt."""
    installation.check()
    terms, store = installation.terms(), installation.store()
    try:
        warnings: tuple[str, ...] = ()
        if isinstance(store, Guarded) and store.doubt:
            with progress_bar(f"Looking through the database: {store.doubt}") as tell:
                warnings = look_through(terms, store, tell)
        yield terms, store
        for warning in warnings:  # below an answer that does not meet what it is about
            click.echo(f"timecode: {warning}", err=True)
    finally:
        store.close()


@contextmanager
def reading(installation: Installation) -> Iterator[Answers]:
    """The answers of the store, opened as `opened` does."""
    with opened(installation) as (terms, store):
        yield Answers(terms, store)


def named_day(text: str, today: date, option: str = "") -> date:
    """The day that an option, such as "--from", names."""
    named = {"today": today, "yesterday": today - timedelta(days=1)}
    try:
        return named.get(text) or date.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no day. {_DAY_HELP}", param_hint=option or None) from error


def select(
    answers: Answers,
    from_day: str | None,
    to_day: str | None,
    period_name: str | None,
    where: tuple[str, ...] = (),
    default: str = "today",
) -> Selection:
    """The selection that the options describe; with none of them, the period `default`."""
    if period_name and (from_day or to_day):
        raise click.UsageError("--period goes alone, without --from and --to.")
    if from_day or to_day:
        today = answers.today()
        last = named_day(to_day, today, "--to") if to_day else today
        days: str | Range = (named_day(from_day, today, "--from") if from_day else last, last)
    else:
        days = period_name or default
    filters: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    for text in where:
        column, equals, value = text.partition("=")
        if not equals:
            raise click.BadParameter(f"{text!r} lacks a '='. Write for example --where project=timecode.")
        filters[column] += (value,)
    return answers.select(days, MappingProxyType(dict(filters)))
