"""The page in a real Chromium, under the real content security policy."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import date
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from dashboard_bokeh.local import TODAY, WELL, serving
from dashboard_bokeh.samples import MINUTE, Spent, plausible
from selenium.common.exceptions import TimeoutException
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait
from timecode_core.answering.periods import PERIODS, days_of

pytestmark = pytest.mark.browser
FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)
SPENT = plausible(FIRST, LAST)
XSS = "<img src=x onerror=\"document.title='broken in'\"><script>document.title='broken in'</script>$$x$$"
PATIENCE_S = 240
READY = "return document.getElementById('charts').getAttribute('aria-busy') === 'false'"
DRAWN = """
const found = {};
const walk = (root, name) => {
  for (const canvas of root.querySelectorAll("canvas")) {
    if (!canvas.width || !canvas.height) continue;
    const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    const colours = new Set();
    for (let i = 0; i < data.length; i += 4) if (data[i + 3]) colours.add(data.slice(i, i + 3).join());
    found[name] = Math.max(found[name] ?? 0, colours.size);
  }
  found[name] = Math.max(found[name] ?? 0, root.querySelectorAll(".slick-row").length);
  for (const element of root.querySelectorAll("*")) if (element.shadowRoot) walk(element.shadowRoot, name);
};
for (const card of document.querySelectorAll("[data-chart]")) walk(card, card.dataset.chart);
return found;
"""
TIP = """
const [done] = arguments;
const frames = (left) => requestAnimationFrame(() => left ? frames(left - 1) : told());
const told = () => {
  const tip = document.querySelector("body > .bk-Tooltip");
  done(tip ? [tip.shadowRoot.textContent, tip.getBoundingClientRect().x] : ["", 0]);
};
frames(3);
"""
"""The tooltip's text and place, where there is one once Bokeh has had some frames to follow the pointer."""
Open = Callable[..., list[str]]


@pytest.fixture
def show(chromium: Chrome) -> Iterator[Open]:
    """Serve some time and open the page at a query; gives the requests, as they come."""
    with ExitStack() as stack:

        def opened(
            query: str, spent: list[Spent] = SPENT, status: int = 200, says: dict[str, Any] | None = None
        ) -> list[str]:
            url, requests = stack.enter_context(serving(spent, status, says))
            console(chromium)
            chromium.get(f"{url}/?{query}#code=any")
            ready(chromium)
            return requests

        yield opened
        chromium.get("about:blank")


def ready(browser: Chrome) -> None:
    """Wait until the page has drawn what it was asked for."""
    WebDriverWait(browser, PATIENCE_S).until(lambda one: one.execute_script(READY))


def pixels(browser: Chrome) -> dict[str, int]:
    """The colours or rows of each chart, once each has some: it is in its place before it is painted."""
    drawn: dict[str, int] = {}

    def painted(_browser: Chrome) -> bool:
        drawn.update(browser.execute_script(DRAWN))
        return len(drawn) == 4 and min(drawn.values()) > 5

    with suppress(TimeoutException):  # what there is by then tells more
        WebDriverWait(browser, PATIENCE_S).until(painted)
    return drawn


def console(browser: Any) -> list[dict[str, Any]]:
    """What was written there since the last call."""
    return list(browser.get_log("browser"))


def complaints(browser: Chrome) -> list[str]:
    """What the browser's console holds against the page: errors, policy violations, warnings."""
    return [entry["message"] for entry in console(browser) if entry["level"] in {"SEVERE", "WARNING"}]


def asked(requests: list[str]) -> dict[str, Any]:
    """The last question to the charts."""
    path = next(path for path in reversed(requests) if path.startswith("/api/v1/export/charts"))
    return parse_qs(urlsplit(path).query, keep_blank_values=True)


def days_shown(browser: Chrome) -> tuple[str | None, str | None]:
    """What the date fields say."""
    first, last = (browser.find_element(By.ID, name).get_attribute("value") for name in ("from", "to"))
    return first, last


def test_every_chart_is_drawn_and_the_console_stays_silent(chromium: Chrome, show: Open) -> None:
    """Four charts with many colours or rows, no error, no policy violation, and no request but to the service."""
    show("from=2026-02-01&to=2026-02-28")
    assert complaints(chromium) == []  # before the pixels are read, which Chromium itself would remark upon
    drawn = pixels(chromium)
    assert set(drawn) == {"days", "projects", "languages", "table"}
    assert all(count > 5 for count in drawn.values()), drawn
    loaded = chromium.execute_script("return performance.getEntriesByType('resource').map(one => one.name)")
    assert all(address.startswith(chromium.current_url.split("/?")[0]) for address in loaded)


