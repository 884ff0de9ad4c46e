"""Days as they were lived: midnight, changes of clock, odd zones, travel, and a day that begins when one likes."""

from __future__ import annotations

import time
from collections import defaultdict
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st
from support.installations import ALWAYS, fresh_home, fresh_service, kept_cells, running, send, totals
from support.intake import taken
from support.reference import credits_of, pieces_of, report_of
from support.strategies import DAY, HOUR, MINUTE, PLACES, SECOND, batches, events, fewer, offset_in
from timecode_core.event import Event
from timecode_core.setup import zone as zones
from timecode_core.setup.zone import machine_zone, zone_in_force

_DAY_STARTS = ["00:00", "04:00", "04:30", "12:45", "23:59", "00:01"]


def _instant(text: str, place: str, fold: int = 0) -> int:
    moment = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(place), fold=fold)
    return int(moment.timestamp()) * SECOND


def _beats(place: str, first: str, last: str, every: int = 10 * MINUTE, entity: str = "/p/a.py") -> list[Event]:
    """Heartbeats in a place from one local moment to another, both counted, each with the offset of its own moment."""
    found, time, end = [], _instant(first, place), _instant(last, place)
    while time <= end:
        found.append(Event.of(time=time, utc_offset=offset_in(place, time), entity=entity))
        time += every
    return found


def _days(known: list[Event], core: dict[str, Any] | None = None) -> dict[str, float]:
    """Hours by day."""
    with fresh_service(core) as service:
        send(service, known)
        return {day.isoformat(): us / HOUR for (day,), us in totals(service, ["day"]).items()}


def test_a_stretch_is_split_at_local_midnight() -> None:
    known = [Event.of(time=_instant("2026-01-31T23:55", "Asia/Kathmandu"), utc_offset=20_700, entity="a")]
    known.append(Event.of(time=known[0].time + 12 * MINUTE, utc_offset=20_700, entity="a"))
    assert _days(known) == {"2026-01-31": 5 / 60, "2026-02-01": 7 / 60}


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows asks for its zone each time")
def test_a_machine_that_travels_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that runs for weeks stamps events with the zone that the machine has now, not at its start."""
    try:
        for place, minutes in (("Asia/Kathmandu", 345), ("UTC", 0), ("Asia/Tokyo", 540)):
            monkeypatch.setenv("TZ", place)
            assert machine_zone(Path("/no/link")).offset(1_700_000_000 * SECOND) == minutes * 60
    finally:
        monkeypatch.undo()
        time.tzset()


def test_an_instant_beyond_the_systems_calendar_is_refused_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some systems' local calendar begins in 1970 or ends in 3000: that event is refused, and blocks no queue."""

    class Short(datetime):
        def astimezone(self, tz: tzinfo | None = None) -> Any:  # noqa: ARG002
            raise OSError(22, "Invalid argument")

    with fresh_service({"timezone": ""}) as service:
        monkeypatch.setattr(zones, "datetime", Short)
        sent = [{"time": 5, "entity": "a"}, {"time": "2026-01-31T09:30:00+01:00", "entity": "b"}]
        assert [outcome.verdict for outcome in service.submit(sent, "test").outcomes] == ["rejected", "stored"]
        monkeypatch.undo()


@pytest.mark.parametrize(
    ("place", "day", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", 23.0),
        ("Europe/Berlin", "2026-10-25", 25.0),
        ("America/New_York", "2026-03-08", 23.0),
        ("America/New_York", "2026-11-01", 25.0),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
        ("Australia/Lord_Howe", "2026-10-04", 23.5),
        ("Asia/Kolkata", "2026-03-29", 24.0),
        ("Asia/Kathmandu", "2026-10-25", 24.0),
    ],
)
def test_a_day_worked_through_has_the_hours_that_it_had_there(place: str, day: str, hours: float) -> None:
    """Days of 23 and 25 hours, and by half an hour on Lord Howe: the days around them have 24."""
    date_of = date.fromisoformat(day)
    before, after = date_of - timedelta(days=1), date_of + timedelta(days=2)
    assert _days(_beats(place, f"{before}T00:00", f"{after}T00:00")) == {
        before.isoformat(): 24.0,
        day: hours,
        (after - timedelta(days=1)).isoformat(): 24.0,
    }


