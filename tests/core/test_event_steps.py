"""Steps that need the instant, between steps that don't: what is remembered changes nothing, and nobody fails open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, strategies as st
from support.intake import taking
from timecode_core.errors import EventError, StepError
from timecode_core.event import Event
from timecode_core.intake.steps.normalise import normalise
from timecode_core.intake.steps.redact import build_redact
from timecode_core.protocols import EventStep, Step
from timecode_core.subject import Seen, Subject


def _by_the_second(event: Event) -> Event | None:
    """Something else for each instant: left out, refused, another project, another time, and otherwise as it was."""
    match event.time // 1_000_000 % 6:
        case 0:
            return None
        case 1:
            raise EventError("is not wanted", field="time")
        case 2:
            return event.evolve(project=f"{event.subject.project}!", entity=event.subject.entity + "2")
        case 3:
            return event.evolve(time=event.time + 60_000_000, utc_offset=3600)
        case 4:
            return evolve(event, time=event.time + 1)  # with the id of another
    return event


def _shouting(seen: Seen) -> Seen | None:
    return None if seen.branch == "secret" else evolve(seen, branch=seen.branch.upper())


_redact = build_redact("relative", "key")
_orders: list[list[Step]] = [
    [EventStep(_by_the_second), normalise, _shouting, _redact],
    [normalise, EventStep(_by_the_second), _shouting, _redact],
    [normalise, _shouting, EventStep(_by_the_second), EventStep(_by_the_second), _redact],
    [normalise, _shouting, _redact, EventStep(_by_the_second)],
]
_items = st.fixed_dictionaries(
    {"time": st.integers(1_700_000_000, 1_700_000_011), "entity": st.sampled_from(["/p/a.py", "/p/b.py", "/q/c.py"])},
    optional={
        "project": st.sampled_from(["p", "q"]),
        "branch": st.sampled_from(["main", "secret"]),
        "project_root": st.just("/p"),
    },
)


def _outcome(take: Callable[[Any], Event | None], item: dict[str, Any]) -> object:
    try:
        event = take(item)
    except EventError as error:
        return str(error)
    return event and (event, event.id, event.subject, event.offset_assumed)


@pytest.mark.parametrize("steps", _orders, ids=["first", "second", "twice", "last"])
@given(sent=st.lists(_items, max_size=8))
def test_what_is_remembered_between_them_gives_what_the_steps_give(
    steps: list[Step], sent: list[dict[str, Any]]
) -> None:
    known = taking(*steps)
    for item in sent:
        _outcome(known, item)
    for item in sent:
        assert _outcome(known, item) == _outcome(taking(*steps), item)


@given(_items)
def test_the_id_is_that_of_what_is_stored(item: dict[str, Any]) -> None:
    for steps in _orders:
        try:
            event = taking(*steps)(item)
        except EventError:
            continue
        assert event is None or event.id == event.content_id()


@given(_items)
def test_what_stands_after_it_sees_what_it_made(item: dict[str, Any]) -> None:
    """A path that it brings in is made relative, or is hidden, as any other."""
    named = EventStep(lambda event: event.evolve(entity="/home/ann/secret/x.py"))
    told: list[tuple[Any, str]] = [("relative", "x.py"), ("name", "x.py"), ("hidden", "HIDDEN")]
    for style, stored in told:
        event = taking(normalise, named, build_redact(style, "key"))({**item, "project_root": "/elsewhere"})
        assert event is not None
        assert event.subject.entity == stored


def test_what_it_makes_is_made_relative_by_the_root_of_its_own_project() -> None:
    """Two projects in which it finds the same."""
    take = taking(normalise, EventStep(lambda event: event.evolve(entity="/p/b/a.py")), _redact)
    for root, stored in [("/p", "b/a.py"), ("/p/b", "a.py"), ("/p", "b/a.py")]:
        event = take({"time": 1, "entity": "x", "project_root": root})
        assert event is not None
        assert event.subject.entity == stored


_BROKEN: dict[str, Step] = {
    "raises": lambda _seen: 1 // 0,  # type: ignore[dict-item, return-value]
    "another kind": lambda _seen: "x",  # type: ignore[dict-item, return-value]
    "what is stored": lambda seen: Subject(seen.entity),  # type: ignore[dict-item, return-value]
    "no text": lambda seen: evolve(seen, branch=None),  # type: ignore[arg-type]
    "a number": lambda seen: evolve(seen, entity=7),  # type: ignore[arg-type]
    "of events: raises": EventStep(lambda _event: 1 // 0),  # type: ignore[arg-type, return-value]
    "of events: another kind": EventStep(lambda _event: "x"),  # type: ignore[arg-type, return-value]
    "of events: a subject on its way": EventStep(lambda event: evolve(event, subject=event.subject.seen())),  # type: ignore[arg-type]
    "of events: half a microsecond": EventStep(lambda event: evolve(event, time=event.time + 0.5)),  # type: ignore[arg-type]
    "of events: no time": EventStep(lambda event: evolve(event, time=None)),  # type: ignore[arg-type]
    "of events: a number for a truth": EventStep(lambda event: evolve(event, is_write=1)),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("step", _BROKEN.values(), ids=_BROKEN)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_broken_step_is_told_by_its_name_and_nothing_of_the_batch_is_stored(step: Step, place: int) -> None:
    """The sender comes again: what is broken is no fault of theirs."""
    steps: list[Step] = [normalise, _redact]
    steps.insert(place, step)
    with pytest.raises(StepError, match=f"the step 'step {place}' failed"):
        taking(*steps)({"time": 1_700_000_000, "entity": "/p/a.py"})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        *[({"time": -1}, "time"), ({"utc_offset": 90}, "time"), ({"utc_offset": 86_400}, "time")],
        *[({"duration": 3_600_000_001}, "duration"), ({"branch": "é" * 513}, "branch")],
    ],
)
def test_what_it_makes_must_be_what_can_be_stored(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(EventError, match=f"^{field}: "):
        taking(normalise, EventStep(lambda event: event.evolve(**changes)), _redact)({"time": 1, "entity": "/a"})
