"""The sources beside the server: each in a thread of its own, started anew when it fails, taking nothing else down."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence

from timecode_core.protocols import Source
from timecode_core.receipt import Receipt

_log = logging.getLogger("timecode.sources")
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0


class Sources:
    """Builds and runs sources until stopped. `failures` tells, by name, why one that waits to start anew failed."""

    def __init__(
        self, builders: Mapping[str, Callable[[], Source]], submit: Callable[[Sequence[object], str], Receipt]
    ) -> None:
        self._submit = submit
        self._running: dict[str, Source] = {}
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self.failures: dict[str, str] = {}
        self._threads = [
            threading.Thread(target=self._run, args=builder, name=f"timecode-{builder[0]}", daemon=True)
            for builder in builders.items()
        ]
        for thread in self._threads:
            thread.start()

    def _run(self, name: str, build: Callable[[], Source]) -> None:
        pause = _FIRST_PAUSE_S
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                source = build()
                with self._lock:
                    if self._stopping.is_set():
                        return
                    self._running[name] = source
                self.failures.pop(name, None)
                source.start(lambda items: self._submit(items, name))
            except BaseException as error:  # noqa: BLE001  (a plugin's source may raise anything, even SystemExit)
                self.failures[name] = f"{type(error).__name__}: {error}"
                pause = _FIRST_PAUSE_S if time.monotonic() - began > _LONGEST_PAUSE_S else pause
                _log.warning("the source %s failed and starts again in %.0f s: %s", name, pause, type(error).__name__)
                self._stopping.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_S)
            else:
                return

    def stop(self) -> None:
        """Stop them all, and wait a little for each."""
        with self._lock:
            self._stopping.set()
        for name, source in self._running.items():
            try:
                source.stop()
            except Exception as error:  # noqa: BLE001  (as above)
                _log.warning("the source %s failed to stop: %s", name, type(error).__name__)
        for thread in self._threads:
            thread.join(timeout=5)
