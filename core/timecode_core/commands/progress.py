"""Long work shows how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from timecode_core.commands.interrupts import heed


@contextmanager
def progress_bar(what: str, *, binary: bool = False) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, gone when done; tell it how many are done, and of how many. A file gets nothing.

    `binary`: what is counted are bytes.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    counted = DownloadColumn(binary_units=True) if binary else MofNCompleteColumn()
    columns = (TextColumn("{task.description}"), BarColumn(), counted, TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=None)

        def tell(done: int, count: int) -> None:
            heed()
            progress.update(task, completed=done, total=count)

        yield tell


def waiting(what: str) -> AbstractContextManager[object]:
    """A sign on standard error that something goes on, gone when done. A file gets nothing."""
    from rich.console import Console

    console = Console(stderr=True)
    spinner = "line" if console.options.ascii_only else "dots"
    return console.status(what, spinner=spinner) if console.is_terminal else nullcontext()
