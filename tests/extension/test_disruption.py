"""Whatever breaks, every event is stored exactly once, and the status bar says how things stand."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from extension.editor_kit import witnessed
from extension.editor_kit.ledger import Ledger
from extension.editor_kit.relay import Relay
from extension.editor_kit.server import Editor
from extension.editor_kit.service import Service
from extension.editor_kit.waiting import until
from extension.editor_kit.window import Window
from extension.editor_kit.work import work
from selenium import webdriver

pytestmark = pytest.mark.editor


def gather(window: Window, relay: Relay, ledger: Ledger) -> None:
    """Makes a batch wait. The next body that the relay hears holds it."""
    ledger.until_delivered()
    relay.misbehave("reset")
    work(window, ledger, events=5)
    relay.bodies.clear()


def texts(body: bytes) -> list[str]:
    """The events of a batch, as the windows spell them."""
    return [witnessed.text(event) for event in json.loads(body)["events"]]


def until_status_counts(window: Window, ledger: Ledger) -> None:
    """The status bar's number is the number of events that wait."""

    def agrees() -> bool:
        found = re.search(r"offline · (\d+) waiting", window.status())
        return found is not None and int(found[1]) == ledger.waiting() > 0

    until(agrees, "the status bar to count what waits")


def test_a_stopped_service_costs_nothing_and_the_status_bar_tells(
    window: Window, service: Service, ledger: Ledger
) -> None:
    ledger.until_delivered()
    service.stop()
    work(window, ledger)
    until_status_counts(window, ledger)
    work(window, ledger, "src/lens.ts")
    until_status_counts(window, ledger)
    service.start()
    ledger.until_delivered()
    window.until_status(r"min$")


@pytest.mark.parametrize(
    ("fault", "verdict"), [("half", "stored"), ("lose-answer", "duplicate")], ids=["before-commit", "after-commit"]
)
def test_a_service_killed_while_it_holds_a_batch(
    fault: str, verdict: str, window: Window, editor: Editor, service: Service, relay: Relay, ledger: Ledger
) -> None:
    gather(window, relay, ledger)
    relay.after_forward = service.kill
    relay.misbehave(fault)
    window.command("retryNow")
    until(lambda: relay.hits, "the batch to be on its way")
    until_status_counts(window, ledger)
    sent = texts(relay.bodies[0])
    assert len(sent) > 1
    relay.misbehave("pass")
    service.start_again()
    ledger.until_delivered()
    settled = {one["text"]: one["verdict"] for one in witnessed.lines(editor.witness, "settled")}
    # A batch once committed is known again when it comes again; of one cut short nothing is.
    assert {settled[text] for text in sent} == {verdict}
    window.until_status(r"min$")


def test_a_batch_too_large_is_split_until_it_is_taken(window: Window, relay: Relay, ledger: Ledger) -> None:
    gather(window, relay, ledger)
    relay.misbehave("413")
    ledger.until_delivered()
    batches = [texts(body) for body in relay.bodies]
    assert len(batches[0]) > 1, "no batch was refused"
    assert set(batches[0]) <= {text for batch in batches if len(batch) == 1 for text in batch}
    window.until_status(r"min$")


@pytest.mark.parametrize("fault", ["500", "hang", "reset"])
def test_a_service_that_misbehaves(fault: str, window: Window, relay: Relay, ledger: Ledger) -> None:
    relay.misbehave(fault)
    work(window, ledger)
    until(lambda: relay.hits >= 2, "a second try")
    until_status_counts(window, ledger)
    relay.misbehave("pass")
    ledger.until_delivered()
    window.until_status(r"min$")


def test_an_extension_host_killed_while_typing(window: Window, relay: Relay, ledger: Ledger) -> None:
    relay.misbehave("500")
    work(window, ledger)
    window.type("typing on and on ")
    window.kill_host()
    window.type("into the void")
    relay.misbehave("pass")
    window.reload()
    work(window, ledger)
    ledger.until_delivered()


