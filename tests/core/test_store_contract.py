"""The contract of stores holds for the store in memory, and catches stores that break it."""

# ruff: noqa: ARG002  (stores that are broken on purpose)

import inspect
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from timecode_core.aggregation import Aggregation
from timecode_core.errors import StoreError
from timecode_core.event import Event
from timecode_core.protocols import Cell, Health, Key, Run
from timecode_core.query import Groups
from timecode_core.testing import MemoryStore, StoreContract, StoreFactory
from timecode_core.testing.memory import MemoryReader, MemoryTransaction

Filters = Mapping[str, Collection[str | int]]
Kind = type[MemoryStore] | type[MemoryTransaction]
MUTANTS: list[Any] = []


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def store_factory(self) -> StoreFactory:
        return factory(MemoryStore)


def factory(kind: Kind) -> StoreFactory:
    """Open stores of the kind, or stores whose readers and transactions are of the kind."""

    class Broken(MemoryStore):
        @contextmanager
        def reading(self) -> Iterator[MemoryReader]:
            with super().reading() as reader:
                yield kind(reader._state)  # type: ignore[arg-type, misc]

        @contextmanager
        def writing(self) -> Iterator[MemoryTransaction]:
            with super().writing() as transaction:
                yield kind(transaction._state)  # type: ignore[arg-type, misc]

    store = kind if issubclass(kind, MemoryStore) else Broken

    def build(path: Path, *, writable: bool) -> MemoryStore:
        return store(path, writable=writable)

    return build


def breaks(test: str, **values: object) -> Callable[[Kind], Kind]:
    """Say which test of the contract must catch this store, and with which parameters."""

    def keep(kind: Kind) -> Kind:
        MUTANTS.append(pytest.param(kind, test, values, id=kind.__name__))
        return kind

    return keep


# --- Events ---


@breaks("test_events_come_back_whole_and_in_order")
class DropsTheSource(MemoryTransaction):
    def insert(self, events: Sequence[Event]) -> None:
        super().insert([each.evolve(source="") for each in events])


@breaks("test_events_come_back_whole_and_in_order")
class OrdersByTimeAlone(MemoryTransaction):
    def insert(self, events: Sequence[Event]) -> None:
        self._state.events = sorted((*self._state.events, *reversed(events)), key=lambda each: each.time)


@breaks("test_an_event_keeps_the_id_that_it_was_stored_under")
class HashesAnew(MemoryTransaction):
    def scan(self, start: Key, stop: int, limit: int) -> Sequence[Event]:
        return [each.evolve() for each in super().scan(start, stop, limit)]


@breaks("test_scan_begins_after_its_start_and_ends_before_its_stop")
class ScansItsStart(MemoryTransaction):
    def scan(self, start: Key, stop: int, limit: int) -> Sequence[Event]:
        return [each for each in self._state.events if each.key >= start and each.time < stop][:limit]


@breaks("test_scan_begins_after_its_start_and_ends_before_its_stop")
class ScansItsStop(MemoryTransaction):
    def scan(self, start: Key, stop: int, limit: int) -> Sequence[Event]:
        return super().scan(start, stop + 1, limit)


@breaks("test_scan_pages_without_gap_or_repetition")
class SkipsTheRestOfAnInstant(MemoryTransaction):
    def scan(self, start: Key, stop: int, limit: int) -> Sequence[Event]:
        return super().scan((start[0], b"\xff" * 16), stop, limit)


@breaks("test_scan_pages_without_gap_or_repetition")
class KnowsNoLimit(MemoryTransaction):
    def scan(self, start: Key, stop: int, limit: int) -> Sequence[Event]:
        return super().scan(start, stop, 10**9)


@breaks("test_the_last_event_before_an_instant_is_earlier_than_it")
class CountsTheInstantItself(MemoryTransaction):
    def last(self, before: int | None = None) -> Event | None:
        return super().last(None if before is None else before + 1)


@breaks("test_the_last_event_before_an_instant_is_earlier_than_it")
class KnowsNoEarlierLast(MemoryTransaction):
    def last(self, before: int | None = None) -> Event | None:
        return super().last()


@breaks("test_delete_removes_these_events_only")
class DeletesTheWholeInstant(MemoryTransaction):
    def delete(self, events: Sequence[Event]) -> None:
        gone = {each.time for each in events}
        self._state.events = [each for each in self._state.events if each.time not in gone]