def test_a_preset_and_the_date_fields_change_the_range(chromium: Chrome, show: Open) -> None:
    """Choosing asks anew, writes the address, and the back button leads back."""
    requests = show("from=2026-02-01&to=2026-02-28")
    assert (asked(requests)["from"], asked(requests)["to"]) == (["2026-02-01"], ["2026-02-28"])
    total = chromium.find_element(By.ID, "total").text
    chromium.find_element(By.CSS_SELECTOR, "[data-period='last-30-days']").click()
    ready(chromium)
    assert asked(requests)["period"] == ["last-30-days"]
    assert urlsplit(chromium.current_url).query == "period=last-30-days"
    assert days_shown(chromium) == ("2026-03-02", "2026-03-31")
    chromium.back()
    # The driver does not wait for the page to notice, and until then it is ready for what it showed before.
    WebDriverWait(chromium, PATIENCE_S).until(
        lambda one: "from=2026-02-01" in one.execute_script("return location.search")
    )
    ready(chromium)
    assert chromium.find_element(By.ID, "total").text == total
    chromium.execute_script(
        "const field = document.getElementById('to'); field.value = '2026-02-07';"
        "field.dispatchEvent(new Event('change', { bubbles: true }));"
    )
    ready(chromium)
    assert asked(requests)["to"] == ["2026-02-07"]
    assert chromium.find_element(By.ID, "range-name").text == "1 – 7 Feb 2026"


@pytest.mark.parametrize("preset", ["today", "week", "all"])
def test_a_preset_shows_the_days_that_the_service_means(chromium: Chrome, show: Open, preset: str) -> None:
    """The page asks for the period by name alone, and has the fields, the heading and the images from the answer.

    But for pictures that tell how a week, month or year compares with its like: only its name says with what.
    """
    requests = show(f"period={preset}")
    assert asked(requests).keys() & {"period", "from", "to"} == {"period"}
    recorded = [one.day for one in SPENT]
    first, last = map(str, days_of(preset, TODAY, "monday", (min(recorded), max(recorded))))
    assert days_shown(chromium) == (first, last)
    assert str(date.fromisoformat(last).year) in chromium.find_element(By.ID, "range-name").text
    pressed = chromium.find_elements(By.CSS_SELECTOR, "#presets [aria-pressed=true]")
    assert [one.get_attribute("data-period") for one in pressed] == [preset]
    images = [one.get_attribute("href") for one in chromium.find_elements(By.CSS_SELECTOR, "a[download]")]
    assert len(images) >= 2  # of the whole and of the card; and each chart's, where there is time to draw
    for image in images:
        query = parse_qs(urlsplit(image or "").query)
        if preset == "week" and query["chart"][0] in {"dashboard", "card"}:
            assert query["period"] == [preset]
            assert not query.keys() & {"from", "to"}
        else:
            assert (query["from"], query["to"]) == ([first], [last])
            assert "period" not in query


def test_a_period_is_compared_in_the_words_of_the_answer(chromium: Chrome, show: Open) -> None:
    """The days shown end on a Tuesday: this week so far is compared with Monday and Tuesday of the last."""
    show("period=week")
    assert "the same days of last week (" in chromium.find_element(By.ID, "compare").text
    show("period=last-7-days")
    assert "the 7 days before (" in chromium.find_element(By.ID, "compare").text
    show("period=all")
    assert "than" not in chromium.find_element(By.ID, "compare").text


def test_each_preset_is_a_period_of_the_core(chromium: Chrome, show: Open) -> None:
    """No button asks for what the service would refuse; without a word in the address, it is the last seven days."""
    requests = show("")
    assert asked(requests)["period"] == ["last-7-days"]
    buttons = chromium.find_elements(By.CSS_SELECTOR, "#presets button")
    names = [one.get_attribute("data-period") for one in buttons]
    assert len(set(names)) == len(names) == 8
    assert set(names) <= set(PERIODS)


def test_a_project_s_chip_narrows_the_charts_to_it(chromium: Chrome, show: Open) -> None:
    """By keyboard as well; the same chip, pressed, leads back."""
    requests = show("from=2026-02-01&to=2026-02-28")
    chip = next(one for one in chromium.find_elements(By.CSS_SELECTOR, "button.chip") if "ledger" in one.text)
    chip.send_keys(Keys.ENTER)
    ready(chromium)
    assert asked(requests)["project"] == ["ledger"]
    chip = next(one for one in chromium.find_elements(By.CSS_SELECTOR, "button.chip") if "ledger" in one.text)
    assert chip.get_attribute("aria-pressed") == "true"
    chip.click()
    ready(chromium)
    assert "project" not in asked(requests)


