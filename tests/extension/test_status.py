"""The status bar, the commands, and what the extension does with a program that only pretends to be the service."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from extension.editor_kit import witnessed
from extension.editor_kit.ledger import Ledger
from extension.editor_kit.relay import Relay
from extension.editor_kit.server import Editor
from extension.editor_kit.service import Service
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


@contextmanager
def squatter() -> Iterator[tuple[int, list[str]]]:
    """A program that answers as the service might and proves nothing; and all that it was sent."""
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            heard.append(f"{self.requestline}\n{self.headers}\n{self.rfile.read(length)!r}")
            body = json.dumps({"service": "timecode", "version": "0.1.0", "mac": "0" * 64}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - the name that the library calls

        def log_message(self, *_args: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], heard
        server.shutdown()


def test_a_program_that_squats_the_port_is_told_nothing(
    window: Window, relay: Relay, service: Service, ledger: Ledger
) -> None:
    with squatter() as (port, heard):
        window.configure(timecode__url=f"http://127.0.0.1:{port}")
        try:
            window.until_status(r"token wrong\?")
            work(window, ledger, "src/lamp.py", events=1)
            window.until_status(r"token wrong\? · \d+ waiting")
            before = len(heard)
            window.command("retryNow")
            until(lambda: len(heard) > before, "another try")
        finally:
            window.configure(timecode__url=relay.url)
    sent = "".join(heard)
    assert all(line.startswith("GET /api/v1/hello?nonce=") for line in heard)
    assert (service.home / "token").read_text().strip() not in sent
    assert "lamp" not in sent
    assert "authorization" not in sent.lower()
    window.until_status("min$")
    ledger.until_delivered()


def test_an_address_of_another_machine_is_not_used(window: Window, relay: Relay) -> None:
    window.configure(timecode__url="http://10.0.0.1:4821")
    try:
        window.until_status("offline|not installed|token wrong")
    finally:
        window.configure(timecode__url=relay.url)
    window.until_status("min$")


def test_the_service_is_started_on_demand(window: Window, relay: Relay, service: Service, ledger: Ledger) -> None:
    service.stop()
    # The relay stands on another address than the service that the command starts.
    window.configure(timecode__url=f"http://127.0.0.1:{service.port}")
    try:
        window.until_status("offline")
        window.command("startService")
        window.until_status("min$")
        assert service.holder() != window.pid
    finally:
        window.configure(timecode__url=relay.url)
        service.take_over()
    ledger.until_delivered()


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


def test_a_pasted_page_is_the_persons_and_an_inserted_one_the_programs(
    window: Window, ledger: Ledger, editor: Editor
) -> None:
    def categories(since: int) -> list[str]:
        events = witnessed.recorded(editor.witness, window.pid)
        return [event["category"] for event in events[since:] if event["entity"] == "notes.txt"]

    def so_far() -> int:
        return len(witnessed.recorded(editor.witness, window.pid))

    window.show("notes.txt")
    before = so_far()
    window.evaluate(
        """const editor = vscode.window.activeTextEditor;
        await new Promise((resolve) => setTimeout(resolve, 2500));
        await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'a line by a program\\n'.repeat(30)));"""
    )
    until(lambda: "ai coding" in categories(before), "a program's edit")
    # Rested, so that neither the last beat nor the last key speaks for the paste.
    rest()
    before = so_far()
    window.paste("a pasted line\n" * 30)
    until(lambda: categories(before), "the paste to be recorded")
    assert set(categories(before)) == {"coding"}
    window.save()
    ledger.until_delivered()
