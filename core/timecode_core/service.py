"""The service: the one writing process's store, writer, sources and answers."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress

from timecode_core import __version__
from timecode_core.answers import Answers
from timecode_core.errors import BusyError, TimecodeError, UnavailableError
from timecode_core.installation import Installation
from timecode_core.intake import Intake
from timecode_core.protocols import Rendered, Renderer, Transaction
from timecode_core.query import Query
from timecode_core.receipt import Receipt
from timecode_core.rendering import Rendering, Texts
from timecode_core.selection import Selection
from timecode_core.sources import Sources
from timecode_core.upkeep import Work
from timecode_core.wire import format_time
from timecode_core.writer import Writer
from timecode_core.zone import zone_in_force

_log = logging.getLogger("timecode.service")
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 300.0


class Service:
    """Everything a server needs. Whoever starts it holds the `WriteLock`, and starts it after any fork."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.progress = "starting"

    def start(self) -> None:
        """Open the store and begin to bring its totals up to date; `ready` tells when it is done. Raises StoreError."""
        installation = self.installation
        steps = installation.steps()
        self._ledger = installation.ledger()
        self._store = installation.store(writable=True)
        self.answers = Answers(installation, self._store)
        self._rendering = Rendering(self.answers, installation.renderers())
        self._writer = Writer(self._store, self._ledger)
        self._intake = Intake(steps, self._writer)
        self._sources: Sources | None = None
        self._begun = threading.Event()
        self._pause_s = _FIRST_PAUSE_S
        self._again: threading.Timer | None = None
        self._bring_up_to_date()

    def _bring_up_to_date(self) -> None:
        self._upkeep: Future[None] = self._writer.run(self._catch_up)
        self._upkeep.add_done_callback(self._begin)

    def _catch_up(self, transaction: Transaction) -> None:
        work = Work.due(transaction.metadata(), self.installation.settings.core, self._ledger)
        if not work.needed:
            return

        def tell(done: int, count: int) -> None:
            self.progress = f"recomputing totals ({work.reason}): {done} of {count} events"

        tell(0, transaction.count())
        _log.info(self.progress)
        work.do(transaction, self._ledger, tell)

    def _begin(self, upkeep: Future[None]) -> None:
        try:
            upkeep.result()
            self.progress = ""
            self._sources = Sources(self.installation.sources(), self.submit)
        except UnavailableError as error:
            self.progress = f"it could not get ready, and tries again in {self._pause_s:.0f} s: {error}"
            _log.error(self.progress)
            self._again = threading.Timer(self._pause_s, self._try_again)
            self._again.daemon = True
            self._again.start()
            self._pause_s = min(self._pause_s * 2, _LONGEST_PAUSE_S)
        except Exception as error:  # noqa: BLE001  (a callback's exception would go unseen)
            self.progress = f"it could not get ready: {error}"
            _log.error(self.progress)
        finally:
            self._begun.set()

    def _try_again(self) -> None:
        """A disk that was full, say, may have room now."""
        self._begun.clear()
        self.progress = "trying again to get ready"
        with suppress(BusyError):  # it is being closed
            self._bring_up_to_date()

    @property
    def ready(self) -> bool:
        """Whether events are taken and questions answered. Until then `progress` says what is going on."""
        return not self.progress

    def wait(self, timeout_s: float | None = None) -> None:
        """Return once it is ready. Raises what kept it from that, or TimeoutError.

        What another attempt may mend (UnavailableError) is tried again, with pauses, for as long as it runs.
        """
        if not self._begun.wait(timeout_s):
            raise TimeoutError(self.progress)
        self._upkeep.result()
        self._check_ready()

    def _check_ready(self) -> None:
        if self.progress:
            raise BusyError(f"the service is not ready: {self.progress}.", remedy="Try again in a moment.")

    def submit(self, items: Sequence[object], source: str) -> Receipt:
        """Store decoded wire events; durable on return. Raises UnavailableError: then none of them is stored."""
        self._check_ready()
        return self._intake.submit(items, source)

    @property
    def renderers(self) -> Mapping[str, Renderer]:
        """The renderers by name, each built at its first use."""
        return self._rendering.renderers

    def render(self, name: str, selection: Selection, options: Texts) -> Rendered:
        """See `Rendering.render`."""
        self._check_ready()
        return self._rendering.render(name, selection, options)

    def etag(self, name: str, selection: Selection, options: Texts) -> str:
        """See `Rendering.etag`."""
        return self._rendering.etag(name, selection, options)

    def status(self) -> dict[str, object]:
        """What a status bar shows, ready for JSON: today's time, the last event, and how the service is.

        Never raises StoreError: a store that fails is part of the answer.
        """
        health = self._store.health()
        failures = [
            *self.installation.plugins.failures,
            *(f"aggregation {n}: {why}" for n, why in dict(self._ledger.failures).items()),
        ]
        failures += [
            f"source {name}: {why}" for name, why in (dict(self._sources.failures).items() if self._sources else ())
        ]
        zone = zone_in_force(self.installation.settings.core.timezone)
        status: dict[str, object] = {
            "version": __version__,
            "ready": self.ready,
            "progress": self.progress,
            "store": {"ok": health.ok, "error": health.error, **health.details},
            "failures": failures,
            "zone": {"name": zone.name, "problem": zone.problem},
            "today": None,
            "last_event": None,
            "ahead": None,
        }
        if self.ready:
            try:
                status |= self._activity()
            except TimecodeError as error:
                status["store"] = {"ok": False, "error": str(error)}
        return status

    def _activity(self) -> dict[str, object]:
        today = self.answers.today()
        report = self.answers.report(Query(Selection(today, today), ("project",)))
        last, ahead = self.answers.last_event(), self.answers.ahead()
        return {
            "today": {
                "day": today.isoformat(),
                "total_seconds": report.total / 1_000_000,
                "projects": [{"project": row.values[0], "seconds": row.seconds} for row in report.rows],
            },
            "last_event": format_time(last.time, last.utc_offset) if last else None,
            "ahead": {"events": ahead.events, "last": ahead.at} if ahead else None,
        }

    def close(self) -> None:
        """Stop the sources, finish what is being written, and close the store."""
        if self._again:
            self._again.cancel()
        if self._sources:
            self._sources.stop()
        self._writer.close()
        self._store.close()
