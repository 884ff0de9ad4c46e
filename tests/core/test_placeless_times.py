"""Events whose sender says nothing of the place: stored once all the same, whatever zone fills the offset in later."""

from __future__ import annotations

from itertools import permutations
from typing import Any

from hypothesis import given, strategies as st
from support.installations import fresh_home, kept_cells, running, totals
from support.strategies import PLACES, SECOND, fewer, times
from timecode_core.serving.service import Service

_TIME = 1_700_000_000


def _outcomes(service: Service, items: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(outcome.verdict, outcome.id) for outcome in service.submit(items, "test").outcomes]


def _placeless(draw: st.DataObject) -> list[dict[str, Any]]:
    labels = st.sampled_from(["A", "B"])
    found = {
        (time, project): {"time": time / SECOND, "entity": "a.py", "project": project}
        for time in draw.draw(times(8))
        for project in draw.draw(st.sets(labels, min_size=1))
    }
    return list(found.values())


@fewer(4)
@given(data=st.data(), zones=st.lists(st.sampled_from(PLACES), min_size=2, max_size=3, unique=True))
def test_what_is_sent_again_after_a_journey_is_known_by_its_first_id(data: st.DataObject, zones: list[str]) -> None:
    """An answer that was lost, a machine that travelled: no second event, and no day that moves."""
    items = _placeless(data)
    with fresh_home() as home:
        with running(home, {"timezone": zones[0]}) as service:
            first = _outcomes(service, items)
            assert {verdict for verdict, _ in first} == {"stored"}
            cells = kept_cells(service)
        for zone in zones[1:]:
            with running(home, {"timezone": zone}) as service:
                again = data.draw(st.permutations(range(len(items))))
                late = {"time": _TIME * 2, "entity": "late.py", "project": zone}
                told = _outcomes(service, [*(items[index] for index in again), late])
                assert told[:-1] == [("duplicate", first[index][1]) for index in again]
                assert told[-1][0] == "stored"
                assert _outcomes(service, [late]) == [("duplicate", told[-1][1])]
                assert _days_but_the_last(kept_cells(service)) == _days_but_the_last(cells)


def _days_but_the_last(cells: dict[str, dict[tuple[Any, ...], int]]) -> dict[str, dict[tuple[Any, ...], int]]:
    """Without what the gap before the late events may have been given."""
    late = _TIME * 2 // 86_400 - 2
    return {name: {cell: us for cell, us in sums.items() if int(cell[0]) < late} for name, sums in cells.items()}


def test_who_tells_the_place_has_the_say_in_whatever_order_a_batch_holds_it() -> None:
    placeless: dict[str, Any] = {"time": _TIME, "entity": "a.py"}
    told: dict[str, Any] = {"time": "2023-11-14T23:13:20+01:00", "entity": "a.py"}
    for batch in ([placeless, told], [told, placeless]):
        with fresh_home() as home, running(home, {"timezone": "Asia/Kathmandu"}) as service:
            outcomes = dict(zip(("first", "second"), _outcomes(service, batch), strict=True))
            verdicts = [outcomes[name][0] for name in ("first", "second")]
            assert sorted(verdicts) == ["duplicate", "stored"]
            assert batch[verdicts.index("stored")] is told
            assert outcomes["first"][1] == outcomes["second"][1]


def test_one_that_tells_the_place_which_the_setting_would_have_filled_in_is_not_taken_for_another() -> None:
    """Beside an event of another place, the same event without a place may be either; who says where is always new."""
    there: dict[str, Any] = {"time": "2023-11-14T23:13:20+01:00", "entity": "a.py"}
    here: dict[str, Any] = {"time": "2023-11-15T03:58:20+05:45", "entity": "a.py"}
    placeless: dict[str, Any] = {"time": _TIME, "entity": "a.py"}
    for batch in permutations([there, placeless, here]):
        with fresh_home() as home, running(home, {"timezone": "Asia/Kathmandu"}) as service:
            told = _outcomes(service, list(batch))
            verdicts = {id(item): verdict for item, (verdict, _) in zip(batch, told, strict=True)}
            stored = {identity for _, identity in told}
            assert len(stored) == 2, "both places are kept"
            assert verdicts[id(there)] == "stored"
            assert [outcome for outcome, _ in _outcomes(service, [here, there])] == ["duplicate"] * 2


def test_events_that_tell_different_places_are_different_events() -> None:
    """Two people can't be told from one who lies, and one store is one person: both are kept."""
    there = [{"time": time, "entity": "a.py"} for time in ("2023-11-14T23:13:20+01:00", "2023-11-15T00:13:20+02:00")]
    with fresh_home() as home, running(home) as service:
        assert [verdict for verdict, _ in _outcomes(service, there)] == ["stored", "stored"]
        assert totals(service) == {}
