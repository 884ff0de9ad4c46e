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
from timecode_export_png.chromium.flags import flags
from timecode_export_png.chromium.tools import find
from timecode_export_png.settings import PngSettings
from timecode_ingest_http.commands.open import FILE


def test_the_page_and_all_that_it_names_are_served(service: Server) -> None:
    """Every address in the page is one of ours; its assets are there, and are kept for ever."""
    page = service.get("/", headers={"Accept": "text/html"}, signed_in=False)
    assert page.status == 200
    assert page.headers["cross-origin-opener-policy"] == "same-origin"
    assert page.headers["content-type"].startswith("text/html")
    named = set(re.findall(r'(?:src|href)="([^"#]+)"', page.body.decode()))
    assets = {name for name in named if name.startswith("/assets/")}
    assert assets
    for name in named:
        assert name.startswith("/"), name
    for name in assets:
        asset = service.get(name, signed_in=False)
        assert asset.status == 200, name
        assert "immutable" in asset.headers["cache-control"]
    tag = page.headers["etag"]
    assert service.get("/", headers={"If-None-Match": tag}, signed_in=False).status == 304


@pytest.mark.parametrize("host", ["localhost", "[::1]"])
@pytest.mark.parametrize("query", ["", "?period=week&project=a%26b&project=%C3%A9"])
def test_another_name_of_this_machine_leads_to_the_one_that_signs_in(service: Server, host: str, query: str) -> None:
    """The page alone, with its query as it came; what a browser keeps, it keeps by origin."""
    there = {"Host": f"{host}:{service.port}"}
    answer = service.get(f"/{query}", headers=there, signed_in=False)
    assert (answer.status, answer.headers["location"]) == (307, f"{service.url}/{query}")
    assert service.get("/api/v1/status", headers=there).status == 200
    assert service.get("/", headers={"Host": "evil.example"}).status == 421


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
        signed_in = "return document.documentElement.dataset.signed === 'in'"
        WebDriverWait(browser, 120).until(lambda b: b.execute_script(signed_in))
        assert browser.get_cookies() == []
        browser.get(service.url + "/")
        WebDriverWait(browser, 120).until(lambda b: b.execute_script(signed_in))
    finally:
        browser.quit()
