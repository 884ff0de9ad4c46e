"""A page that an extension shows in a window."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By

from .waiting import until
from .window import Window


class Webview:
    """The one that is seen: a page in a frame in a frame of the window's."""

    def __init__(self, driver: webdriver.Chrome, window: Window) -> None:
        self._driver = driver
        self._window = window

    def run(self, script: str) -> Any:
        """What a script in the page returns; nothing while the page is not there."""
        # The editor replaces the frames whenever the page changes.
        with suppress(WebDriverException), self._inside():
            return self._driver.execute_script(script)
        return None

    def press(self, title: str) -> None:
        """Clicks on one of its buttons, once it is there."""

        def pressed() -> bool:
            with suppress(WebDriverException), self._inside():
                self._driver.find_element(By.LINK_TEXT, title).click()
                return True
            return False

        until(pressed, f"the button {title!r} of the page to be pressed")

    @contextmanager
    def _inside(self) -> Iterator[None]:
        self._window.front()
        try:
            self._driver.switch_to.frame(self._driver.find_element(By.CSS_SELECTOR, "iframe.webview.ready"))
            self._driver.switch_to.frame(self._driver.find_element(By.ID, "active-frame"))
            yield
        finally:
            self._driver.switch_to.default_content()
