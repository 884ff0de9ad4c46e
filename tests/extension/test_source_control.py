"""The box in which a commit's message is written is told from files and from reviews."""

from __future__ import annotations

from typing import Any

import pytest
from extension.editor_kit import witnessed
from extension.editor_kit.server import Editor
from extension.editor_kit.waiting import until
from extension.editor_kit.window import Window
from selenium import webdriver
from selenium.webdriver.common.by import By

pytestmark = pytest.mark.editor

BOX = ".scm-input .monaco-editor"


def _write(window: Window, driver: webdriver.Chrome, text: str) -> None:
    """Types into the box, as a click into it lets one do."""

    def ready() -> bool:
        boxes = driver.find_elements(By.CSS_SELECTOR, BOX)
        if not boxes:
            return False
        boxes[0].click()
        script = "return document.querySelector(arguments[0]).contains(document.activeElement)"
        return bool(driver.execute_script(script, BOX))

    window.front()
    window.evaluate("await vscode.commands.executeCommand('workbench.view.scm')")
    until(ready, "the box for the message")
    window.type(text)


def test_the_message_of_a_commit_is_time_in_source_control_of_its_repository(
    window: Window, editor: Editor, driver: webdriver.Chrome
) -> None:
    before = len(witnessed.recorded(editor.witness, window.pid))

    def found() -> dict[str, Any] | None:
        events = witnessed.recorded(editor.witness, window.pid)[before:]
        return next((one for one in events if one["entity"] == "source control"), None)

    event = window.until_noticed(lambda: _write(window, driver, "brighter lamp"), found, "the message to be recorded")
    told = (event["type"], event["category"], event["project"], event["branch"])
    assert told == ("app", "coding", "lighthouse", "feature/lamp")
