"""The parameter `period` of the questions, on both servers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from support.server import Server
from timecode_core.answering.periods import PERIODS

ENDPOINTS = ("/api/v1/stats", "/api/v1/events", "/api/v1/export/json")


def today(service: Server) -> date:
    return date.fromisoformat(service.get("/api/v1/status").json()["today"]["day"])


def until_midnight_stays_away(service: Server) -> Iterator[date]:
    """The service's day, and if another begins meanwhile, that one too: the last round is all of one day."""
    day: date | None = None
    while day != (day := today(service)):
        yield day


@pytest.mark.parametrize("period", PERIODS)
def test_a_period_is_the_range_that_it_stands_for(service: Server, period: str) -> None:
    """Statistics name the days; asked for by them, an export and events are the same.

    So is the entity tag, but where the period is compared with its like: then a picture of it says so.
    """
    service.post([{"time": "1990-01-01T12:00:00Z", "entity": "/long-ago"}])  # so that there is a time before
    compared_with_its_like = period in ("week", "month", "year")
    for _day in until_midnight_stays_away(service):
        answer = service.get(f"/api/v1/stats?period={period}").json()
        named, days = f"period={period}", urlencode({"from": answer["from"], "to": answer["to"]})
        exports = [service.get(f"/api/v1/export/json?{query}") for query in (named, days)]
        pages = [service.get(f"/api/v1/events?{query}&limit=10000").json() for query in (named, days)]
    assert exports[0].body == exports[1].body
    assert (exports[0].headers["etag"] == exports[1].headers["etag"]) == (not compared_with_its_like)
    assert pages[0] == pages[1]


def test_yesterday_has_yesterday_s_events_alone(service: Server, project: str) -> None:
    """Each endpoint tells the day of the period from the days beside it."""
    for day in until_midnight_stays_away(service):
        times = [f"{day - timedelta(days=back)}T12:00:00Z" for back in (1, 2)]
        service.post([{"time": time, "entity": f"/{project}", "project": project} for time in times])
        yesterday = str(day - timedelta(days=1))
        stats = service.get(f"/api/v1/stats?period=yesterday&project={project}&group_by=day").json()
        found = service.get("/api/v1/events?period=yesterday&limit=10000").json()["events"]
        exported = service.get(f"/api/v1/export/json?period=yesterday&project={project}")
    assert (stats["from"], stats["to"]) == (yesterday, yesterday)
    assert {group["day"] for group in stats["groups"]} <= {yesterday}
    assert [event["time"][:10] for event in found if event["project"] == project] == [yesterday]
    assert yesterday in exported.headers["content-disposition"]


@pytest.mark.parametrize("url", ENDPOINTS)
@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("period=today&from=2024-03-01", "alone"),
        ("period=today&to=2024-03-01", "alone"),
        ("period=today&from=", "alone"),
        ("period=today&period=week", "once"),
        *((f"period={unknown}", "last-7-days") for unknown in ("fortnight", "7d", "", "TODAY", "%00")),
    ],
)
def test_a_period_beside_days_or_unknown_is_a_bad_request(service: Server, url: str, query: str, told: str) -> None:
    """The detail says that it goes alone, or names the periods there are."""
    answer = service.get(f"{url}?{query}")
    assert answer.status == 400
    assert told in answer.json()["detail"]
