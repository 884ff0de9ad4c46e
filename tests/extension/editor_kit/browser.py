"""A headless Chromium that shows the editor."""

from __future__ import annotations

import os
import urllib.parse
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service as Driver
from support.ports import free_port

from . import install

_CHROMIUM = "apt-get install chromium chromium-driver"


def chromium(profile: Path) -> webdriver.Chrome:
    """A browser that looks nothing up beyond this machine."""
    options = Options()
    options.binary_location = install.tool("chromium", _CHROMIUM)
    for argument in (
        "--headless=new",
        "--window-size=1280,800",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--force-device-scale-factor=1",
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
        f"--user-data-dir={profile}",
    ):
        options.add_argument(argument)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")
    os.environ["SE_OFFLINE"] = "true"
    os.environ["SE_AVOID_STATS"] = "true"
    driver = webdriver.Chrome(
        options=options, service=Driver(install.tool("chromedriver", _CHROMIUM), port=free_port())
    )
    driver.set_page_load_timeout(120)
    driver.set_script_timeout(120)
    return driver


def folder_url(port: int, folder: Path) -> str:
    return f"http://127.0.0.1:{port}/?folder={urllib.parse.quote(str(folder))}"