@breaks("test_values_are_distinct_sorted_and_those_of_events")
class TakesValuesFromCells(MemoryTransaction):
    def values(self, column: str) -> Sequence[str]:
        cells = self._state.cells.get("daily", {})
        return sorted({*super().values(column), *(str(cell[1]) for cell in cells)})


@breaks("test_values_are_distinct_sorted_and_those_of_events")
class LeavesOutTheEmptyValue(MemoryTransaction):
    def values(self, column: str) -> Sequence[str]:
        return [value for value in super().values(column) if value]


@breaks("test_every_text_comes_back_as_it_was", field="project")
class TrimsTexts(MemoryTransaction):
    def insert(self, events: Sequence[Event]) -> None:
        super().insert([each.evolve(project=each.subject.project.strip()) for each in events])


@breaks("test_instants_far_away_are_exact")
class KeepsTimesAsFloats(MemoryTransaction):
    def insert(self, events: Sequence[Event]) -> None:
        super().insert([each.evolve(time=int(float(each.time))) for each in events])


# --- Runs ---


class ChangedRun(MemoryTransaction):
    def run(self, first: Key, reach: int, look_back: int) -> Run:
        return self.changed(super().run(first, reach, look_back), first, reach)

    def changed(self, run: Run, first: Key, reach: int) -> Run:
        raise NotImplementedError

    def still(self, before: Event, at_least: int, look_back: int) -> list[Event]:
        return [
            e
            for e in self._state.events
            if e.key < before.key and e.end - before.time >= at_least and e.time >= before.time - look_back
        ]


@breaks("test_the_ends_of_a_run")
class LeavesOutTheReach(ChangedRun):
    def changed(self, run: Run, first: Key, reach: int) -> Run:
        return evolve(run, inside=[each for each in run.inside if each.time < reach])


@breaks("test_the_ends_of_a_run")
class LeavesOutTheFirst(ChangedRun):
    def changed(self, run: Run, first: Key, reach: int) -> Run:
        return evolve(run, inside=[each for each in run.inside if each.key > first])


@breaks("test_the_ends_of_a_run")
class HasNoAfter(ChangedRun):
    def changed(self, run: Run, first: Key, reach: int) -> Run:
        return evolve(run, after=None)


@breaks("test_a_key_between_events_of_one_instant_cuts_between_them")
class CutsByTimeAlone(MemoryTransaction):
    def run(self, first: Key, reach: int, look_back: int) -> Run:
        return super().run((first[0], b""), reach, look_back)


@breaks("test_open_events_are_those_that_still_run")
class CountsBeforeAsOpen(ChangedRun):
    def changed(self, run: Run, first: Key, reach: int) -> Run:
        return evolve(run, open=[*run.open, *([run.before] if run.before and run.before.duration else [])])


@breaks("test_open_events_are_those_that_still_run")
class CountsEndedEventsAsOpen(ChangedRun):
    def changed(self, run: Run, first: Key, reach: int) -> Run:
        return evolve(run, open=self.still(run.before, 0, 10**12)) if run.before else run


@breaks("test_the_look_back_bounds_the_open_events")
class LooksBackForEver(ChangedRun):
    def changed(self, run: Run, first: Key, reach: int) -> Run:
        return evolve(run, open=self.still(run.before, 1, 10**12)) if run.before else run


@breaks("test_the_look_back_bounds_the_open_events")
class LooksBackTooShort(MemoryTransaction):
    def run(self, first: Key, reach: int, look_back: int) -> Run:
        return super().run(first, reach, look_back - 1)


# --- Aggregations ---


@breaks("test_apply_adds")
class ReplacesInsteadOfAdding(MemoryTransaction):
    def apply(self, aggregation: Aggregation, cells: Mapping[Cell, int]) -> None:
        self._state.cells.setdefault(aggregation.name, {}).update(cells)


@breaks("test_a_cell_that_comes_to_zero_is_gone")
class KeepsZeros(MemoryTransaction):
    def apply(self, aggregation: Aggregation, cells: Mapping[Cell, int]) -> None:
        kept = self._state.cells.setdefault(aggregation.name, {})
        for cell, span in cells.items():
            kept[cell] = kept.get(cell, 0) + span


@breaks("test_a_cell_that_comes_to_zero_is_gone")
class DropsWhatIsNegative(MemoryTransaction):
    def apply(self, aggregation: Aggregation, cells: Mapping[Cell, int]) -> None:
        super().apply(aggregation, cells)
        kept = self._state.cells.get(aggregation.name, {})
        for cell in [cell for cell, span in kept.items() if span < 0]:
            del kept[cell]


