"""Periods by name: which days they have, by the settings and by what is stored."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.houses import fresh_service, noon, send
from support.strategies import SECOND
from timecode_core.columns import WEEKDAYS
from timecode_core.errors import QueryError
from timecode_core.event import Event
from timecode_core.periods import ALL, PERIODS, days_of
from timecode_core.settings import Weekday

DAY = timedelta(days=1)


@given(today=st.dates(date(2, 1, 1)), start=st.sampled_from(WEEKDAYS))
def test_a_period_holds_the_day_that_it_is_named_for(today: date, start: Weekday) -> None:
    """Each is as long as it says and, but for yesterday, ends today; a week begins on the weekday of the settings."""
    known = {name: days_of(name, today, start, None) for name in PERIODS}
    assert known.pop("yesterday") == (today - DAY, today - DAY)
    assert {last for _, last in known.values()} == {today}
    for days in (7, 30, 365):
        assert known[f"last-{days}-days"][0] == today - DAY * (days - 1)
    week = known["week"][0]
    assert WEEKDAYS[week.weekday()] == start
    assert today - 7 * DAY < week <= today
    assert known["month"][0] == date(today.year, today.month, 1)
    assert known["year"][0] == date(today.year, 1, 1)
    assert known["today"] == known[ALL] == (today, today)


@pytest.mark.parametrize("start", WEEKDAYS)
def test_a_week_begins_when_the_settings_say(start: Weekday) -> None:
    """The answers know the setting `week_start`."""
    with fresh_service({"week_start": start}) as service:
        first, last = service.answers.period("week")
    assert WEEKDAYS[first.weekday()] == start
    assert first <= last < first + 7 * DAY


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
def test_today_is_that_of_the_settings_zone(zone: str) -> None:
    """Between the two zones lie 26 hours: whatever the machine's own day is, one of them has another."""
    with fresh_service({"timezone": zone}) as service:
        before = datetime.now(ZoneInfo(zone)).date()
        first, last = service.answers.period("today")
        assert before <= first == last <= datetime.now(ZoneInfo(zone)).date()


def test_the_small_hours_belong_to_the_day_before() -> None:
    """Somewhere it is past two at night; with a day that begins at four, today has yesterday's date there."""
    ahead = (2 - datetime.now(UTC).hour + 11) % 24 - 11
    zone = f"Etc/GMT{-ahead:+d}"  # such names count westward
    with fresh_service({"timezone": zone, "day_start": "04:00"}) as service:
        local = datetime.now(ZoneInfo(zone))
        assert local.hour in (2, 3)
        assert service.answers.period("today") == (local.date() - DAY, local.date() - DAY)


def test_all_reaches_from_the_first_to_the_last_stored_day() -> None:
    """Without an event it is today; with some it is their days, however long ago."""
    with fresh_service({"timezone": noon()}) as service:
        assert service.answers.period("all") == (service.answers.today(),) * 2
        send(service, [Event(day * 86_400 * SECOND, 0, 0, "/a") for day in (0, 19_000, 20_000)])
        assert service.answers.period("all") == (date(1970, 1, 1), date(1970, 1, 1) + 20_000 * DAY)


@pytest.mark.parametrize("name", ["", "fortnight", "TODAY", "x" * 1000])
def test_an_unknown_period_is_refused_with_those_there_are(name: str) -> None:
    """The error names every period, and is short however long the name was."""
    with fresh_service() as service, pytest.raises(QueryError) as refused:
        service.answers.period(name)
    assert all(known in str(refused.value) for known in PERIODS)
    assert len(str(refused.value)) < 250
