"""The page at `/`, and a real browser's way to it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ingest_http.test_login import timecode_with_browser
from selenium import webdriver
from selenium.webdriver.chrome.service import Service as Driver
from selenium.webdriver.support.ui import WebDriverWait
from support.ports import free_port
from support.server import Server, environment
from timecode_export_png.flags import flags
from timecode_export_png.settings import PngSettings
from timecode_export_png.tools import find
from timecode_ingest_http.commands.open import FILE


def test_the_page_and_all_that_it_names_are_served(service: Server) -> None:
    """Every address in the page is one of ours; its assets are there, and are kept for ever."""
    page = service.get("/", headers={"Accept": "text/html"})
    assert page.status == 200
    assert page.headers["content-type"].startswith("text/html")
    named = set(re.findall(r'(?:src|href)="([^"#]+)"', page.body.decode()))
    assets = {name for name in named if name.startswith("/assets/")}
    assert assets
    for name in named:
        assert name.startswith("/"), name
    for name in assets:
        asset = service.get(name)
        assert asset.status == 200, name
        assert "immutable" in asset.headers["cache-control"]
    tag = page.headers["etag"]
    assert service.get("/", headers={"If-None-Match": tag}).status == 304


def test_small_pages_have_browsers_ask_for_no_icon(service: Server) -> None:
    """A page of an error names an empty icon, so that no second error follows from /favicon.ico."""
    answer = service.get("/nowhere", headers={"Accept": "text/html"})
    assert answer.status == 404
    assert '<link rel="icon" href="data:,">' in answer.body.decode()


@pytest.mark.browser
def test_a_browser_gets_in_through_the_file_and_stays(service: Server, tmp_path: Path) -> None:
    """From the file that `timecode open` writes, Chromium gets to the page, signed in, with no code in the address."""
    tools = find(PngSettings())  # or an error that says what to install
    options = webdriver.ChromeOptions()
    options.binary_location = tools.chromium
    for argument in flags(tmp_path / "profile", no_sandbox=False):
        options.add_argument(argument)
    offline = environment(service.home) | {"SE_OFFLINE": "true", "SE_AVOID_STATS": "true"}
    browser = webdriver.Chrome(options, Driver(tools.chromedriver, port=free_port(), env=offline))
    try:
        browser.set_script_timeout(120)
        timecode_with_browser(service)  # only now: its link is good for a minute, which a browser's start may take
        browser.get((service.home / FILE).as_uri())
        WebDriverWait(browser, 120).until(lambda b: b.current_url == service.url + "/")
        status = browser.execute_async_script(
            "const done = arguments[0]; fetch('/api/v1/status').then(answer => done(answer.status))"
        )
        assert status == 200
        stored = browser.execute_async_script(
            "const done = arguments[0]; fetch('/api/v1/events', {method: 'POST', body: '[]', "
            "headers: {'Content-Type': 'application/json'}}).then(answer => done(answer.status))"
        )
        assert stored == 401
        assert service.token not in str(browser.get_cookies())
        browser.get(service.url + "/")
        assert "Not signed in" not in browser.title
    finally:
        browser.quit()
