"""The intake's two ways: what it knows already, and what it looks at closely, give the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, strategies as st
from support.intake import Taking
from support.strategies import OFFSETS
from timecode_core.errors import EventError
from timecode_core.event import flat
from timecode_core.intake.checks import check_when
from timecode_core.intake.steps.exclude import build_exclude
from timecode_core.intake.steps.normalise import normalise
from timecode_core.intake.steps.redact import build_redact
from timecode_core.intake.wire import event_from_wire, format_time, quick_when
from timecode_core.receipt import Outcome
from timecode_core.setup.settings import CoreSettings
from timecode_core.subject import DEFAULTS, TEXTS, Subject, declared

_odd = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, 1, 1.0, -1, 2**70, 1e300, float("nan"), float("inf")]),
    st.sampled_from(["", " ", "a", "\ud800", "a\0b", "x" * 513, "x" * 4097, "é", "e\u0301"]),
    st.lists(st.just("a"), max_size=1),
    st.dictionaries(st.just("a"), st.just("b"), max_size=1),
)
_texts = st.sampled_from(["a", "b", "/p/a.py", "/p/b.py", "C:\\p\\a.py", "secret", "", "file", "coding", "url"])
_moments = st.sampled_from(
    [
        *["2026-03-29T01:59:59Z", "2026-03-29T01:59:59.9999995Z", "2026-03-29t01:59:59z", "2026-03-29 01:59:59+05:45"],
        *["2026-01-01T00:00:00-00:00", "2026-01-01T00:00:00+00:00", "2026-01-01T00:00:00.5+14:00", "2026-01-01"],
        *["2016-12-31T23:59:60Z", "2026-02-30T00:00:00Z", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00+01:00"],
        *["9998-12-31T23:59:59-23:59", "9999-01-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00+01:60"],
        *["2026-01-01T00:00:00+24:00", "0000-01-01T00:00:00Z", "2026-01-01T00:00:00.1234567+01:00"],
        *[0, 1, 1.5, -0.0, 1_700_000_000.000001, 253_370_764_799.999999, 253_370_764_800, 1_700_000_000_000],
    ]
)
_usual = st.one_of(
    st.integers(0, 2**33),
    st.floats(0, 2**33),
    st.builds(
        lambda s, o: format_time(1_700_000_000_000_000 + s, o),
        st.integers(0, 10**12),
        st.sampled_from(OFFSETS),
    ),
)
_durations = st.sampled_from([0, 1, 0.5, 3600, 3600.5])
items = st.fixed_dictionaries(
    {},
    optional={
        "time": _moments | _usual | _odd,
        "duration": _durations | _odd,
        "is_write": st.booleans() | _odd,
        **dict.fromkeys((*DEFAULTS, "source"), _texts | _odd),
        "unknown": _odd,
    },
)
usual = st.fixed_dictionaries(
    {"time": _usual, "entity": _texts},
    optional={"is_write": st.booleans(), "project": _texts, "project_root": st.sampled_from(["/p", ""])},
)


class Ours(Taking):
    """With all of our steps, and a project that is excluded."""

    def __init__(self) -> None:
        steps = {
            "normalise": normalise,
            "exclude": build_exclude(CoreSettings(exclude_projects=("secret",))),
            "redact": build_redact("relative", "key"),
        }
        super().__init__(steps, "Asia/Kathmandu")

    def told(self, items: Sequence[Any], source: str = "test") -> tuple[tuple[Outcome, ...], list[dict[str, Any]]]:
        """The outcomes, and all that is stored."""
        outcomes = self.take(items, source)
        return outcomes, [{**flat(event), "id": event.id, "assumed": event.offset_assumed} for event in self.events]


@given(st.lists(items | usual | _odd, max_size=12), st.sampled_from(["test", "a", ""]))
def test_what_is_known_already_is_taken_as_what_is_seen_for_the_first_time(sent: list[Any], source: str) -> None:
    """Any value of any field, in any order: an intake that has seen it all before tells just what a new one does."""
    known = Ours()
    known.told(sent, source)
    known.told(sent, "another")
    new: list[Any] = [Ours().told([item], source) for item in sent]
    outcomes, stored = known.told(sent, source)
    assert outcomes == tuple(outcome for told, _ in new for outcome in told)
    assert stored == [event for _, events in new for event in events]
    assert known.told(sent, source) == (outcomes, stored)


@given(
    st.fixed_dictionaries(
        {"time": _moments | st.booleans()}, optional={"duration": _durations, "is_write": st.booleans()}
    )
    | items
)
def test_the_instant_that_is_known_quickly_is_that_of_a_close_look(item: dict[str, Any]) -> None:
    """And none is known where there is anything to find fault with."""
    told: dict[str, Any] = {"entity": "a"}
    told |= {name: item[name] for name in ("time", "duration", "is_write") if name in item}
    try:
        when, _ = event_from_wire(told, "test")
        check_when(when)
    except EventError:
        assert quick_when(item) is None
    else:
        assert quick_when(item) in (None, tuple(when))


@pytest.mark.parametrize(
    "odd",
    [
        *[{"time": True}, {"time": "9999-01-01T00:00:00Z"}, {"time": "1970-01-01T00:00:00+01:00"}],
        *[{"time": 1, "duration": value} for value in (-1, 3600.5, True, "1")],
        *[{"time": 1, "is_write": value} for value in (0, 1, None)],
    ],
)
def test_what_is_to_be_refused_is_never_known_quickly(odd: dict[str, Any]) -> None:
    assert quick_when(odd) is None


@given(usual)
def test_the_usual_instants_are_known_quickly(item: dict[str, Any]) -> None:
    assert quick_when(item) is not None


def test_who_says_whose_it_is_is_not_taken_for_who_does_not() -> None:
    taking = Ours()
    for own, stored in [("", "test"), ("b", "b"), ("", "test"), ("test", "test")]:
        taking.told([{"time": 1, "entity": "a", "source": own}])
        assert [event.subject.source for event in taking.events] == [stored]


@pytest.mark.parametrize("time", ["9999-01-01T00:00:00Z", "1970-01-01T00:00:00+01:00"])
def test_an_instant_that_the_calendar_does_not_hold_is_refused(time: str) -> None:
    (outcome,), _ = Ours().told([{"time": time, "entity": "a"}])
    assert outcome.error == "time: must be between the years 1970 and 9998"


def test_what_is_too_long_or_no_text_is_refused_before_a_step_makes_it_another() -> None:
    """A folder that would be cut off is part of what was sent."""
    root = "/" + "é" * 4000
    for folder, error in [("x" * 100, "longer"), ("a\0b", "NUL"), ("\ud800", "surrogate")]:
        (outcome,), _ = Ours().told([{"time": 1, "entity": f"{root}/{folder}/../a.py", "project_root": root}])
        assert outcome.verdict == "rejected"
        assert error in outcome.error


@pytest.mark.parametrize("name", [name for name in TEXTS if name != "source"])
def test_a_text_may_be_as_long_as_is_declared(name: str) -> None:
    longest = declared(Subject)[name].longest
    for sent, verdict in [("x" * longest, "stored"), ("x" * (longest + 1), "rejected")]:
        (outcome,), _ = Ours().told([{"time": 1, "entity": "a", name: sent}])
        assert outcome.verdict == verdict


def test_faults_are_told_in_the_order_of_the_fields() -> None:
    item = {"source": 1, "project_root": 2, "is_write": 3, "machine_id": 4, "type": 5, "duration": None, "time": None}
    (outcome,), _ = Ours().told([item])
    told = [outcome.error.index(f"{name} ") for name in ("time", "entity", "duration", "type", "machine_id")]
    told += [outcome.error.index(f"; {name} must") for name in ("is_write", "project_root", "source")]
    assert told == sorted(told)


class Text(str):
    """A text of a Python source that is more than that."""


def test_a_text_of_another_class_is_not_what_later_ones_get() -> None:
    taking = Ours()
    for source in (Text("mine"), "mine"):
        item = {"time": 1, "entity": Text("/p/a.py"), "branch": Text("main")}
        taking.told([item], source)
        subject = taking.events[0].subject
        assert {type(getattr(subject, name)) for name in TEXTS} == {str}


@given(usual, st.data())
def test_a_field_that_is_left_out_is_its_default(item: dict[str, Any], data: st.DataObject) -> None:
    defaults = {
        "type": "file",
        "category": "coding",
        **{name: "" for name in TEXTS if name not in {"entity", "type", "category"}},
    }
    told = data.draw(st.sets(st.sampled_from(sorted(defaults))))
    taking = Ours()
    plain = taking.told([item])
    assert taking.told([{**{name: defaults[name] for name in told}, **item}]) == plain
