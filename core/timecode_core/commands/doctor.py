"""`timecode doctor`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import click
from attrs import evolve

from timecode_core.accounting.verification import Verification, verify
from timecode_core.commands.formatting import duration, printable
from timecode_core.commands.progress import progress_bar
from timecode_core.errors import TimecodeError
from timecode_core.finding import Finding, Severity
from timecode_core.safekeeping.backups import kept
from timecode_core.safekeeping.looking import BEYOND, REBUILD, REMEDY
from timecode_core.safekeeping.packing import check_packed
from timecode_core.wiring.installation import Installation

_MARKS: dict[Severity, str] = {"ok": "ok", "warning": " !", "fault": " x"}
_CODES: dict[Severity, int] = {"ok": 0, "warning": 3, "fault": 4}
_WIDTH = 15
_LOOK = "timecode_findings"


@click.command(short_help="Look at every part: what is wrong, and what to do about it.")
@click.option("--quick", is_flag=True, help="Leave out the looks through the database and the backups.")
@click.pass_obj
def doctor(installation: Installation, quick: bool) -> None:  # noqa: FBT001  (click's call)
    """Look at every part, and say what is wrong and what to do about it.

    Versions, home folder, settings, zone, service, database, disk, backups, plugins; at last every total is recomputed
    as by "timecode verify", and each backup read through. Nothing is changed, and the service may go on.

    Exits with 0 where all is well, with 3 where there is a warning, with 4 where there is a fault.
    """
    counts: Counter[Severity] = Counter()
    for finding in _findings(installation.lenient(), quick=quick):
        counts[finding.severity] += 1
        click.echo(f"{_MARKS[finding.severity]}  {printable(finding.topic):{_WIDTH}} {printable(finding.text)}")
        if finding.remedy:
            click.echo(f"{'':{_WIDTH + 5}}{printable(finding.remedy)}")
    told = [
        f"{counts[kind]} {kind}{'' if counts[kind] == 1 else 's'}" for kind in _CODES if kind != "ok" and counts[kind]
    ]
    click.echo(" and ".join(reversed(told)).capitalize() + "." if told else "All is well.")
    raise click.exceptions.Exit(max(_CODES[kind] for kind in counts))


def _findings(installation: Installation, *, quick: bool) -> Iterator[Finding]:
    """What the plugins say of their parts; what is to be said of them; what the database holds."""
    yield from installation.plugins.collect(_LOOK, installation=installation)
    yield from _plugins(installation)
    if not quick:
        yield from _integrity(installation)
        yield from _backups(installation)


def _plugins(installation: Installation) -> Iterator[Finding]:
    """What has gone wrong with any of them, here as well. Of one that failed to look at itself, all may be wrong."""
    with suppress(TimecodeError):  # it has been told as one of the settings
        installation.plugins.load_commands()
    for name, record in installation.plugins.records.items():
        for failure in record.failures:
            severity: Severity = "fault" if failure.startswith(f"{_LOOK}: ") else "warning"
            yield Finding("plugins", f"{name}: {failure}", severity, "Upgrade or uninstall it; see `timecode plugins`.")
    if not installation.plugins.failures:
        yield Finding("plugins", ", ".join(installation.plugins.records))


def _integrity(installation: Installation) -> Iterator[Finding]:
    """Whether what is kept is what the events say. A store that can't be opened has been told."""
    with suppress(TimecodeError):
        store = installation.store()
        try:
            with progress_bar("Recomputing") as tell:
                found = verify(installation.terms(), store, tell)
        except TimecodeError as error:
            yield Finding.of("integrity", error, otherwise=REMEDY)
        else:
            yield from _found(found)
        finally:
            store.close()


def _backups(installation: Installation) -> Iterator[Finding]:
    """Whether each is as it was packed. What keeps their folder from being read has been told."""
    with suppress(TimecodeError):
        sound = 0
        for backup in kept(installation.settings.backups.path(installation.home.path)):
            try:
                with progress_bar(f"Reading {backup.path.name}", binary=True) as tell:
                    check_packed(backup.path, tell)
            except TimecodeError as error:
                if isinstance(error.__cause__, FileNotFoundError):
                    continue  # thinned out meanwhile
                yield evolve(Finding.of("backups", error), remedy="Check its disk, and remove it.")
            else:
                sound += 1
        if sound:
            yield Finding("backups", f"{sound} can be unpacked")


def _found(found: Verification) -> Iterator[Finding]:
    if found.damage:
        more = f" (and {len(found.damage) - 1} more)" if len(found.damage) > 1 else ""
        yield Finding("integrity", f"{found.damage[0]}{more}", "fault", REMEDY if found.read else BEYOND)
    for _, line in found.faults[len(found.damage) :]:
        yield Finding("integrity", line, "fault", REBUILD)
    for name in found.pending:
        yield Finding("integrity", f"{name} is not kept in its present form", "warning", REBUILD)
    if found.clean:
        text = f"every total is what the events say: {found.events:,} events, {duration(found.total)}"
        yield Finding("integrity", text)
