"""The service: the one writing process's store, writer, sources and answers."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress

from attrs import evolve

from timecode_core import __version__
from timecode_core.answering.answers import Answers
from timecode_core.answering.rendering import Order, Rendering, Texts
from timecode_core.calendar import SECOND_US
from timecode_core.erasure import Erased, Erasure
from timecode_core.errors import BusyError, PluginError, TimecodeError
from timecode_core.intake.intake import Intake
from timecode_core.intake.wire import format_time
from timecode_core.protocols import Rendered, Renderer
from timecode_core.query import Query
from timecode_core.receipt import Receipt
from timecode_core.safekeeping.backups import Backups
from timecode_core.safekeeping.forgetting import Forgetting
from timecode_core.selection import Selection
from timecode_core.serving.daily import DailyBackup
from timecode_core.serving.keeper import Keeper
from timecode_core.serving.sources import Sources
from timecode_core.serving.writer import Writer
from timecode_core.wiring.installation import Installation

_log = logging.getLogger("timecode.service")


class Service:
    """Everything a server needs. Whoever starts it holds the `WriteLock`, and starts it after any fork."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation

    def start(self) -> None:
        """Open the store and begin to bring its totals up to date; `ready` tells when it is done. Raises StoreError."""
        installation = self.installation
        steps = installation.steps()
        terms = installation.terms()
        self._ledger = terms.ledger()
        self._store = installation.store(writable=True)
        self.answers = Answers(terms, self._store)
        self._rendering = Rendering(self.answers, installation.renderers(), installation.settings.fingerprint)
        self._writer = Writer(self._store, self._ledger)
        self._intake = Intake(steps, self._writer.submit, installation.settings.core.timezone)
        self._sources: Sources | None = None
        self._closing = False
        self._keeper = Keeper(terms, self._store, self._writer, self._ledger, self._begin)
        self._daily = self._daily_backup()
        self._keeper.start()
        if self._daily:
            self._daily.start()

    def _daily_backup(self) -> DailyBackup | None:
        """What makes them; None where they are not wanted, or the store has no maintenance."""
        if not self.installation.settings.backups.daily:
            return None
        with suppress(PluginError):
            return DailyBackup(
                Backups(self.installation.home, self.installation.settings.backups, self.installation.maintenance()),
                self._store,
                lambda: self.ready and not self.fault,
                lambda: self.installation.zone().now(),
            )
        return None

    def _begin(self) -> None:
        """Events can be taken, for the first time or again, perhaps with other data."""
        self._rendering.forget()
        if self._sources is None:
            self._sources = Sources(self.installation.sources(), self.submit)

    @property
    def progress(self) -> str:
        """What is going on until events are taken and questions answered; then nothing."""
        return self._keeper.progress

    @property
    def ready(self) -> bool:
        """Whether events are taken and questions answered. Until then `progress` says what is going on."""
        return not self.progress

    @property
    def fault(self) -> str:
        """What is wrong with the store, as far as the last attempts to use it tell; empty while it is well."""
        return self._keeper.fault or self._writer.fault or "; ".join(self._keeper.warnings)

    def wait(self, timeout_s: float | None = None) -> None:
        """Return once it is ready. Raises what kept it from that, or TimeoutError.

        What another attempt may mend (UnavailableError) is tried again, with pauses, for as long as it runs.
        """
        self._keeper.wait(timeout_s)
        self._check_ready()

    def _check_ready(self) -> None:
        if progress := self.progress:
            raise BusyError(f"the service is not ready: {progress.rstrip('.')}.", remedy="Try again in a moment.")

    def submit(self, items: Sequence[object], source: str) -> Receipt:
        """Store decoded wire events; durable on return. Raises UnavailableError: then none of them is stored."""
        self._check_ready()
        receipt = self._intake.submit(items, source)
        if _log.isEnabledFor(logging.DEBUG):
            counts = Counter(outcome.verdict for outcome in receipt.outcomes)
            told = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
            _log.debug("events from %s: %s", source, told or "none")
        return receipt

    def forget(self, erasure: Erasure, *, dry_run: bool = False) -> Erased:
        """Forget events, durable on return; with `dry_run`, only tell which. Raises as `Forgetting` does; BusyError.

        Told is the time that they were credited right before.
        """
        self._check_ready()
        forgetting = Forgetting(erasure, self._ledger, round(self.answers.now().timestamp() * SECOND_US))
        with self._store.reading() as reader:
            found = forgetting.survey(reader, self._go_on)
        if dry_run or not found.events:
            return found
        count = self._writer.run(lambda transaction: forgetting.do(transaction, self._go_on))
        if self._daily:
            self._daily.give_up()
        return evolve(found, events=count)

    def _go_on(self, _done: int, _count: int) -> None:
        """Progress of what is not waited for when the service is closed. Raises BusyError then."""
        if self._closing:
            raise BusyError("the service is stopping.", remedy="Try again in a moment.")

    @property
    def renderers(self) -> Mapping[str, Renderer]:
        """The renderers by name, each built at its first use."""
        return self._rendering.renderers

    def order(self, name: str, selection: Selection, options: Texts) -> Order:
        """See `Rendering.order`."""
        return self._rendering.order(name, selection, options)

    def render(self, order: Order) -> Rendered:
        """See `Rendering.render`."""
        self._check_ready()
        return self._rendering.render(order)

    def etag(self, order: Order) -> str:
        """See `Rendering.etag`."""
        return self._rendering.etag(order)

    def status(self) -> dict[str, object]:
        """What a status bar shows, ready for JSON: today's time, the last event, and how the service is.

        Never raises StoreError: a store that fails is part of the answer.
        """
        health = self._store.health()
        error = self.fault or health.error
        failures = [
            *self.installation.plugins.failures,
            *(f"aggregation {n}: {why}" for n, why in dict(self._ledger.failures).items()),
        ]
        if self._daily and self._daily.fault:
            failures.append(f"backup: {self._daily.fault}")
        failures += [
            f"source {name}: {why}" for name, why in (dict(self._sources.failures).items() if self._sources else ())
        ]
        zone = self.installation.zone()
        status: dict[str, object] = {
            "version": __version__,
            "ready": self.ready,
            "progress": self.progress,
            "store": {"ok": not error, "error": error, **health.details},
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
        """Stop watching and the sources, finish what is being written, and close the store."""
        self._closing = True
        if self._daily:
            self._daily.close()
        self._keeper.close()
        if self._sources:
            self._sources.stop()
        self._writer.close()
        self._store.close()