@fewer(4)
@given(
    place=st.sampled_from(PLACES),
    middle=st.sampled_from(["2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2026-04-05", "2026-10-04"]),
    steps=st.lists(st.integers(1, 15 * MINUTE), min_size=150, max_size=300),
    day_start=st.sampled_from(["00:00", "02:30", "01:00"]),
)
def test_a_lived_day_exceeds_its_length_only_by_the_part_of_one_stretch_that_crosses_a_change_of_clock(
    place: str, middle: str, steps: list[int], day_start: str
) -> None:
    zone, known = ZoneInfo(place), []
    time = _instant(f"{middle}T00:00", place) - 3 * HOUR
    for step in steps:
        known.append(Event.of(time=time, utc_offset=offset_in(place, time), entity="a"))
        time += step
    with fresh_service({"day_start": day_start}) as service:
        send(service, known)
        lived = {day: us for (day,), us in totals(service, ["day"]).items()}
    shift = timedelta(hours=int(day_start[:2]), minutes=int(day_start[3:]))
    for day, us in lived.items():
        begin = datetime.combine(day, datetime.min.time(), zone) + shift
        end = datetime.combine(day + timedelta(days=1), datetime.min.time(), zone) + shift
        length = round((end.timestamp() - begin.timestamp()) * SECOND)
        crossing = [
            credit.end - credit.start
            for credit in credits_of(known)
            if offset_in(place, credit.start) != offset_in(place, credit.end)
        ]
        assert us <= length + max(crossing, default=0)


@given(known=events(), day_start=st.sampled_from(_DAY_STARTS), data=st.data())
def test_any_day_start_splits_days_and_hours_as_the_reference_does(
    known: list[Event], day_start: str, data: st.DataObject
) -> None:
    """Also one within an hour, such as 04:30: the hour is the clock's, and the day begins in the middle of it."""
    shift = timedelta(hours=int(day_start[:2]), minutes=int(day_start[3:]))
    with fresh_service({"day_start": day_start}) as service:
        for batch in data.draw(batches(known)):
            send(service, batch)
        pieces = pieces_of(credits_of(known), shift)
        for columns in (["day"], ["day", "hour"], ["hour", "project"], ["day", "hour", "type"], ["week", "weekday"]):
            assert totals(service, columns) == report_of(pieces, *ALWAYS, columns), columns


@pytest.mark.parametrize(("day_start", "night", "morning"), [("04:30", 5.5, 27 / 60), ("04:00", 5.0, 57 / 60)])
def test_a_day_that_begins_late_takes_the_night_before_it(day_start: str, night: float, morning: float) -> None:
    """The heartbeats, seven minutes apart, don't fall on the boundary: the stretch across it is cut."""
    known = _beats("Europe/Berlin", "2026-06-10T23:00", "2026-06-11T05:00", every=7 * MINUTE)
    assert _days(known, {"day_start": day_start}) == {"2026-06-10": night, "2026-06-11": morning}


@pytest.mark.parametrize("columns", [["day", "project"], ["day", "type"]], ids=["kept", "from raw events"])
def test_a_pause_of_nearly_a_day_is_whole_in_every_range_that_it_touches(columns: list[str]) -> None:
    """With the longest timeout, at both ends of the earth's clocks: it begins long before the range, or ends after."""
    eve = _instant("2026-06-10T08:00", "Pacific/Kiritimati")
    east = [Event.of(time=time, utc_offset=14 * 3600, entity="a") for time in (eve, eve + 22 * HOUR)]
    late = _instant("2026-06-20T20:00", "Pacific/Pago_Pago")
    west = [Event.of(time=time, utc_offset=-11 * 3600, entity="a") for time in (late, late + 22 * HOUR)]
    with fresh_service({"keystroke_timeout": 86_400}) as service:
        send(service, [*east, *west])
        for day, hours in (("2026-06-10", 16), ("2026-06-11", 6), ("2026-06-20", 4), ("2026-06-21", 18)):
            only = date.fromisoformat(day)
            assert sum(totals(service, columns, (only, only)).values()) == hours * HOUR, day


@fewer(4)
@given(st.sampled_from(PLACES), st.data())
def test_a_trip_does_not_move_yesterday(place: str, data: st.DataObject) -> None:
    """What was recorded at home stays on its days, whatever comes later from elsewhere, or from any clock."""
    home = _beats(
        "Europe/Berlin", "2026-06-10T20:00", "2026-06-11T02:00", every=data.draw(st.integers(MINUTE, 15 * MINUTE))
    )
    later = home[-1].time + HOUR + 15 * MINUTE + 1
    away = [
        Event.of(time=later + n * MINUTE, utc_offset=offset_in(place, later), entity="b")
        for n in range(data.draw(st.integers(1, 20)))
    ]
    with fresh_service() as service:
        send(service, home)
        before = totals(service, ["day", "hour", "entity"])
        send(service, away)
        assert {
            group: us for group, us in totals(service, ["day", "hour", "entity"]).items() if group[2] == "/p/a.py"
        } == before


