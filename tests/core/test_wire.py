"""The wire form: strict in, exact both ways."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, strategies as st
from timecode_core.errors import EventError
from timecode_core.intake.wire import MAX_TIME_S, event_from_wire, format_time, parse_time

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TEXTS = [
    "entity",
    "type",
    "category",
    "project",
    "branch",
    "language",
    "editor",
    "machine_id",
    "project_root",
    "source",
]


def _observe(**fields: Any) -> Any:
    return event_from_wire({"time": 1, "entity": "a", **fields}, "test")


@pytest.mark.parametrize("field", _TEXTS)
@pytest.mark.parametrize("value", [None, 1, 1.5, True, [], {}, ["a"], b"a", 2**70])
def test_what_is_no_text_is_refused_where_text_belongs_and_the_error_names_the_field(field: str, value: Any) -> None:
    with pytest.raises(EventError, match=field):
        _observe(**{field: value})


@pytest.mark.parametrize("value", [None, 0, 1, "true", "", [], {}, 1.0])
def test_only_true_and_false_are_truth_values(value: Any) -> None:
    with pytest.raises(EventError, match="is_write"):
        _observe(is_write=value)


@pytest.mark.parametrize(
    "value", [None, "60", True, [], {}, -1, -0.001, 3600.000001, 3601, 2**70, -(2**70), float("nan"), float("inf")]
)
def test_a_duration_is_seconds_from_0_to_3600(value: Any) -> None:
    with pytest.raises(EventError, match="duration"):
        _observe(duration=value)


@pytest.mark.parametrize(
    "value",
    [
        *[None, True, False, [], {}, "", "now", "1700000000", b"2026-01-31T09:30:00Z"],
        *[-1, -0.5, 2**70, 10**400, float("nan"), float("inf"), float("-inf"), MAX_TIME_S + 1, 1_700_000_000_000],
        *["2026-01-31", "2026-01-31T09:30:00", "2026-01-31 09:30Z", "2026-1-31T09:30:00Z", "20260131T093000Z"],
        *["2026-02-30T09:30:00Z", "2026-13-01T00:00:00Z", "2026-01-31T25:00:00Z", "2026-01-31T09:60:00Z"],
        *["2026-01-31T09:30:61Z", "2026-01-31T09:30:00.Z", "2026-01-31T09:30:00+0100", "2026-01-31T09:30:00+01"],
        *[
            "2026-01-31T09:30:00+24:00",
            "2026-01-31T09:30:00+01:60",
            "2026-01-31T09:30:00+01:00Z",
            "0000-01-01T00:00:00Z",
        ],
        *["2026-01-31T09:30:00Z\n", " 2026-01-31T09:30:00Z", "２０２６-01-31T09:30:00Z", "2026-W05-6T09:30:00Z"],
    ],
)
def test_what_is_no_moment_is_refused_with_the_field_s_name(value: Any) -> None:
    with pytest.raises(EventError, match="time"):
        event_from_wire({"time": value, "entity": "a"}, "test")


@pytest.mark.parametrize("item", [None, 1, "a", [], [{}], True, 1.5, b"{}"])
def test_an_event_is_an_object(item: Any) -> None:
    with pytest.raises(EventError, match="an event must be an object"):
        event_from_wire(item, "test")


def test_what_is_missing_is_named_and_every_fault_is_told_at_once() -> None:
    with pytest.raises(EventError, match=r"time is missing.*entity is missing.*project must be text, not null"):
        event_from_wire({"project": None}, "test")


def test_unknown_keys_are_let_pass_so_that_a_newer_client_may_talk_to_an_older_service() -> None:
    assert _observe(lines=12, nested={"a": [1]}, id="00")[1].entity == "a"


def test_who_brings_an_event_is_its_source_unless_it_says_so_itself() -> None:
    assert _observe()[1].source == "test"
    assert _observe(source="")[1].source == "test"
    assert _observe(source="import")[1].source == "import"


moments = st.datetimes(datetime(1970, 1, 2), datetime(9998, 12, 30))  # noqa: DTZ001  (naive: the offset is drawn apart)
offsets = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(moments, offsets, st.sampled_from(["T", "t", " "]))
def test_rfc_3339_with_an_offset_is_read_as_the_standard_library_reads_it(
    moment: datetime, zone: timezone, separator: str
) -> None:
    aware = moment.replace(tzinfo=zone)
    time, offset = parse_time(aware.isoformat().replace("T", separator))
    assert time == (aware - _EPOCH) // timedelta(microseconds=1)
    assert offset == zone.utcoffset(None).total_seconds()


@given(moments, st.sampled_from(["Z", "z", "-00:00"]))
def test_z_and_minus_zero_say_nothing_of_the_place_but_plus_zero_does(moment: datetime, suffix: str) -> None:
    time, offset = parse_time(moment.isoformat() + suffix)
    assert (time, offset) == ((moment.replace(tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1), None)
    assert parse_time(moment.isoformat() + "+00:00") == (time, 0)


@given(st.integers(0, 4_000_000_000), st.text("0123456789", min_size=1, max_size=18))
def test_fractions_of_any_length_are_rounded_to_the_nearest_microsecond(second: int, digits: str) -> None:
    text = f"{(_EPOCH + timedelta(seconds=second)).isoformat()[:19]}.{digits}Z"
    exact = second * 10**6 + Fraction(int(digits), 10 ** len(digits)) * 10**6
    assert abs(parse_time(text)[0] - exact) <= Fraction(1, 2)


@given(st.integers(0, 4_000_000_000 * 10**6))
def test_unix_seconds_with_a_fraction_give_the_microsecond_they_were_made_from(time: int) -> None:
    assert parse_time(time / 1_000_000) == (time, None)
    assert parse_time(time // 1_000_000) == (time // 1_000_000 * 1_000_000, None)


@given(st.integers(0, MAX_TIME_S * 10**6 - 1), st.integers(-1439, 1439))
def test_every_storable_instant_is_written_and_read_back_exactly(time: int, minutes: int) -> None:
    assert parse_time(format_time(time, minutes * 60)) == (time, minutes * 60)


@given(st.integers(0, 3_600_000_000))
def test_every_storable_duration_is_written_and_read_back_exactly(duration: int) -> None:
    seconds = json.loads(json.dumps(duration / 1_000_000))
    assert _observe(duration=seconds)[0].duration == duration


def test_a_leap_second_is_the_first_of_the_next_minute() -> None:
    assert parse_time("2016-12-31T23:59:60Z")[0] == parse_time("2017-01-01T00:00:00Z")[0]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["time", "duration", "is_write", *_TEXTS]), json_values) | json_values)
def test_whatever_comes_is_taken_or_refused_and_nothing_else(item: Any) -> None:
    """No input of any shape is a fault of ours: that would be answered with 'try again', for ever."""
    try:
        when, seen = event_from_wire(item, "test")
    except EventError:
        return
    assert isinstance(when.time, int)
    assert all(isinstance(getattr(seen, name), str) for name in _TEXTS)