def test_a_second_window_counts_only_while_it_has_the_focus(
    driver: webdriver.Chrome, window: Window, editor: Editor, project: Path, ledger: Ledger
) -> None:
    other = Window(driver, editor, project)
    try:
        work(window, ledger, "src/lamp.py")
        work(other, ledger, "src/lens.ts")
        # A save still under way would make the program's edit pass for a formatter's.
        other.type("left")
        # A page at work on keys may not hear the ones that save.
        text = "return vscode.window.activeTextEditor.document.getText()"
        until(lambda: "left" in other.evaluate(text), "the editor to have the text")
        other.save()
        until(lambda: "left" in (project / "src/lens.ts").read_text(), "the file to be saved")
        other.until_clean("src/lens.ts")
        other.configure(files__autoSave="off")  # a save by the editor itself is a heartbeat more
        window.front()
        until(lambda: not other.focused(), "the other window to lose the focus")
        other.evaluate(
            """const edit = new vscode.WorkspaceEdit();
            edit.insert(vscode.window.activeTextEditor.document.uri, new vscode.Position(0, 0), '// by a program\\n');
            await vscode.workspace.applyEdit(edit);"""
        )

        def by_programs() -> list[str]:
            events = witnessed.recorded(editor.witness, other.pid)
            return [event["entity"] for event in events if event["category"] == "ai coding"]

        assert until(by_programs, "the program's edit to be recorded") == ["src/lens.ts"]
        ledger.until_delivered()
        assert {str(window.pid), str(other.pid)} <= {path.stem for path in editor.witness.glob("*.jsonl")}
    finally:
        other.configure(files__autoSave=None)
        other.close()


def test_a_window_closed_with_events_left_is_taken_over_by_another(
    driver: webdriver.Chrome, window: Window, editor: Editor, project: Path, relay: Relay, ledger: Ledger
) -> None:
    other = Window(driver, editor, project)
    relay.misbehave("500")
    work(other, ledger, "src/lens.ts")
    assert ledger.queued_bytes()
    other.kill_host()
    other.close()
    relay.misbehave("pass")
    window.reload()
    ledger.until_delivered()


def test_a_clock_that_jumps_makes_no_two_events_alike(window: Window, editor: Editor, ledger: Ledger) -> None:
    window.evaluate("globalThis.trueNow = Date.now")
    for hours in (2, -1, 0.5):
        window.evaluate(f"Date.now = () => trueNow() + {hours} * 3_600_000")
        work(window, ledger)
    window.evaluate("Date.now = trueNow")
    work(window, ledger)
    ledger.until_delivered()
    times = [event["time"] for event in witnessed.recorded(editor.witness)]
    assert len(set(times)) == len(times)


# Puts the next retry off by a day and stops the clock by which it asks how the service is, so that waking alone sends.
WAIT_FOR_ANYTHING_ELSE = """
const real = globalThis.setTimeout;
// The caller alone: the editor sets timers of its own under ours, to send what we tell it.
const ours = () => new Error().stack.split('\\n')[3]?.includes('timecode.timecode-');
globalThis.setTimeout = (run, ms, ...rest) => real(run, ours() ? 86_400_000 : ms, ...rest);
try {
  await vscode.commands.executeCommand('timecode.retryNow');
} finally {
  globalThis.setTimeout = real;
}
const now = performance.now();
Object.defineProperty(performance, 'now', { value: () => now, configurable: true });
"""


def test_waking_up_sends_at_once_what_gathered(window: Window, service: Service, ledger: Ledger) -> None:
    service.stop()
    work(window, ledger, events=2)
    until_status_counts(window, ledger)
    window.evaluate(WAIT_FOR_ANYTHING_ELSE)
    window.suspend_host()
    try:
        service.start()  # now, so that nothing can be sent before the sleep
        assert ledger.waiting() > 0
        began = time.monotonic()
        until(lambda: time.monotonic() - began > 17, "a long enough sleep")
    finally:
        window.resume_host()
    ledger.until_delivered()
    window.evaluate("delete performance.now")
    window.until_status(r"min$")
