"""A window of the editor: a tab of the browser, and the extension host behind it."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions.wheel_input import ScrollOrigin
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from .browser import folder_url
from .prompts import Prompts
from .server import Editor
from .waiting import until

T = TypeVar("T")

# Two silent intervals of 30 s and 10 s more make somebody absent. While a window starts, other things wait for 10 s.
_SOON = """{
    const { setInterval, setTimeout } = window;
    window.setInterval = (run, ms, ...rest) => setInterval(run, ms === 30_000 ? 500 : ms, ...rest);
    window.setTimeout = (run, ms, ...rest) => setTimeout(run, ms === 10_000 && window.absentSoon ? 100 : ms, ...rest);
}"""


class Window:
    """Opened on a folder; ready once the extension is active in it.

    With `absent_soon`, the editor takes about a second without a key or a click for absence, instead of a minute.
    """

    def __init__(self, driver: webdriver.Chrome, editor: Editor, folder: Path, *, absent_soon: bool = False) -> None:
        self._driver = driver
        self._editor = editor
        self.folder = folder
        self.pid = 0
        self._port = 0
        before = self._hosts()
        driver.switch_to.new_window("tab")
        self._tab = driver.current_window_handle
        self.prompts = Prompts(driver, self._tab)
        self._absent_soon = absent_soon
        if absent_soon:
            driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": _SOON})
        driver.get(folder_url(editor.port, folder))
        self._meet(before)

    def evaluate(self, code: str) -> Any:
        """Runs code in the extension host, with `vscode`, `require` and the extension's `api`; returns what it does."""
        request = urllib.request.Request(f"http://127.0.0.1:{self._port}/", code.encode(), method="POST")
        try:
            with urllib.request.urlopen(request, timeout=180) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from error

    def front(self) -> None:
        """Brings the window before the person, as a click on it does, and waits until the editor has noticed."""

        def focused() -> bool:
            # A page that had the focus from the start hears of no change: go away and come back.
            for handle in (self._driver.window_handles[0], self._tab):
                self._driver.switch_to.window(handle)
                self._driver.execute_cdp_cmd("Page.bringToFront", {})
            return self.focused()

        self._driver.switch_to.window(self._tab)
        self._driver.execute_cdp_cmd("Page.bringToFront", {})
        if not self.focused():
            until(focused, "the window to have the focus")

    def focused(self) -> bool:
        return bool(self.evaluate("return vscode.window.state.focused"))

    def show(self, name: str) -> None:
        """Opens a file of the folder and puts the cursor at its end."""
        self.front()
        path = json.dumps(str(self.folder / name))
        self.evaluate(
            f"""const document = await vscode.workspace.openTextDocument({path});
            const editor = await vscode.window.showTextDocument(document, {{ preview: false }});
            const end = document.lineAt(document.lineCount - 1).range.end;
            editor.selection = new vscode.Selection(end, end);"""
        )
        until(lambda: self._focus_editor(), f"the text of {name} to take the keyboard")

    def type(self, text: str) -> None:
        """Key by key, into whatever has the keyboard."""
        ActionChains(self._driver).send_keys(text).perform()

    def press(self, *keys: str) -> None:
        """Keys held together."""
        chain = ActionChains(self._driver)
        for key in keys:
            chain.key_down(key)
        for key in reversed(keys):
            chain.key_up(key)
        chain.perform()

    def stir(self) -> None:
        """Presses a key that does nothing: the editor takes somebody to be there for a while."""
        self.press(Keys.SHIFT)

    def click_text(self) -> None:
        """A click into the text in front."""
        ActionChains(self._driver).move_to_element(self._text()).click().perform()

    def scroll(self) -> None:
        """Turns the wheel over the text in front."""
        ActionChains(self._driver).scroll_from_origin(ScrollOrigin.from_element(self._text()), 0, 200).perform()

    def save(self) -> None:
        self.press(Keys.CONTROL, "s")

    def save_whole(self, name: str, part: str) -> None:
        """Saves a file after typing into it, and waits until the part that was typed is on disk once more."""
        path = self.folder / name
        before = path.read_text().count(part)
        self.save()
        until(lambda: path.read_text().count(part) > before, f"{name} to be saved")
        self.until_clean(name)

    def until_clean(self, name: str) -> None:
        path = json.dumps(str(self.folder / name))
        clean = f"return vscode.workspace.textDocuments.every((one) => one.uri.fsPath !== {path} || !one.isDirty)"
        until(lambda: self.evaluate(clean), f"the editor to know that {name} is saved")

    def until_noticed(self, act: Callable[[], None], seen: Callable[[], T | None], what: str) -> T:
        """Does something that counts, and waits until it is seen to.

        The editor may hear late that its window has lost the focus, though it is in front again: nothing counts then,
        and rightly so. Who is there does it once more.
        """

        def noticed() -> T | None:
            if value := seen():
                return value
            if not self.focused():
                act()
            return None

        act()
        return until(noticed, what)

    def leave(self) -> None:
        """Brings another tab before the person, as whoever looks elsewhere does."""
        self._driver.switch_to.window(self._driver.window_handles[0])
        self._driver.execute_cdp_cmd("Page.bringToFront", {})
        until(lambda: not self.focused(), "the window to lose the focus")

    def configure(self, **settings: Any) -> None:
        """Changes the person's settings, as the settings page does; None takes one back."""
        for name, value in settings.items():
            key = json.dumps(name.replace("__", "."))
            undefined = "undefined" if value is None else json.dumps(value)
            self.evaluate(
                f"""const everywhere = vscode.ConfigurationTarget.Global;
                await vscode.workspace.getConfiguration().update({key}, {undefined}, everywhere);"""
            )

    def allow_clipboard(self) -> None:
        """Whoever is asked whether the page may have the clipboard says yes."""
        self._driver.execute_cdp_cmd(
            "Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
        )

    def paste(self, text: str) -> None:
        """Puts text on the clipboard and presses the keys that paste it."""
        self.allow_clipboard()
        self.evaluate(f"await vscode.env.clipboard.writeText({json.dumps(text)})")
        self.press(Keys.CONTROL, "v")

    def status(self) -> str:
        """The status bar's text, as a person reads it."""
        script = """return document.getElementById('timecode.timecode.timecode.today')?.textContent.trim() ?? '';"""
        self._driver.switch_to.window(self._tab)
        try:
            return str(self._driver.execute_script(script))
        except WebDriverException:
            return ""

    def sentence(self) -> str:
        """What the status bar's item says about itself, to whoever doesn't see it."""
        self._driver.switch_to.window(self._tab)
        script = "return document.querySelector('[id=\"timecode.timecode.timecode.today\"] a').ariaLabel"
        return str(self._driver.execute_script(script))

    def settings_on_show(self) -> list[str]:
        """The settings that the editor's page of them shows, by their names."""
        script = """return [...document.querySelectorAll('.settings-editor [data-key]')]
            .filter((one) => one.checkVisibility()).map((one) => one.dataset.key);"""
        self._driver.switch_to.window(self._tab)
        return [str(name) for name in self._driver.execute_script(script)]

    def click_status(self) -> None:
        """Clicks the status bar's item, which does what helps."""
        self._driver.switch_to.window(self._tab)
        self._driver.find_element(By.CSS_SELECTOR, "[id='timecode.timecode.timecode.today'] a").click()

    def icons(self, names: set[str]) -> set[str]:
        """Those of the names that the editor draws something for."""
        script = """return arguments[0].filter((name) => {
            const icon = document.body.appendChild(document.createElement('span'));
            icon.className = `codicon codicon-${name}`;
            const drawn = getComputedStyle(icon, '::before').content !== 'none';
            icon.remove();
            return drawn;
        });"""
        self._driver.switch_to.window(self._tab)
        return set(self._driver.execute_script(script, sorted(names)))

    def until_status(self, pattern: str) -> str:
        """The status bar's text, once it is as the pattern says."""
        return until(lambda: status if re.search(pattern, status := self.status()) else None, f"the status {pattern!r}")

    def command(self, name: str) -> None:
        """Runs a command of the extension to its end."""
        self.evaluate(f"await vscode.commands.executeCommand('timecode.{name}')")

    def begin(self, name: str) -> None:
        """Starts a command that asks something before it ends."""
        self.evaluate(f"void vscode.commands.executeCommand('timecode.{name}')")

    def answers(self) -> bool:
        """Whether the extension host known to the window is alive."""
        try:
            return bool(self.evaluate("return true"))
        except (OSError, http.client.HTTPException):  # among others an end amid its answer
            return False

    def kill_host(self) -> None:
        """kill -9 of the extension host."""
        os.kill(self.pid, signal.SIGKILL)

    def suspend_host(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def resume_host(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def reload(self) -> None:
        """Loads the window anew, which starts a new extension host."""
        before = self._hosts()
        self._driver.switch_to.window(self._tab)
        self._driver.execute_cdp_cmd("Page.bringToFront", {})
        self._driver.get(folder_url(self._editor.port, self.folder))
        self._meet(before)

    def close(self) -> None:
        self._driver.switch_to.window(self._tab)
        self._driver.close()
        self._driver.switch_to.window(self._driver.window_handles[0])

    def in_terminal(self) -> bool:
        """Whether the keys go to a terminal."""
        return bool(self._driver.execute_script("return document.activeElement.matches('.xterm-helper-textarea')"))

    def _text(self) -> WebElement:
        return self._driver.find_element(By.CSS_SELECTOR, ".editor-group-container.active .monaco-editor")

    def _meet(self, before: set[int]) -> None:
        def newcomer() -> dict[str, Any] | None:
            for path in self._editor.witness.glob("*.window"):
                about: dict[str, Any] = json.loads(path.read_text())
                if about["pid"] not in before and about["folder"] == str(self.folder):
                    return about
            return None

        about = until(newcomer, "the extension to be active in the window")
        self.pid, self._port = about["pid"], about["port"]
        until(self.status, "the status bar to show the extension")
        if self._absent_soon:
            self._driver.execute_script("window.absentSoon = true")

    def _hosts(self) -> set[int]:
        return {int(path.stem) for path in self._editor.witness.glob("*.window")}

    def _focus_editor(self) -> bool:
        script = """const area = document.querySelector('.editor-group-container.active .monaco-editor');
            if (!area) return false;
            (area.querySelector('textarea.inputarea') ?? area.querySelector('.native-edit-context'))?.focus();
            return area.contains(document.activeElement) && document.hasFocus();"""
        return bool(self._driver.execute_script(script))
