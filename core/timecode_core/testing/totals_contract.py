"""What every store must do with the cells of aggregations."""

from __future__ import annotations

import itertools

import pytest

from timecode_core.aggregation import CLOCK, Aggregation
from timecode_core.protocols import Cell, Store
from timecode_core.testing.opening import StoreOpening
from timecode_core.testing.samples import DAILY, DAYS, DERIVED, ENTITIES, HOURLY, NASTY
from timecode_core.testing.views import ALL, totals


class TotalsContract(StoreOpening):
    """Spans add up by cell, and totals group and filter them."""

    def test_apply_adds(self, store: Store) -> None:
        """Spans add up, within a transaction and over many."""
        cell: Cell = (0, "p", "", "", "", "", "")
        for span in (5, 7, -2):
            with store.writing() as transaction:
                transaction.apply(DAILY, {cell: span})
                transaction.apply(DAILY, {cell: span, (1, *cell[1:]): 1})
        with store.reading() as reader:
            assert totals(reader, DAILY, DAILY.columns) == {cell: 20, (1, *cell[1:]): 3}

    def test_a_cell_that_comes_to_zero_is_gone(self, store: Store) -> None:
        """Neither a cell nor a group stays behind at zero, from whichever side it came."""
        with store.writing() as transaction:
            transaction.apply(ENTITIES, {(0, "p", "a"): 5, (0, "q", "a"): 3, (0, "r", "a"): 0, (0, "s", "a"): -4})
        with store.writing() as transaction:
            transaction.apply(ENTITIES, {(0, "p", "a"): -5, (0, "s", "a"): 4})
            assert totals(transaction, ENTITIES, ENTITIES.columns) == {(0, "q", "a"): 3}
            transaction.apply(ENTITIES, {(0, "t", "a"): 1})
            transaction.apply(ENTITIES, {(0, "t", "a"): -1})
        with store.reading() as reader:
            assert totals(reader, ENTITIES, ("project",)) == {("q",): 3}
            assert totals(reader, ENTITIES, (), {"project": ["p", "r", "s"]}) == {}

    def test_totals_by_any_columns(self, store: Store) -> None:
        """Any subset of the columns, in any order, groups; no column gives one row; every grouping sums to the same."""
        cube: dict[Cell, int] = {
            (day, hour, p, lang): 1 + day + 10 * hour
            for day in (0, 1)
            for hour in (0, 23)
            for p in ("", "p")
            for lang in ("", "l")
        }
        with store.writing() as transaction:
            transaction.apply(HOURLY, cube)
        with store.reading() as reader:
            for size in range(len(HOURLY.columns) + 1):
                for group_by in itertools.permutations(HOURLY.columns, size):
                    places = [HOURLY.columns.index(column) for column in group_by]
                    expected: dict[Cell, int] = {}
                    for cell, span in cube.items():
                        group = tuple(cell[place] for place in places)
                        expected[group] = expected.get(group, 0) + span
                    assert totals(reader, HOURLY, group_by) == expected

    def test_totals_are_in_the_order_of_a_report(self, store: Store) -> None:
        """By day and hour as they are asked for, then the largest first, then by the values from left to right."""
        mixed = Aggregation("mixed", ("day", "hour", "project", "extra", "language"), derived={"extra": lambda _: ""})
        texts = ("", "B", "a", "\u00fc", "\U0001f469")
        cells = itertools.product((-1, 2, 30), (3, 20), texts, texts[:3], texts)
        spread: dict[Cell, int] = {cell: 1 + at * 7 % 5 for at, cell in enumerate(cells)}
        with store.writing() as transaction:
            transaction.apply(mixed, spread)
        with store.reading() as reader:
            for size in range(len(mixed.columns) + 1):
                for group_by in itertools.permutations(mixed.columns, size):
                    clocks = [at for at, column in enumerate(group_by) if column in CLOCK]
                    found = list(reader.totals(mixed, ALL, group_by, {}))
                    assert found == sorted(found, key=lambda pair: ([pair[0][at] for at in clocks], -pair[1], pair[0]))

    def test_totals_of_a_range_of_days(self, store: Store) -> None:
        """Both days count; days before 1970 do too; outside there is no row, not even an empty one."""
        with store.writing() as transaction:
            transaction.apply(DAYS, {(day,): 10 + day for day in range(-3, 4)})
        with store.reading() as reader:
            assert totals(reader, DAYS, ("day",), days=(-1, 1)) == {(-1,): 9, (0,): 10, (1,): 11}
            assert totals(reader, DAYS, (), days=(-3, -3)) == {(): 7}
            assert totals(reader, DAYS, (), days=(4, 9)) == {}
            assert totals(reader, DAYS, ("day",), days=(4, 9)) == {}
            assert totals(reader, DAYS, (), days=(1, -1)) == {}

    def test_filters(self, store: Store) -> None:
        """A filter passes any of its values; several filters must all pass; the empty text is a value too."""
        with store.writing() as transaction:
            transaction.apply(
                HOURLY,
                {(0, h, p, lang): 10**h for h, (p, lang) in enumerate(itertools.product(("", "p", "q"), ("", "l")))},
            )
        with store.reading() as reader:
            assert totals(reader, HOURLY, (), {"project": ["p", "q"]}) == {(): 111100}
            assert totals(reader, HOURLY, (), {"project": [""]}) == {(): 11}
            assert totals(reader, HOURLY, (), {"project": ("", "q"), "language": {"l"}}) == {(): 100010}
            assert totals(reader, HOURLY, ("project",), {"hour": [0, 5], "day": [0]}) == {("",): 1, ("q",): 100000}
            assert totals(reader, HOURLY, (), {"project": []}) == {}
            assert totals(reader, HOURLY, (), {"project": ["P", "no such"]}) == {}
            assert totals(reader, HOURLY, (), {"project": ["p", "p"]}) == {(): 1100}

    def test_filters_with_very_many_values(self, store: Store) -> None:
        """A filter may have more values than a statement has places."""
        with store.writing() as transaction:
            transaction.apply(ENTITIES, {(0, "p", "7"): 7, (0, "p", "x"): 1})
        with store.reading() as reader:
            assert totals(reader, ENTITIES, (), {"entity": [str(n) for n in range(40_000)]}) == {(): 7}

    @pytest.mark.parametrize("aggregation", [DAILY, ENTITIES, DERIVED], ids=lambda each: each.name)
    def test_every_text_groups_and_filters_as_it_is(self, store: Store, aggregation: Aggregation) -> None:
        """Texts are exact in cells too: none is folded, trimmed, or taken for a number or a pattern."""
        for place in range(1, len(aggregation.columns)):
            column = aggregation.columns[place]
            blank = ["-"] * (len(aggregation.columns) - 1)
            spread: dict[Cell, int] = {}
            for n, text in enumerate(NASTY):
                spread[(place, *blank[: place - 1], text, *blank[place:])] = n + 1
            with store.writing() as transaction:
                transaction.apply(aggregation, spread)
            with store.reading() as reader:
                days = (place, place)
                assert totals(reader, aggregation, (column,), days=days) == {
                    (text,): n + 1 for n, text in enumerate(NASTY)
                }
                for n, text in enumerate(NASTY):
                    assert totals(reader, aggregation, (), {column: [text]}, days=days) == {(): n + 1}

    def test_great_spans_are_exact(self, store: Store) -> None:
        """Sums stay exact far beyond what a float could hold."""
        with store.writing() as transaction:
            transaction.apply(DAYS, {(0,): 2**60 + 1, (1,): 2**60 + 1})
            transaction.apply(DAYS, {(0,): 1})
        with store.reading() as reader:
            assert totals(reader, DAYS, ()) == {(): 2**61 + 3}

    def test_aggregations_do_not_mix(self, store: Store) -> None:
        """Each aggregation has cells of its own, and one never written is empty."""
        with store.writing() as transaction:
            transaction.apply(DAYS, {(0,): 1})
            transaction.apply(Aggregation("days_2", ("day",)), {(0,): 2})
        with store.reading() as reader:
            assert totals(reader, DAYS, ()) == {(): 1}
            assert totals(reader, DAILY, ()) == {}
            assert totals(reader, DAILY, ("project",), {"project": ["p"]}) == {}

    def test_clear_forgets_one_aggregation(self, store: Store) -> None:
        """A cleared aggregation is empty; others stay; one that was never written can be cleared."""
        with store.writing() as transaction:
            transaction.apply(DAYS, {(0,): 1})
            transaction.apply(ENTITIES, {(0, "p", "a"): 1})
        with store.writing() as transaction:
            transaction.clear("days")
            transaction.clear("never_written")
            assert totals(transaction, DAYS, ()) == {}
        with store.reading() as reader:
            assert totals(reader, DAYS, ()) == {}
            assert totals(reader, ENTITIES, ()) == {(): 1}

    def test_an_aggregation_can_come_back_with_other_columns(self, store: Store) -> None:
        """After `clear` the name is free for another definition, in the same transaction too."""
        changed = Aggregation(
            "entities", ("day", "hour", "language", "entity", "extra"), derived={"extra": lambda _: ""}
        )
        with store.writing() as transaction:
            transaction.apply(ENTITIES, {(0, "p", "a"): 1})
        with store.writing() as transaction:
            transaction.clear("entities")
            transaction.apply(changed, {(0, 3, "python", "a", "x"): 2})
        with store.reading() as reader:
            assert totals(reader, changed, changed.columns) == {(0, 3, "python", "a", "x"): 2}
