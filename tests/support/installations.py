"""Whole installations for tests: real plugins, a real store file, a home folder of their own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from timecode_core import hookimpl
from timecode_core.aggregation import Aggregation
from timecode_core.event import Event
from timecode_core.intake.wire import event_to_wire
from timecode_core.protocols import Provider, Store
from timecode_core.query import Query
from timecode_core.selection import Selection
from timecode_core.serving.service import Service
from timecode_core.setup.home import Home
from timecode_core.setup.settings import Settings
from timecode_core.wiring.installation import Installation
from timecode_core.wiring.plugins import Plugins

ALWAYS = (date(1969, 12, 31), date(9999, 12, 31))


@cache
def installed_plugins() -> Plugins:
    """The plugins of this environment, found once."""
    return Plugins()


class ExtraAggregations:
    """A plugin that offers aggregations."""

    def __init__(self, aggregations: Sequence[Aggregation]) -> None:
        self._aggregations = list(aggregations)

    @hookimpl
    def timecode_aggregations(self) -> list[Aggregation]:
        return self._aggregations


def plugins_with(*extra: Aggregation) -> Plugins:
    """The plugins of this environment, and one that offers these aggregations."""
    if not extra:
        return installed_plugins()
    plugins = Plugins()
    plugins.register(ExtraAggregations(extra), "extra")
    return plugins


class _Offering:
    """A plugin that offers one store."""

    def __init__(self, name: str, store: Store) -> None:
        self._provider = Provider(name, lambda _settings, _context: store)

    @hookimpl
    def timecode_stores(self) -> list[Provider]:
        return [self._provider]


def plugins_offering(name: str, store: Store) -> Plugins:
    """The plugins of this environment, and one that offers the store by the name."""
    plugins = Plugins()
    plugins.register(_Offering(name, store), "offering")
    return plugins


def installation(home: Path, core: Mapping[str, Any] | None = None, plugins: Plugins | None = None) -> Installation:
    """An installation in a home folder, with settings of `[core]`."""
    settings = {"timezone": "UTC", "paths": "absolute", **(core or {})}
    return Installation(Home(home), Settings({"core": settings}), plugins or installed_plugins())


def noon() -> str:
    """A zone where it is about noon now, so that no midnight comes while a test runs."""
    ahead = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/UTC"  # such names count westward


@contextmanager
def fresh_home() -> Iterator[Path]:
    """A home folder that is gone afterwards; in memory where the machine offers that."""
    shared_memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared_memory if shared_memory.is_dir() else None) as folder:
        yield Path(folder) / "home"


@contextmanager
def started(home: Path, core: Mapping[str, Any] | None = None, plugins: Plugins | None = None) -> Iterator[Service]:
    """A service as it is when it has just been started, closed afterwards."""
    service = Service(installation(home, core, plugins))
    service.start()
    try:
        yield service
    finally:
        service.close()


@contextmanager
def running(home: Path, core: Mapping[str, Any] | None = None, plugins: Plugins | None = None) -> Iterator[Service]:
    """A service that takes events, closed afterwards."""
    with started(home, core, plugins) as service:
        service.wait(240)
        yield service


@contextmanager
def fresh_service(core: Mapping[str, Any] | None = None, plugins: Plugins | None = None) -> Iterator[Service]:
    """A running service with an empty store."""
    with fresh_home() as home, running(home, core, plugins) as service:
        yield service


def send(service: Service, events: Sequence[Event]) -> list[str]:
    """Submit events over the wire form; their verdicts."""
    receipt = service.submit([event_to_wire(event) for event in events], "test")
    return [outcome.verdict for outcome in receipt.outcomes]


def totals(
    service: Service,
    group_by: Sequence[str] = (),
    days: tuple[date, date] = ALWAYS,
    filters: Mapping[str, tuple[str, ...]] | None = None,
) -> dict[tuple[Any, ...], int]:
    """A report as a dict of its groups."""
    report = service.answers.report(Query(Selection(*days, filters or {}), tuple(group_by)))
    assert len({row.values for row in report.rows}) == len(report.rows), "a group stands twice in the report"
    return {row.values: row.time for row in report.rows}


def kept_cells(service: Service) -> dict[str, dict[tuple[Any, ...], int]]:
    """Everything that the store keeps in its aggregations, cell by cell."""
    with service._store.reading() as reader:
        return {
            aggregation.name: dict(reader.totals(aggregation, (-(10**6), 10**7), aggregation.columns, {}))
            for aggregation in service.installation.aggregations()
        }


def stored_values(service: Service, column: str) -> list[str]:
    """The distinct values of a label among the stored events."""
    with service._store.reading() as reader:
        return list(reader.values(column))