class ChangedTotals(MemoryTransaction):
    def totals(
        self, aggregation: Aggregation, days: tuple[int, int], group_by: Sequence[str], filters: Filters
    ) -> Groups[int | str]:
        return super().totals(aggregation, self.days(days), self.group_by(group_by), self.filters(filters))

    def days(self, days: tuple[int, int]) -> tuple[int, int]:
        return days

    def group_by(self, group_by: Sequence[str]) -> Sequence[str]:
        return group_by

    def filters(self, filters: Filters) -> Filters:
        return filters


@breaks("test_totals_of_a_range_of_days")
class LeavesOutTheLastDay(ChangedTotals):
    def days(self, days: tuple[int, int]) -> tuple[int, int]:
        return (days[0], days[1] - 1)


@breaks("test_totals_by_any_columns")
class GroupsInItsOwnOrder(ChangedTotals):
    def group_by(self, group_by: Sequence[str]) -> Sequence[str]:
        return sorted(group_by)


@breaks("test_totals_of_a_range_of_days")
class GivesARowForNothing(MemoryTransaction):
    def totals(
        self, aggregation: Aggregation, days: tuple[int, int], group_by: Sequence[str], filters: Filters
    ) -> Groups[int | str]:
        found = super().totals(aggregation, days, group_by, filters)
        return found if found.times or group_by else Groups((), (0,))


@breaks("test_totals_are_in_the_order_of_a_report")
class OrdersByNameAlone(MemoryTransaction):
    def totals(
        self, aggregation: Aggregation, days: tuple[int, int], group_by: Sequence[str], filters: Filters
    ) -> Groups[int | str]:
        return Groups.of(sorted(super().totals(aggregation, days, group_by, filters)))


@breaks("test_filters")
class TakesTheEmptyTextForNoFilter(ChangedTotals):
    def filters(self, filters: Filters) -> Filters:
        return {column: values for column, values in filters.items() if list(values) != [""]}


@breaks("test_filters")
class TakesNoValueForNoFilter(ChangedTotals):
    def filters(self, filters: Filters) -> Filters:
        return {column: values for column, values in filters.items() if values}


@breaks("test_filters")
class TakesTheFirstValueOnly(ChangedTotals):
    def filters(self, filters: Filters) -> Filters:
        return {column: list(values)[:1] for column, values in filters.items()}


@breaks("test_filters")
class TakesTheFirstFilterOnly(ChangedTotals):
    def filters(self, filters: Filters) -> Filters:
        return dict(list(filters.items())[:1])


@breaks("test_every_text_groups_and_filters_as_it_is", aggregation=Aggregation("t", ("day", "project", "entity")))
class FoldsTexts(MemoryTransaction):
    def apply(self, aggregation: Aggregation, cells: Mapping[Cell, int]) -> None:
        for cell, span in cells.items():
            super().apply(aggregation, {tuple(v.casefold() if isinstance(v, str) else v for v in cell): span})


@breaks("test_clear_forgets_one_aggregation")
class ClearsEverything(MemoryTransaction):
    def clear(self, name: str) -> None:
        self._state.cells.clear()


@breaks("test_clear_forgets_one_aggregation")
class FailsToClearTheUnknown(MemoryTransaction):
    def clear(self, name: str) -> None:
        if name not in self._state.cells:
            raise StoreError(f"no aggregation {name}.")
        super().clear(name)


@breaks("test_clear_forgets_one_aggregation")
class NeverClears(MemoryTransaction):
    def clear(self, name: str) -> None:
        pass


# --- Metadata and the revision ---


@breaks("test_metadata_is_kept_until_it_is_forgotten")
class ForgetsEmptyTexts(MemoryTransaction):
    def set_metadata(self, key: str, value: str | None) -> None:
        super().set_metadata(key, value or None)


@breaks("test_metadata_is_kept_until_it_is_forgotten")
class KeepsTheFirstText(MemoryTransaction):
    def set_metadata(self, key: str, value: str | None) -> None:
        if value is None or key not in self._state.metadata:
            super().set_metadata(key, value)


@breaks("test_the_revision_differs_after_every_change")
class CountsEventsAsRevision(MemoryTransaction):
    def revision(self) -> int:
        return len(self._state.events)


