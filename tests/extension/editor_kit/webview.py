"""A page that an extension shows in a window."""

from __future__ import annotations

from typing import Any

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By

from .window import Window


class Webview:
    """The one in front in the text's place, two frames deep."""

    def __init__(self, driver: webdriver.Chrome, window: Window) -> None:
        self._driver = driver
        self._window = window

    def run(self, script: str) -> Any:
        """What a script in the page returns; nothing while the page is not there."""
        self._window.front()
        try:
            self._driver.switch_to.frame(self._driver.find_element(By.CSS_SELECTOR, "iframe.webview.ready"))
            self._driver.switch_to.frame(self._driver.find_element(By.ID, "active-frame"))
            return self._driver.execute_script(script)
        except WebDriverException:
            return None
        finally:
            self._driver.switch_to.default_content()
