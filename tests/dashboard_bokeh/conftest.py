"""A real Chromium for the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from support.ports import free_port
from timecode_core.errors import RenderError
from timecode_export_png.chromium.flags import flags
from timecode_export_png.chromium.tools import find
from timecode_export_png.settings import PngSettings


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """One browser for all tests of this folder, offline but for this machine."""
    try:
        tools = find(PngSettings())
    except RenderError as error:
        pytest.fail(f"This test drives a real Chromium. {error}")
    options = ChromeOptions()
    options.binary_location = tools.chromium
    for flag in flags(tmp_path_factory.mktemp("profile"), no_sandbox=False):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = Chrome(options=options, service=ChromeService(tools.chromedriver, port=free_port()))
    browser.set_script_timeout(120)
    browser.set_window_size(1280, 1600)
    try:
        yield browser
    finally:
        browser.quit()


@pytest.fixture
def downloads(chromium: Chrome, tmp_path: Path) -> Path:
    """Where the browser puts what it saves."""
    chromium.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    return tmp_path
