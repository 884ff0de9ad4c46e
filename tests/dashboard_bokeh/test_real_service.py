"""The page and its images from a real `timecode serve`: events in, charts and a PNG out."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait
from support.server import Server, start, timecode

pytestmark = pytest.mark.browser
XSS = "<img src=x onerror=\"document.title='broken in'\">$$x$$"
PATIENCE_S = 240
READY = "return document.getElementById('charts')?.getAttribute('aria-busy') === 'false'"


@pytest.fixture(scope="module")
def service() -> Iterator[Server]:
    """A service in the easternmost zone, with two days of two projects, one of them with a hostile name."""
    with (
        tempfile.TemporaryDirectory(prefix="timecode-") as folder,
        start(Path(folder) / "home", core__timezone="Pacific/Kiritimati", export_png__timeout_s="100") as running,
    ):
        running.post(
            [
                {
                    "time": f"2026-02-0{day}T10:{minute:02}:00+01:00",
                    "entity": "/home/me/a.py",
                    "project": project,
                    "language": language,
                }
                for day in (2, 3)
                for minute in range(0, 60, 2)
                for project, language in [("harbour", "Python") if minute < 40 else (XSS, XSS)]
            ]
        )
        yield running


@pytest.fixture
def page(chromium: Chrome, service: Server) -> Iterator[Chrome]:
    """Signed in as `timecode open` does it, with two days shown."""
    console(chromium)
    link = timecode(service.home, "open", "--print", "--port", str(service.port))
    assert link.returncode == 0, link.stderr
    chromium.get(link.stdout.strip())
    WebDriverWait(chromium, PATIENCE_S).until(lambda one: one.execute_script(READY))
    chromium.get(f"{service.url}/?from=2026-02-02&to=2026-02-03")
    WebDriverWait(chromium, PATIENCE_S).until(lambda one: one.execute_script(READY))
    yield chromium
    chromium.get("about:blank")


def console(browser: Any) -> list[str]:
    """The console's errors and warnings."""
    return [entry["message"] for entry in browser.get_log("browser") if entry["level"] in {"SEVERE", "WARNING"}]


def test_what_was_sent_is_what_is_drawn(page: Chrome) -> None:
    """The total, both names as text, four charts, and a console without a word since before the sign-in."""
    assert page.find_element(By.ID, "total").text == "1 h 56 m"
    chips = page.find_element(By.ID, "chips").text
    assert "harbour" in chips
    assert "<img src=x" in chips
    assert len(page.find_elements(By.CSS_SELECTOR, "[data-chart] .plot > *")) == 4
    assert page.title == "1 h 56 m – Timecode"
    assert console(page) == []


def test_today_is_the_service_s_and_not_the_browser_s(page: Chrome, service: Server) -> None:
    """A browser 26 hours to the west, where it is never the same day, shows the day of the setting `timezone`."""
    page.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": "Etc/GMT+12"})
    try:
        before = service.get("/api/v1/status").json()["today"]["day"]
        page.get(f"{service.url}/?period=today")
        WebDriverWait(page, PATIENCE_S).until(lambda one: one.execute_script(READY))
        first, last = (page.find_element(By.ID, name).get_attribute("value") or "" for name in ("from", "to"))
        assert first == last
        assert before <= first <= service.get("/api/v1/status").json()["today"]["day"]
        day = "const now = new Date(); return [now.getFullYear(), now.getMonth() + 1, now.getDate()]"
        assert date(*page.execute_script(day)) < date.fromisoformat(first)
    finally:
        page.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": ""})


def test_a_click_saves_the_picture_under_its_name(page: Chrome, downloads: Path) -> None:
    """The card, at twice its size, in a file that says what it is."""
    page.find_element(By.ID, "export-card").click()
    wanted = downloads / "timecode-card-2026-02-02-2026-02-03.png"
    WebDriverWait(page, PATIENCE_S).until(lambda one: wanted.exists() or one.find_element(By.ID, "note").text)
    assert page.find_element(By.ID, "note").text == ""
    with Image.open(io.BytesIO(wanted.read_bytes())) as image:
        assert image.size == (2400, 1260)


def test_a_chart_of_one_project_comes_by_its_address(service: Server) -> None:
    """Filters, theme, chart and scale in the address; the bytes are a PNG."""
    answer = service.get(
        "/api/v1/export/png?chart=days&from=2026-02-02&to=2026-02-03&project=harbour&theme=dark&scale=2"
    )
    assert answer.status == 200, answer.body
    assert answer.headers["content-type"] == "image/png"
    with Image.open(io.BytesIO(answer.body)) as image:
        assert image.width == 1920


def test_a_missing_browser_is_told_with_what_to_install() -> None:
    """The answer is a problem that a person can act on."""
    with (
        tempfile.TemporaryDirectory(prefix="timecode-") as folder,
        start(Path(folder) / "home", export_png__chromium="/nowhere/chromium") as running,
    ):
        answer = running.get("/api/v1/export/png?chart=days&from=2026-02-02&to=2026-02-03")
        assert answer.status in {500, 501, 503}
        assert "/nowhere/chromium" in answer.json()["detail"]
