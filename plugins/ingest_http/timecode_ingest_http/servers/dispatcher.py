"""waitress's threads, for which requests that were sent ahead of their turn wait in a line of their own."""

from __future__ import annotations

import threading
from typing import Any

from waitress.task import ThreadedTaskDispatcher

from timecode_ingest_http.servers.line import Line


class Dispatcher(ThreadedTaskDispatcher):  # type: ignore[misc]  # waitress has no types
    """Made in the thread that runs the main loop. A channel tells its `line` when it is done with a request."""

    def __init__(self, threads: int) -> None:
        super().__init__()
        self.line: Line[Any] = Line(super().add_task)
        self._new: list[Any] = []
        self._main = threading.current_thread()
        self.set_thread_count(threads)

    def add_task(self, task: Any) -> None:  # noqa: ANN401  (a channel)
        """Have a thread work on the first request of a channel.

        The main loop brings a first one, and `settle`s once it has read what came with that; the thread that is done
        with one brings the next.
        """
        if threading.current_thread() is self._main:
            self._new.append(task)
        else:
            self.line.add(task)

    def settle(self) -> None:
        """In the main loop: hand on what it has brought."""
        while self._new:
            task = self._new.pop()
            if len(task.requests) > 1:
                self.line.add(task)
            else:
                super().add_task(task)
