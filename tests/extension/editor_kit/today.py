"""The view of today, as a person sees it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By

from .waiting import until
from .window import Window

_ROWS = "return [...document.querySelectorAll('tr')].map((row) => [...row.cells].map((cell) => cell.innerText.trim()))"


class TodayView:
    """A page in a frame in a frame of the window's."""

    def __init__(self, driver: webdriver.Chrome, window: Window) -> None:
        self._driver = driver
        self._window = window

    def show(self) -> None:
        self._window.front()
        self._window.evaluate("await vscode.commands.executeCommand('timecode.today.focus')")
        until(self.text, "the view of today")

    def hide(self) -> None:
        """Goes to the files, which stand in the same place."""
        self._window.evaluate("await vscode.commands.executeCommand('workbench.view.explorer')")
        until(lambda: not self.text(), "the view of today to be gone")

    def text(self) -> str:
        """What it shows; empty while it isn't there."""
        return str(self._ask("return document.body.innerText") or "").strip()

    def rows(self) -> list[list[str]]:
        """Hours and projects with their times."""
        rows: list[list[str]] = self._ask(_ROWS) or []
        return rows

    def columns(self) -> int:
        """How many hours' columns are drawn as high as they should be."""
        script = "return [...document.querySelectorAll('.hours rect')].filter((one) => one.getBBox().height > 0).length"
        return int(self._ask(script) or 0)

    def press(self, title: str) -> None:
        """Clicks on one of its buttons, once it is there."""

        def pressed() -> bool:
            with suppress(WebDriverException), self._inside():
                self._driver.find_element(By.LINK_TEXT, title).click()
                return True
            return False

        until(pressed, f"the button {title!r} of the view to be pressed")

    def _ask(self, script: str) -> Any:
        # The editor replaces the frames whenever the page changes.
        with suppress(WebDriverException), self._inside():
            return self._driver.execute_script(script)
        return None

    @contextmanager
    def _inside(self) -> Iterator[None]:
        self._window.front()
        try:
            self._driver.switch_to.frame(self._driver.find_element(By.CSS_SELECTOR, "iframe.webview"))
            self._driver.switch_to.frame(self._driver.find_element(By.ID, "active-frame"))
            yield
        finally:
            self._driver.switch_to.default_content()
