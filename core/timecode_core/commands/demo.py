"""`timecode demo`."""

from __future__ import annotations

from datetime import datetime
from itertools import islice

import click

from timecode_core.accounting.crediting import chunks
from timecode_core.accounting.upkeep import Upkeep
from timecode_core.commands.progress import progress_bar
from timecode_core.sample import sample_heartbeats
from timecode_core.serving.service import Service
from timecode_core.setup.home import Home
from timecode_core.setup.lock import WriteLock
from timecode_core.setup.settings import Settings
from timecode_core.wiring.installation import Installation

PORT = 4822
_BATCH = 2_000


@click.command(short_help="Fill a database of its own with invented work, and serve it.")
@click.option("--days", default=365, show_default=True, type=click.IntRange(1, 3660), help="How many days up to today.")
@click.option("--seed", default=1, show_default=True, help="The same seed invents the same work.")
@click.option("--serve/--no-serve", default=True, help="Serve the demo's dashboard afterwards.")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(1, 65535), help="Where to serve it.")
@click.pass_context
def demo(context: click.Context, days: int, seed: int, serve: bool, port: int) -> None:  # noqa: FBT001  (click's call)
    """Fill a database of its own with a year of invented work, and show it.

    It lives in the folder `demo` of the home folder; your own data is not touched. An earlier demo makes room for it.
    """
    installation: Installation = context.obj
    installation.home.make()
    home = Home(installation.home.path / "demo")
    core = {"timezone": installation.settings.core.timezone, "week_start": installation.settings.core.week_start}
    # Nothing else of the settings: a store's path or address among them would lead to your own data.
    invented = Installation(home, Settings({"core": core, "backups": {"daily": False}}), installation.plugins)
    count = _fill(invented, days, seed)
    click.echo(f"{count:,} invented heartbeats of {days} days are in {home.path}")
    server = (
        context.parent.command.get_command(context, "serve")
        if context.parent and isinstance(context.parent.command, click.Group)
        else None
    )
    if serve and server:
        click.echo(f"To see them, in another terminal: TIMECODE_HOME={home.path} timecode open --port {port}")
        with server.make_context("serve", ["--port", str(port)], parent=context.parent, obj=invented) as child:
            child.command.invoke(child)


def _fill(installation: Installation, days: int, seed: int) -> int:
    """Store the sample, and nothing else. Return how many heartbeats it has."""
    with WriteLock(installation.home) as lock, progress_bar("Inventing a year") as tell:
        lock.acquire("demo")
        _empty(installation)
        service = Service(installation)
        service.start()
        try:
            service.wait()
            today = service.answers.today()
            zone = installation.settings.core.timezone or "Europe/Berlin"
            beats = [*sample_heartbeats(today, days, zone, seed)]
            now = service.answers.now()
            rest = (beat for beat in beats if datetime.fromisoformat(str(beat["time"])) <= now)
            done = 0
            while batch := list(islice(rest, _BATCH)):
                service.submit(batch, "demo")
                done += len(batch)
                tell(done, len(beats))
        finally:
            service.close()
    return done


def _empty(installation: Installation) -> None:
    """Take out what an earlier demo stored: the work of two invented people, or of one up to two days, would add up."""
    store = installation.store(writable=True)
    try:
        terms = installation.terms()
        ledger = terms.ledger()
        with store.writing() as transaction:
            for earlier in chunks(transaction):
                transaction.delete(earlier)
            upkeep = Upkeep.due(transaction.metadata(), terms, ledger, everything=True)
            upkeep.do(transaction, ledger, lambda _done, _all: None)
    finally:
        store.close()