@breaks("test_the_revision_stays_where_nothing_changed")
class CountsTransactionsAsRevision(MemoryStore):
    @contextmanager
    def writing(self) -> Iterator[MemoryTransaction]:
        with super().writing() as transaction:
            yield transaction
            transaction._state.revision += 1


@breaks("test_what_was_written_is_there_when_reopened")
class KeepsNothing(MemoryStore):
    def close(self) -> None:
        if self._path is not None:
            self._path.unlink(missing_ok=True)
        super().close()


# --- Transactions ---


@breaks("test_a_failed_transaction_leaves_nothing_behind")
class NeverRollsBack(MemoryStore):
    @contextmanager
    def writing(self) -> Iterator[MemoryTransaction]:
        yield MemoryTransaction(self._open())


@breaks("test_a_failed_transaction_leaves_nothing_behind")
class RollsBackEventsOnly(MemoryStore):
    @contextmanager
    def writing(self) -> Iterator[MemoryTransaction]:
        state = self._open()
        events = list(state.events)
        try:
            yield MemoryTransaction(state)
        except BaseException:
            state.events = events
            raise


@breaks("test_what_a_failed_transaction_learned_is_forgotten")
class RemembersWhatItLearnedInVain(MemoryTransaction):
    """Interns projects by number and forgets no number when a transaction fails."""

    names: dict[str, int] = {}  # noqa: RUF012

    def insert(self, events: Sequence[Event]) -> None:
        stored = {self.names.get(each.subject.project) for each in self._state.events} | {None}
        for each in events:
            number = self.names.setdefault(each.subject.project, len(stored))
            name = next(name for name, n in self.names.items() if n == number)
            super().insert([each.evolve(project=name)])


@breaks("test_a_reader_keeps_its_view_while_others_write")
class ShowsWhatIsBeingWritten(MemoryStore):
    @contextmanager
    def writing(self) -> Iterator[MemoryTransaction]:
        state = self._open()
        with super().writing() as transaction:
            yield transaction
            for name in ("events", "cells", "metadata"):
                setattr(state, name, getattr(transaction._state, name))


@breaks("test_a_transaction_sees_its_own_writes")
class DoesNotSeeItsOwnWrites(MemoryStore):
    @contextmanager
    def writing(self) -> Iterator[MemoryTransaction]:
        old = self._open()

        class Blind(MemoryTransaction):
            def count(self) -> int:
                return len(old.events)

        with super().writing() as transaction:
            yield Blind(transaction._state)


# --- The file ---


@breaks("test_a_store_to_read_does_not_write")
class WritesThoughOpenedToRead(MemoryStore):
    def __init__(self, path: Path, *, writable: bool) -> None:
        super().__init__(path, writable=writable)
        self._writable = True


@breaks("test_a_store_to_read_must_be_there")
class MakesAStoreToRead(MemoryStore):
    def __init__(self, path: Path, *, writable: bool) -> None:
        super().__init__(path)


@breaks("test_a_backup_overwrites_nothing")
class OverwritesWithABackup(MemoryStore):
    def backup(self, path: Path) -> None:
        path.write_text(self._open().dump(), encoding="utf-8")


@breaks("test_a_backup_is_a_store_with_the_same_content")
class BacksUpEventsOnly(MemoryStore):
    def backup(self, path: Path) -> None:
        path.write_text(evolve(self._open(), cells={}).dump(), encoding="utf-8")


@breaks("test_closing_twice_is_fine")
class FailsToCloseTwice(MemoryStore):
    def close(self) -> None:
        self._open()
        super().close()


@breaks("test_closing_twice_is_fine")
class SaysThatAllIsWell(MemoryStore):
    def health(self) -> Health:
        return Health(ok=True)


@pytest.mark.parametrize(("kind", "test", "values"), MUTANTS)
def test_a_store_that_breaks_a_promise_is_caught(kind: Kind, test: str, values: dict[str, Any], tmp_path: Path) -> None:
    """Each of these stores breaks one promise, and the test of the contract that holds the promise fails."""
    open_store = factory(kind)
    offered = {"store_factory": open_store, "tmp_path": tmp_path, **values}
    function = getattr(StoreContract(), test)
    wanted = inspect.signature(function).parameters
    if "store" in wanted:
        offered["store"] = open_store(tmp_path / "store", writable=True)
    with pytest.raises((AssertionError, pytest.fail.Exception, StoreError)):
        function(**{name: offered[name] for name in wanted})
