"""The editor's page of first steps."""

from __future__ import annotations

from selenium import webdriver

from .window import Window

_STEPS = """return Object.fromEntries([...document.querySelectorAll('.getting-started-step')].map((step) => [
    step.querySelector('h3').textContent.trim(),
    step.querySelector('.codicon-getting-started-step-checked') !== null,
]));"""


class FirstSteps:
    """As shown in a window."""

    def __init__(self, driver: webdriver.Chrome, window: Window) -> None:
        self._driver = driver
        self._window = window

    def forget(self) -> None:
        """As nobody had done any."""
        self._window.evaluate("await vscode.commands.executeCommand('resetGettingStartedProgress')")

    def done(self) -> dict[str, bool]:
        """Which are, by their titles; empty where the page is not shown."""
        self._window.front()
        return dict(self._driver.execute_script(_STEPS))

    def texts(self) -> str:
        return str(self._driver.execute_script("return document.querySelector('.gettingStartedContainer').innerText"))

    def close(self) -> None:
        self._window.evaluate("await vscode.commands.executeCommand('workbench.action.closeActiveEditor')")
