"""What a window asks and tells over its text: dialogs, questions in the middle of the top, notices in the corner."""

from __future__ import annotations

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from .waiting import until

_BUTTON = """return [...document.querySelectorAll('.monaco-button')]
    .find((one) => one.textContent.trim() === arguments[0] && one.checkVisibility());"""
_QUESTION = """const asked = document.querySelector('.quick-input-widget');
    if (!asked?.checkVisibility() || !asked.contains(document.activeElement)) return '';
    return [asked.querySelector('.quick-input-title').textContent, document.activeElement.value].join('\\n');"""
_LIST = "return document.querySelectorAll('.quick-input-widget .quick-input-list .monaco-list-row').length"


class Prompts:
    """Looked for anew at each try, as the editor draws them anew."""

    def __init__(self, driver: webdriver.Chrome, tab: str) -> None:
        self._driver = driver
        self._tab = tab

    def told(self) -> list[str]:
        """The texts of the notices on show."""
        self._driver.switch_to.window(self._tab)
        script = (
            "return [...document.querySelectorAll('.notification-list-item-message')].map((one) => one.textContent)"
        )
        return [str(text) for text in self._driver.execute_script(script)]

    def press(self, label: str) -> None:
        """Clicks a button of a dialog or a notice, once it is there."""

        def pressed() -> bool:
            try:
                button = self._driver.execute_script(_BUTTON, label)
                if button:
                    button.click()
                return bool(button)
            except WebDriverException:  # drawn anew or still moving in
                return False

        self._driver.switch_to.window(self._tab)
        until(pressed, f"the button {label!r} to be pressed")

    def answer(self, question: str, text: str = "") -> None:
        """Types into what asks that, by its title or by what it suggests; without a text it takes what is suggested."""
        self._driver.switch_to.window(self._tab)
        until(lambda: question in str(self._driver.execute_script(_QUESTION)), f"the question {question!r}")
        if not text:
            until(lambda: self._driver.execute_script(_LIST), "something to choose")
        ActionChains(self._driver).send_keys(text, Keys.ENTER).perform()
        until(lambda: question not in str(self._driver.execute_script(_QUESTION)), f"{question!r} to be answered")
