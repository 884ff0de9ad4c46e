"""Periods by name: which days they have, by the settings and by what is stored."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st
from support.installations import fresh_service, noon, send
from support.strategies import HOUR, SECOND
from timecode_core.answering.ahead import AT_MOST
from timecode_core.answering.columns import WEEKDAYS
from timecode_core.answering.periods import ALL, PERIODS, before, days_of
from timecode_core.errors import QueryError
from timecode_core.event import Event
from timecode_core.intake.wire import format_time
from timecode_core.selection import Before, Selection
from timecode_core.serving.service import Service
from timecode_core.setup.settings import Weekday

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
        send(service, [Event.of(time=day * 86_400 * SECOND, entity="/a") for day in (0, 19_000, 20_000)])
        assert service.answers.period("all") == (date(1970, 1, 1), date(1970, 1, 1) + 20_000 * DAY)


@pytest.mark.parametrize("name", ["", "fortnight", "TODAY", "x" * 1000])
def test_an_unknown_period_is_refused_with_those_there_are(name: str) -> None:
    """The error names every period, and is short however long the name was."""
    with fresh_service() as service, pytest.raises(QueryError) as refused:
        service.answers.period(name)
    assert all(known in str(refused.value) for known in PERIODS)
    assert len(str(refused.value)) < 250


def _named(name: str, today: date, start: Weekday = "monday") -> Before:
    found = before(name, days_of(name, today, start, None))
    assert found is not None
    return found


@given(
    name=st.sampled_from([name for name in PERIODS if name != ALL]),
    today=st.dates(date(3, 1, 1)),
    start=st.sampled_from(WEEKDAYS),
)
def test_a_period_is_compared_with_as_many_days_that_end_before_it(name: str, today: date, start: Weekday) -> None:
    """Unless the month before is shorter, or the 29th of February lies in one of the years."""
    first, last = days_of(name, today, start, None)
    found = _named(name, today, start)
    assert found.first <= found.last < first
    days, compared = (last - first).days + 1, (found.last - found.first).days + 1
    if name == "month":
        assert (found.first.day, found.last) == (1, min(found.last.replace(day=1) + (days - 1) * DAY, first - DAY))
    elif name == "year":
        assert (found.first.month, found.first.day, found.last.month) == (1, 1, last.month)
        assert found.last.day == (28 if (last.month, last.day) == (2, 29) else last.day)
        assert found.first.year == found.last.year == first.year - 1
    else:
        assert compared == days
        assert found.last == (last - 7 * DAY if name == "week" else first - DAY)


@given(first=st.dates(date(1000, 1, 1)), days=st.integers(0, 1000))
def test_a_range_of_days_is_compared_with_as_many_just_before(first: date, days: int) -> None:
    last = min(first + timedelta(days=days), date.max) if first < date(9990, 1, 1) else first
    found = before(None, (first, last))
    assert found is not None
    assert found.last == first - DAY
    assert found.last - found.first == last - first


@pytest.mark.parametrize(
    ("name", "today", "first", "last", "words"),
    [
        ("today", "2026-03-01", "2026-02-28", "2026-02-28", "the day before"),
        ("yesterday", "2026-03-01", "2026-02-27", "2026-02-27", "the day before"),
        ("week", "2026-01-15", "2026-01-05", "2026-01-08", "the same days of last week"),  # a Thursday
        ("week", "2026-01-12", "2026-01-05", "2026-01-05", "the same day of last week"),
        ("week", "2026-01-18", "2026-01-05", "2026-01-11", "the same days of last week"),
        ("month", "2026-01-01", "2025-12-01", "2025-12-01", "the same day of last month"),
        ("month", "2026-03-31", "2026-02-01", "2026-02-28", "the same days of last month"),
        ("month", "2028-03-30", "2028-02-01", "2028-02-29", "the same days of last month"),
        ("year", "2028-02-29", "2027-01-01", "2027-02-28", "the same days of last year"),
        ("year", "2029-03-01", "2028-01-01", "2028-03-01", "the same days of last year"),
        ("last-7-days", "2026-01-15", "2026-01-02", "2026-01-08", "the 7 days before"),
    ],
)
def test_this_week_month_or_year_so_far_is_compared_with_the_same_days_of_the_last(
    name: str, today: str, first: str, last: str, words: str
) -> None:
    """On a Thursday people mean Monday to Thursday of last week, and not Thursday to Sunday."""
    found = _named(name, date.fromisoformat(today))
    assert (str(found.first), str(found.last), found.words) == (first, last, words)


def test_all_of_the_time_and_the_first_of_the_calendar_have_nothing_before() -> None:
    assert before(ALL, (date(2026, 1, 1), date(2026, 1, 2))) is None
    for name, days in ((None, 2), ("week", 3), ("month", 4), ("year", 5), ("today", 1)):
        assert before(name, (date(1, 1, 1), date(1, 1, days))) is None


def test_days_before_the_first_event_are_no_comparison_and_days_ahead_neither() -> None:
    """Somebody who began on Wednesday did not do less last week."""
    with fresh_service({"timezone": noon()}) as service:
        answers = service.answers
        assert answers.select("today").previous() is None, "nothing is stored"
        today = answers.today()
        middle = int(datetime.combine(today, datetime.min.time(), UTC).timestamp()) * SECOND + 12 * HOUR
        send(service, [Event.of(time=middle - 9 * 24 * HOUR, entity="/a")])
        week = answers.select((today - 3 * DAY, today), {"project": ("p",)})
        assert week.before == Before(today - 7 * DAY, today - 4 * DAY, "the 4 days before")
        assert week.previous() == Selection(today - 7 * DAY, today - 4 * DAY, {"project": ("p",)})
        assert answers.select((today - 4 * DAY, today)).previous() is not None, "it begins on the day of the first"
        assert answers.select((today - 5 * DAY, today)).previous() is None
        assert answers.select("last-30-days").previous() is None
        assert answers.select("all").previous() is None
        assert answers.select((today + DAY, today + DAY)).previous() == Selection(today, today)
        assert answers.select((today + 2 * DAY, today + 3 * DAY)).previous() is None, "not all of it is over"


def _ahead_of(service: Service, *hours: float) -> list[Event]:
    now = round(service.answers.now().timestamp()) * SECOND
    return [Event.of(time=now + round(ahead * HOUR), entity=f"/{ahead}") for ahead in hours]


def test_events_ahead_of_the_clock_are_stored_and_told_and_have_no_part_in_all_and_the_last_event() -> None:
    """A clock a year ahead must not hide until then what happens today; up to a day may be a mistaken zone."""
    with fresh_service({"timezone": noon()}) as service:
        near = _ahead_of(service, -50, -1, 23)
        assert send(service, near) == ["stored"] * 3
        span = service.answers.period("all")
        assert service.answers.ahead() is None
        assert service.status()["ahead"] is None
        far = _ahead_of(service, 25, 9_000, 20_000_000)
        assert send(service, far) == ["stored"] * 3
        last = service.answers.last_event()
        ahead = service.answers.ahead()
        assert last is not None
        assert last.time == near[-1].time
        assert service.answers.period("all") == span
        assert ahead is not None
        assert (ahead.events, ahead.last.time) == (3, far[-1].time)
        status = service.status()
        assert status["ahead"] == {"events": 3, "last": ahead.at}
        assert status["last_event"] == format_time(last.time, last.utc_offset)
        assert str(ahead).startswith("3 events lie more than a day ahead of this machine's clock, the last at ")
        assert "Check this clock" in str(ahead)


def test_a_store_with_nothing_but_events_ahead_spans_no_day() -> None:
    with fresh_service({"timezone": noon()}) as service:
        send(service, _ahead_of(service, 9_000, 9_000.1))
        assert service.answers.last_event() is None
        assert service.answers.period("all") == (service.answers.today(),) * 2


def test_credited_time_ahead_of_the_clock_has_no_part_in_all() -> None:
    """It has cells of its own, far away, which the span would else go by."""
    with fresh_service({"timezone": noon()}) as service:
        send(service, [*_ahead_of(service, -50, -49.9), *_ahead_of(service, 9_000, 9_000.1)])
        first, last = service.answers.period("all")
        assert first <= last <= service.answers.today()


def test_many_events_ahead_are_not_counted_one_by_one() -> None:
    """What a status bar polls stays cheap."""
    with fresh_service({"timezone": noon()}) as service:
        (first,) = _ahead_of(service, 9_000)
        send(service, [first.evolve(time=first.time + n) for n in range(AT_MOST + 5)])
        ahead = service.answers.ahead()
        assert ahead is not None
        assert ahead.events == AT_MOST
        assert str(ahead).startswith("1,000 or more events lie")


def test_one_event_ahead_is_told_in_the_singular() -> None:
    with fresh_service({"timezone": noon()}) as service:
        send(service, _ahead_of(service, 30))
        assert str(service.answers.ahead()).startswith("1 event lies more than")
