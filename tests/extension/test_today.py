"""The view of today: what it shows is what the service credits, and it asks only while it is seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from extension.editor_kit.ledger import Ledger
from extension.editor_kit.relay import Relay
from extension.editor_kit.service import Service
from extension.editor_kit.today import TodayView
from extension.editor_kit.waiting import until
from extension.editor_kit.window import Window
from extension.editor_kit.work import work
from selenium import webdriver

pytestmark = pytest.mark.editor

NAME = '<a href="command:workbench.action.quit">x</a> & | *y*'


@pytest.fixture
def view(driver: webdriver.Chrome, window: Window) -> Iterator[TodayView]:
    view = TodayView(driver, window)
    view.show()
    yield view
    window.front()
    view.hide()


def spoken(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 1:
        return "< 1 min"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def credited(service: Service) -> list[list[str]]:
    """Today by hour and by project, asked for apart, in the view's words."""

    def groups(column: str) -> list[dict[str, Any]]:
        answer = service.get("/api/v1/stats", period="today", group_by=column)
        return [group for group in answer["groups"] if group["seconds"]]

    hours = [[f"{one['hour']}:00 to {one['hour'] + 1}:00", spoken(one["seconds"])] for one in groups("hour")]
    projects = [[one["project"] or "no project", spoken(one["seconds"])] for one in groups("project")]
    return hours + projects


def work_elsewhere(service: Service, begin: time, project: str, minutes: int) -> None:
    """What another editor brings, today and tomorrow: midnight may come while one looks."""
    today = datetime.now(UTC).astimezone()
    begins = [datetime.combine(today, begin, today.tzinfo) + timedelta(days=days) for days in (0, 1)]
    events = [
        {"time": (at + timedelta(minutes=minute)).isoformat(), "entity": "elsewhere.py", "project": project}
        for at in begins
        for minute in range(minutes + 1)
    ]
    service.bring(events)


def test_the_view_shows_what_the_service_credits(
    window: Window, view: TodayView, service: Service, ledger: Ledger
) -> None:
    work_elsewhere(service, time(9, 30), "harbour-api", 75)
    work_elsewhere(service, time(13), NAME, 40)
    work(window, ledger, events=1)
    ledger.until_delivered()
    until(lambda: view.rows() == credited(service), "the view to show what is credited")
    rows = view.rows()
    assert {"harbour-api", NAME, "lighthouse"} <= {name for name, _time in rows}
    assert view.columns() == sum(":00 to " in name for name, _time in rows)
    until(lambda: window.status() in view.text(), "view and status bar to tell the same sum")


def test_a_state_is_told_in_the_status_bars_words(window: Window, view: TodayView, relay: Relay) -> None:
    relay.misbehave("500")
    window.command("retryNow")
    until(lambda: "does not work" in view.text(), "the view to tell that the service fails")
    assert "when last heard" in view.text()
    relay.misbehave("pass")
    window.command("retryNow")
    until(lambda: "Today, in all editors." in view.text(), "the view to tell that all is well")


def test_a_states_remedy_is_a_button_that_works(window: Window, view: TodayView) -> None:
    window.command("pause")
    try:
        until(lambda: "Paused:" in view.text(), "the view to tell that nothing is recorded")
        view.press("Resume recording")
        window.until_status("min$")
    finally:
        window.command("resume")
    until(lambda: "Paused:" not in view.text(), "the view to tell that all is well")


def test_a_view_that_nobody_sees_asks_nothing(window: Window, view: TodayView, relay: Relay, ledger: Ledger) -> None:
    def asked() -> bool:
        return any(path.startswith("/api/v1/stats?") for path in list(relay.answers))

    until(asked, "the question of a view that is seen")
    view.hide()
    relay.answers.clear()
    work(window, ledger, events=1)
    ledger.until_delivered()
    until(lambda: "/api/v1/status" in relay.answers, "the status bar's question")
    window.command("retryNow")
    assert not asked()
    view.show()
    until(asked, "the question of a view that is seen again")
