"""The status bar, and what the service refuses."""

from __future__ import annotations

import re

import pytest
from extension.editor_kit import witnessed
from extension.editor_kit.install import EXTENSION
from extension.editor_kit.ledger import Ledger
from extension.editor_kit.relay import Relay
from extension.editor_kit.server import Editor
from extension.editor_kit.waiting import rest, until
from extension.editor_kit.window import Window
from extension.editor_kit.work import work

pytestmark = pytest.mark.editor


def test_pausing_stops_recording_and_resuming_goes_on(window: Window, editor: Editor, ledger: Ledger) -> None:
    def saves() -> list[str]:
        return [event["entity"] for event in witnessed.recorded(editor.witness, window.pid) if event["is_write"]]

    window.show("src/lamp.py")
    window.save()
    window.command("pause")
    try:
        window.until_status("^ ?paused")
        before = len(saves())
        window.show("src/lens.ts")
        window.type("y")
        window.save_whole("src/lens.ts", "y")
    finally:
        window.command("resume")
    window.until_status("min$")
    work(window, ledger, "src/lamp.py", events=1)
    until(lambda: len(saves()) > before, "the save")
    assert set(saves()[before:]) == {"src/lamp.py"}
    ledger.until_delivered()


def test_every_icon_is_one_that_the_editor_has(window: Window) -> None:
    sources = [EXTENSION / "package.json", *(EXTENSION / "src").rglob("*.ts")]
    names = {name for path in sources for name in re.findall(r"\$\(([a-z-]+)\)", path.read_text())}
    assert names
    assert window.icons({*names, "cloud-offline"}) == names, "the second is known to be none"


def test_what_was_refused_is_set_aside_and_shown(window: Window, editor: Editor, relay: Relay, ledger: Ledger) -> None:
    ledger.until_delivered()
    relay.misbehave("refuse")
    work(window, ledger, "src/lens.ts", events=1)
    notes = editor.queue / "set-aside.jsonl"
    until(lambda: notes.exists() and "lens.ts" in notes.read_text(), "the event to be set aside")
    relay.misbehave("pass")
    window.command("showSetAside")
    text = window.evaluate("return vscode.window.activeTextEditor.document.getText()")
    assert "refused by the service" in text
    assert "made up by the test" in text
    assert "src/lens.ts" in text
    window.evaluate("await vscode.commands.executeCommand('workbench.action.closeActiveEditor')")
    ledger.forget_refused(notes)


def test_a_pasted_page_is_the_persons(window: Window, ledger: Ledger, editor: Editor) -> None:
    def categories(since: int) -> list[str]:
        events = witnessed.recorded(editor.witness, window.pid)
        return [event["category"] for event in events[since:] if event["entity"] == "notes.txt"]

    window.show("notes.txt")
    # Rested, so that neither the last beat nor the last key speaks for the paste.
    rest()
    before = len(witnessed.recorded(editor.witness, window.pid))
    window.paste("a pasted line\n" * 30)
    until(lambda: categories(before), "the paste to be recorded")
    assert set(categories(before)) == {"coding"}
    window.save()
    ledger.until_delivered()
