"""The commands that ask something, answered as a person would, and the notices that lead to them."""

from __future__ import annotations

import json
import re
import uuid
from pathlib import Path

import pytest
from extension.editor_kit.ledger import Ledger
from extension.editor_kit.relay import Relay
from extension.editor_kit.server import Editor
from extension.editor_kit.service import Service
from extension.editor_kit.waiting import until
from extension.editor_kit.webview import Webview
from extension.editor_kit.window import Window
from extension.editor_kit.work import work
from selenium import webdriver

pytestmark = pytest.mark.editor

TOKEN = "Timecode token"


def test_an_excluded_project_is_recorded_no_more(window: Window, editor: Editor, ledger: Ledger) -> None:
    secret, after = window.folder / "cellar.py", window.folder / "attic.py"
    secret.write_text("wine = 1\n")
    after.write_text("dust = 1\n")
    window.show("src/lamp.py")
    window.begin("excludeProject")
    window.prompts.press("Exclude")
    try:
        value = "return vscode.workspace.getConfiguration('timecode').inspect('excludeProjects').globalValue"
        until(lambda: window.evaluate(value) == ["lighthouse"], "the project to be excluded")
        until(lambda: 'The project "lighthouse" is recorded no more.' in window.prompts.told(), "word of it")
        written = json.loads((editor.user / "User" / "settings.json").read_text())
        assert written["timecode.excludeProjects"] == ["lighthouse"]
        window.show(secret.name)
        window.type("x")
        window.save_whole(secret.name, "x")
        window.show("src/lamp.py")
    finally:
        window.configure(timecode__excludeProjects=None)
    work(window, ledger, after.name, events=1)
    assert ledger.stored(after.name)
    assert not ledger.stored(secret.name)


def test_a_wrong_token_is_told_and_the_right_one_sends_what_waits(
    window: Window, service: Service, ledger: Ledger, tmp_path: Path
) -> None:
    ledger.until_delivered()
    (tmp_path / "token").write_text(f"{uuid.uuid4()}\n")
    window.configure(timecode__home=str(tmp_path))
    try:
        window.until_status(r"token wrong\?")
        work(window, ledger, events=2)
        window.until_status(r"token wrong\? · \d+ waiting")
        window.click_status()
        window.prompts.answer(TOKEN, (service.home / "token").read_text().strip())
        window.until_status("min$")
        until(lambda: "The Timecode service accepted the token." in window.prompts.told(), "word of it")
        window.evaluate("await vscode.commands.executeCommand('notifications.clearAll')")
        ledger.until_delivered()
    finally:
        window.configure(timecode__home=None)
    window.until_status("min$")


def test_the_notice_of_a_refused_token_leads_to_setting_it(
    window: Window, service: Service, relay: Relay, ledger: Ledger
) -> None:
    window.reload()  # each window tells once
    relay.misbehave("401")
    work(window, ledger, events=2)
    window.until_status(r"token wrong · \d+ waiting")
    relay.misbehave("pass")
    relay.bodies.clear()
    window.prompts.press("Set the token")
    assert not relay.bodies, "a refused token was used again before anybody said so"
    window.prompts.answer(TOKEN, (service.home / "token").read_text().strip())
    ledger.until_delivered()
    window.until_status("min$")


def test_a_service_that_is_not_running_is_told_of_once(window: Window, service: Service, relay: Relay) -> None:
    def notices() -> list[str]:
        return [text for text in window.prompts.told() if re.match(r"The Timecode service .* is not running", text)]

    def stop() -> None:
        service.stop()
        window.command("retryNow")
        window.until_status("offline")

    # The relay answers even where the service does not; and nothing may be recorded in the future that comes now.
    window.configure(timecode__url=f"http://127.0.0.1:{service.port}", timecode__excludeProjects=["lighthouse"])
    window.reload()
    window.front()  # nobody is told anything in a window that is behind another
    # Windows before may have told of it, for all windows and half a day.
    window.evaluate("globalThis.trueNow = Date.now; Date.now = () => trueNow() + 13 * 3_600_000")
    try:
        stop()
        until(notices, "the notice")
        window.evaluate("await vscode.commands.executeCommand('notifications.clearAll')")
        until(lambda: not notices(), "the notice to go")
        service.start()
        window.command("retryNow")
        window.until_status("min$")
        stop()
        window.front()
        window.evaluate("void vscode.window.showInformationMessage('the witness comes after it')")
        until(lambda: "the witness comes after it" in window.prompts.told(), "what is told later")
        assert not notices()
    finally:
        window.evaluate("Date.now = trueNow; await vscode.commands.executeCommand('notifications.clearAll')")
        service.start_if_down()
        window.configure(timecode__url=relay.url, timecode__excludeProjects=None)
    window.until_status("min$")


def test_the_dashboard_is_a_picture_where_no_browser_gets_to_it_and_a_link_signs_in(
    driver: webdriver.Chrome, window: Window, service: Service
) -> None:
    window.until_status("min$")
    before = set(driver.window_handles)
    window.begin("openDashboard")
    webview = Webview(driver, window)
    width = "return document.querySelector('img')?.naturalWidth"
    until(lambda: webview.run(width), "the picture")
    assert set(driver.window_handles) == before, "code-server would have led a link to its own proxy"
    # The service's own port, though the editor talks to the relay.
    assert f"ssh -L {service.port}:127.0.0.1:{service.port}" in webview.run("return document.body.innerText")
    window.allow_clipboard()
    webview.run("document.querySelector('a').click()")
    until(lambda: any("The link is copied" in text for text in window.prompts.told()), "word of it")
    link = window.evaluate("return vscode.env.clipboard.readText()")
    assert link.startswith(f"http://127.0.0.1:{service.port}/#code=")
    window.evaluate("await vscode.commands.executeCommand('workbench.action.closeActiveEditor')")
    window.evaluate("await vscode.commands.executeCommand('notifications.clearAll')")
    driver.switch_to.new_window("tab")
    try:
        driver.get(link)
        signed_in = "return document.documentElement.dataset.signed === 'in'"
        until(lambda: driver.execute_script(signed_in), "the dashboard")
        assert "Timecode" in driver.title
    finally:
        driver.close()
        window.front()


def test_a_chart_is_saved_as_a_picture(window: Window) -> None:
    window.until_status("min$")
    target = window.folder / "timecode-card-today.png"
    window.begin("exportChart")
    window.prompts.answer("Export a chart as PNG")
    window.prompts.answer("Summary card")
    window.prompts.answer(str(target))
    until(lambda: target.exists() and target.stat().st_size, "the picture")
    assert target.read_bytes().startswith(b"\x89PNG\r\n")
    until(lambda: "The chart was saved." in window.prompts.told(), "word of it")
    window.evaluate("await vscode.commands.executeCommand('notifications.clearAll')")
    target.unlink()