def test_a_hostile_name_is_shown_and_not_run(chromium: Chrome, show: Open) -> None:
    """As project and as language, on the chips, in the charts and in the tooltip, markup and formulas stay text."""
    day = date(2026, 2, 1)
    show("from=2026-02-01&to=2026-02-07", [Spent(day, XSS, XSS, 90 * MINUTE), Spent(day, "safe", "Go", 60 * MINUTE)])
    plot = chromium.find_element(By.CSS_SELECTOR, "[data-chart=days] .plot")
    box = plot.rect
    text, offset = "", 0.0
    end = time.monotonic() + PATIENCE_S
    # The first day's bar is somewhere there, once it is painted.
    for x in cycle(range(60, 300, 12)):
        ActionChains(chromium).move_to_element_with_offset(
            plot, x - box["width"] // 2, box["height"] // 2 - 60
        ).perform()
        text, offset = chromium.execute_async_script(TIP)
        if text or time.monotonic() > end:
            break
    assert "<img src=x" in text
    assert abs(offset - box["x"] - x) < 80, "the tooltip is not where the pointer is"
    assert chromium.title.endswith("Timecode")
    assert "<img src=x" in chromium.find_element(By.ID, "chips").text
    assert chromium.execute_script("return document.querySelectorAll('img[src=x]').length") == 0
    assert complaints(chromium) == []


def test_the_theme_is_switched_and_remembered(chromium: Chrome, show: Open) -> None:
    """The button asks for charts in the other theme, and a new visit begins with it."""
    requests = show("period=last-7-days")
    before = chromium.execute_script("return document.documentElement.dataset.theme")
    chromium.find_element(By.ID, "theme").click()
    ready(chromium)
    after = chromium.execute_script("return document.documentElement.dataset.theme")
    assert {before, after} == {"light", "dark"}
    assert asked(requests)["theme"] == [after]
    chromium.refresh()
    ready(chromium)
    assert chromium.execute_script("return document.documentElement.dataset.theme") == after


def test_no_time_and_no_session_are_told_in_words(chromium: Chrome, show: Open) -> None:
    """An empty range says so; a session that has ended says which command opens a new one."""
    show("from=2001-01-01&to=2001-01-02")
    assert "No time recorded in these days" in chromium.find_element(By.ID, "message").text
    show("period=today", status=401)
    assert "timecode open" in chromium.find_element(By.ID, "message").text


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        (WELL, ""),
        ({"store": {"ok": False, "error": f"disk full {XSS}"}, "ahead": None}, f"The store fails: disk full {XSS}."),
        (
            {**WELL, "ahead": {"events": 3, "last": "2031-01-02T03:04:05+01:00"}},
            "3 events lie more than a day ahead of this machine’s clock, up to 2031-01-02T03:04:05+01:00: "
            "a clock was or is wrong.",
        ),
        (
            {"store": {"ok": False, "error": "gone."}, "ahead": {"events": 1, "last": "2031-01-02T03:04:05+01:00"}},
            "The store fails: gone. One event lies more than a day ahead of this machine’s clock, "
            "up to 2031-01-02T03:04:05+01:00: a clock was or is wrong.",
        ),
    ],
    ids=["well", "failing", "ahead", "both"],
)
def test_what_the_service_says_of_itself_is_told_in_a_sentence(
    chromium: Chrome, show: Open, says: dict[str, Any], sentence: str
) -> None:
    """As text, beside the figures; nothing where all is well, and nothing any more once it is well again."""
    said = dict(says)
    show("from=2026-02-01&to=2026-02-28", says=said)
    note = chromium.find_element(By.ID, "health")
    WebDriverWait(chromium, PATIENCE_S).until(lambda _: note.text == sentence)
    assert chromium.find_element(By.ID, "total").text.strip()
    assert chromium.execute_script("return document.querySelectorAll('img[src=x]').length") == 0
    said.update(WELL)
    chromium.execute_script("document.dispatchEvent(new Event('visibilitychange'))")
    WebDriverWait(chromium, PATIENCE_S).until(lambda _: not note.is_displayed())


def test_the_page_fits_a_phone(chromium: Chrome, show: Open) -> None:
    """At 390 pixels nothing sticks out to the side."""
    metrics = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
    chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        show("from=2026-02-01&to=2026-02-28")
        assert len(pixels(chromium)) == 4
        assert chromium.execute_script("return document.documentElement.scrollWidth") <= 390
    finally:
        chromium.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_an_image_that_fails_is_told_and_not_saved(chromium: Chrome, show: Open, downloads: Path) -> None:
    """The service's own words appear on the page, and no file of an error is kept."""
    show("from=2026-02-01&to=2026-02-28")
    chromium.find_element(By.ID, "export-card").click()
    note = chromium.find_element(By.ID, "note")
    WebDriverWait(chromium, PATIENCE_S).until(lambda _: note.text)
    assert "That did not work" in note.text
    assert not list(downloads.iterdir())


def test_the_json_is_what_was_asked_for(chromium: Chrome, show: Open) -> None:
    """What the browser gets is strict JSON of pure ASCII, whatever the names."""
    show("period=last-7-days")
    text = chromium.execute_async_script(
        "const done = arguments[0];"
        "fetch('/api/v1/export/charts?from=2026-02-01&to=2026-02-02&theme=dark').then(r => r.text()).then(done)"
    )
    assert json.loads(text)["theme"] == "dark"
    assert text.isascii()
