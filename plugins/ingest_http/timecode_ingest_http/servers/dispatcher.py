"""waitress's threads, for which requests that were sent ahead of their turn wait in a line of their own."""

from __future__ import annotations

from typing import Any

from waitress.task import ThreadedTaskDispatcher

from timecode_ingest_http.servers.line import Line


class Dispatcher(ThreadedTaskDispatcher):  # type: ignore[misc]  # waitress has no types
    """A channel tells its `line` when a thread is done with its request."""

    def __init__(self, threads: int) -> None:
        super().__init__()
        self.line: Line[Any] = Line(super().add_task)
        self.set_thread_count(threads)

    def add_task(self, task: Any) -> None:  # noqa: ANN401  (a channel)
        """Have a thread work on the request of a channel."""
        if task.pipelines:
            self.line.add(task)
        else:
            super().add_task(task)