def test_across_the_date_line_a_day_can_come_twice_or_not_at_all() -> None:
    """From Kiritimati (+14) to Pago Pago (-11), 25 hours back: the same date is lived twice and adds up."""
    noon = _instant("2026-06-10T12:00", "Pacific/Kiritimati")
    there = [Event.of(time=noon + n * 10 * MINUTE, utc_offset=14 * 3600, entity="a") for n in range(7)]
    back = [Event.of(time=noon + DAY + n * 10 * MINUTE, utc_offset=-11 * 3600, entity="b") for n in range(7)]
    assert offset_in("Pacific/Pago_Pago", noon) == -11 * 3600
    assert _days(there + back) == {"2026-06-10": 2.0}
    west = [Event.of(time=noon + n * 10 * MINUTE, utc_offset=-11 * 3600, entity="a") for n in range(7)]
    east = [Event.of(time=noon + DAY + n * 10 * MINUTE, utc_offset=14 * 3600, entity="b") for n in range(7)]
    assert _days(west + east) == {"2026-06-09": 1.0, "2026-06-11": 1.0}


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"])
@fewer(2)
@given(second=st.integers(0, 2**31), form=st.sampled_from(["Z", "-00:00", "unix"]))
def test_an_offset_that_is_not_given_is_that_of_the_setting_at_that_instant(zone: str, second: int, form: str) -> None:
    text = datetime.fromtimestamp(second, ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%S")
    sent: Any = second if form == "unix" else text + form
    filled = taken({"time": sent, "entity": "a"}, zone=zone)
    kept = taken({"time": text + "+00:00", "entity": "a"}, zone=zone)
    assert filled.time == kept.time == second * SECOND
    assert kept.utc_offset == 0, "+00:00 says that it was there"
    assert filled.utc_offset == zone_in_force(zone).offset(second * SECOND)
    exact = (datetime.fromtimestamp(second, ZoneInfo(zone)).utcoffset() or timedelta()).total_seconds()
    assert abs(filled.utc_offset - exact) <= 30, "whole minutes, as RFC 3339 can write"
    assert filled.utc_offset % 60 == 0


def test_a_later_change_of_the_zone_moves_nothing() -> None:
    """The offset is stored with the event: a report does not depend on where it is read."""
    with fresh_home() as home:
        with running(home, {"timezone": "Asia/Kathmandu"}) as service:
            service.submit([{"time": 1_700_000_000 + n * 600, "entity": "a"} for n in range(60)], "test")
            before = kept_cells(service)
        with running(home, {"timezone": "America/New_York"}) as service:
            assert kept_cells(service) == before


@fewer(2)
@given(known=events(), first=st.integers(-1, 3), length=st.integers(0, 3), data=st.data())
def test_any_range_of_days_holds_just_those_days(
    known: list[Event], first: int, length: int, data: st.DataObject
) -> None:
    """From the aggregations, and from the raw events, which are read only around the days asked for."""
    day_start = data.draw(st.sampled_from(["00:00", "04:30"]))
    shift = timedelta(hours=int(day_start[:2]), minutes=int(day_start[3:]))
    pieces = pieces_of(credits_of(known), shift)
    begin = (min((piece.day for piece in pieces), default=date(2023, 11, 14))) + timedelta(days=first)
    days = (begin, begin + timedelta(days=length))
    with fresh_service({"day_start": day_start}) as service:
        send(service, known)
        for columns in (["day", "project"], ["day", "type"], ["hour", "type"]):
            assert totals(service, columns, days) == report_of(pieces, *days, columns), columns


def test_hours_are_those_of_the_clock_on_the_wall() -> None:
    """When the clock goes back, the hour from two to three comes twice, and adds up."""
    known = _beats("Europe/Berlin", "2026-10-25T00:00", "2026-10-25T06:00")
    with fresh_service() as service:
        send(service, known)
        hours: dict[Any, float] = defaultdict(float)
        for (hour,), us in totals(service, ["hour"]).items():
            hours[hour] += us / HOUR
    assert hours == {0: 1.0, 1: 1.0, 2: 2.0, 3: 1.0, 4: 1.0, 5: 1.0}
