"""`/api/v1/stats` and `/api/v1/status`, on both servers."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from support.server import Server

URL = "/api/v1/stats"
RANGE = "from=2024-03-01&to=2024-03-31"
START = 1_709_280_000  # 2024-03-01T08:00Z


def post(service: Server, project: str, *offsets: int, **fields: str) -> None:
    service.post(
        [{"time": START + offset, "entity": f"/{project}/x", "project": project, **fields} for offset in offsets]
    )


def test_the_total_and_its_groups_agree(service: Server, project: str) -> None:
    """Grouped by day and language, the groups add up to the total, by day first."""
    day = 86_400
    post(service, project, 0, 60, 120, language="Python")
    post(service, project, day, day + 30, language="Go")
    answer = service.get(f"{URL}?{RANGE}&project={project}&group_by=day,language").json()
    assert (answer["from"], answer["to"]) == ("2024-03-01", "2024-03-31")
    assert answer["total_seconds"] == sum(group["seconds"] for group in answer["groups"])
    assert [group["day"] for group in answer["groups"]] == sorted(group["day"] for group in answer["groups"])
    assert {group["language"] for group in answer["groups"]} <= {"Python", "Go"}


def test_without_grouping_there_is_a_total_alone(service: Server, project: str) -> None:
    """No column, no group; and a filter that nothing passes gives zero."""
    answer = service.get(f"{URL}?{RANGE}&project={project}").json()
    assert answer["total_seconds"] == 0
    assert answer["groups"] == []


def test_a_repeated_filter_takes_any_of_its_values(service: Server, project: str) -> None:
    """`project=a&project=b` is the sum of both; an empty value means those without any."""
    other = project + " & sons"
    post(service, project, 100_000, 100_010)
    post(service, other, 200_000, 200_020)
    post(service, "", 300_000, 300_040, branch=project)

    def total(query: str) -> float:
        seconds: float = service.get(f"{URL}?{RANGE}&{query}").json()["total_seconds"]
        return seconds

    one, two = total(f"project={project}"), total(f"project={quote(other)}")
    assert one >= 10
    assert two >= 20
    assert total(f"project={project}&project={quote(other)}") == one + two
    assert total(f"project=&branch={project}") >= 40


def test_today_is_asked_for_where_no_day_is_named(service: Server) -> None:
    """Without from and to, the range is today's."""
    before = service.get("/api/v1/status").json()["today"]["day"]
    answer = service.get(URL).json()
    assert before <= answer["from"] == answer["to"] <= service.get("/api/v1/status").json()["today"]["day"]


def test_only_an_end_means_that_day(service: Server) -> None:
    """`to` alone asks for one day."""
    answer = service.get(f"{URL}?to=2024-03-05").json()
    assert (answer["from"], answer["to"]) == ("2024-03-05", "2024-03-05")


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("colour=red", "project"),
        ("group_by=colour", "project"),
        ("group_by=day,day", "twice"),
        ("group_by=day&group_by=project", "once"),
        ("from=2024-13-01", "from"),
        ("to=20240301", "to"),
        ("to=2024-W01-1", "to"),
        ("from=%D9%A2%D9%A0%D9%A2%D9%A4-01-01", "from"),
        ("from=2024-03-02&to=2024-03-01", "before"),
        ("hour=noon", "hour"),
        ("theme=dark", "theme"),
    ],
)
def test_a_senseless_question_is_a_bad_request(service: Server, query: str, told: str) -> None:
    """Each gets 400 with a detail that names what is wrong or what is known."""
    answer = service.get(f"{URL}?{query}")
    assert answer.status == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert told in answer.json()["detail"]


@pytest.mark.parametrize(
    "query",
    [
        "%",
        "%ff=%ff",
        "project=%00",
        "project=" + "x" * 6000,
        "&&&=&",
        "hour=99999999999999999999",
        "year=-1",
        "day=0001-01-01",
        "from=0001-01-01&to=9999-12-31&group_by=week,month,year",
        "from=0001-01-01&to=0001-01-01&group_by=week",
    ],
)
def test_no_query_string_is_a_fault_of_ours(service: Server, query: str) -> None:
    """Strange but possible query strings get an answer or 4xx."""
    status = service.get(f"{URL}?{query}").status
    assert status == 200 or 400 <= status < 500


def test_the_status_tells_what_a_status_bar_shows(service: Server, project: str) -> None:
    """Version, today with projects, last event, health."""
    post(service, project, 0)
    status = service.get("/api/v1/status").json()
    assert status["ready"] is True
    assert status["store"]["ok"] is True
    assert set(status["today"]) == {"day", "total_seconds", "projects"}
    assert status["last_event"] is not None
