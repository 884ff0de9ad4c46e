"""`python -m bench [names …]`: measure, and print the tables."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import click
from rich.console import Console

from bench import before, costs, http, ingest, peer, pictures, queries, start, upkeep
from bench.place import Place
from bench.scale import chosen
from bench.section import Section

BENCHMARKS: dict[str, Callable[[Place], Section | Iterable[Section]]] = {
    "costs": costs.run,
    "ingest": ingest.run,
    "http": http.run,
    "queries": queries.run,
    "upkeep": upkeep.run,
    "start": start.run,
    "pictures": pictures.run,
    "before": before.run,
    "peer": peer.run,
}
USUAL = [name for name in BENCHMARKS if name != "peer"]


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(BENCHMARKS)))
@click.option("--quick", is_flag=True, help="A smaller history and fewer rounds: less than a minute.")
def main(names: tuple[str, ...], quick: bool) -> None:
    """Measure Timecode. With no NAMES, everything but `peer`, which installs another program to compare with."""
    console = Console(width=max(120, shutil.get_terminal_size().columns))
    begin = time.perf_counter()
    scale = chosen(quick=quick)
    console.print(
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores; "
        f"a history of {scale.events:,} events, {scale.rounds} rounds. Medians; compare the ratios.\n",
        highlight=False,
    )
    with tempfile.TemporaryDirectory(prefix="timecode-bench-", ignore_cleanup_errors=True) as folder:
        place = Place(Path(folder), scale)
        for name in names or USUAL:
            found = BENCHMARKS[name](place)
            for section in [found] if isinstance(found, Section) else found:
                section.show(console)
    console.print(f"{time.perf_counter() - begin:.0f} s in all", highlight=False)


if __name__ == "__main__":
    main()
