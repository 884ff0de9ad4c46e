"""What the extension says and offers where the service is not as it should be, and that its button helps."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from extension.editor_kit.first_steps import FirstSteps
from extension.editor_kit.ledger import Ledger
from extension.editor_kit.relay import Relay
from extension.editor_kit.service import Service
from extension.editor_kit.squatter import squatter
from extension.editor_kit.waiting import until
from extension.editor_kit.window import Window
from extension.editor_kit.work import work
from selenium import webdriver
from support.ports import free_port, require_free

pytestmark = pytest.mark.editor


@pytest.fixture(autouse=True)
def _settings_as_before(window: Window, relay: Relay, service: Service) -> Iterator[None]:
    yield
    window.configure(timecode__home=None, timecode__command=str(service.command), timecode__url=relay.url)
    window.evaluate("await vscode.commands.executeCommand('notifications.clearAll')")
    service.start_if_down()
    window.until_status("min$")


@pytest.fixture
def unwritten(tmp_path: Path, service: Service) -> Path:
    """A home with the service's token, in which nothing tells where the service is."""
    tmp_path.chmod(0o700)
    (tmp_path / "token").write_text((service.home / "token").read_text())
    return tmp_path


def shown_and_closed(window: Window, setting: str) -> None:
    """Waits until the setting in question, and no other, is on show."""
    until(lambda: window.settings_on_show() == [setting], f"the setting {setting}")
    window.evaluate("await vscode.commands.executeCommand('workbench.action.closeActiveEditor')")


def test_a_program_that_squats_the_port_is_told_nothing(
    window: Window, relay: Relay, service: Service, ledger: Ledger, unwritten: Path
) -> None:
    with squatter("timecode") as (port, heard):
        window.configure(timecode__home=str(unwritten), timecode__url=f"http://127.0.0.1:{port}")
        window.until_status(r"token wrong\?")
        assert (
            f"The Timecode service that answers at http://127.0.0.1:{port} does not know your token"
            in window.sentence()
        )
        work(window, ledger, "src/lamp.py", events=1)
        window.until_status(r"token wrong\? · \d+ waiting")
        before = len(heard)
        window.command("retryNow")
        until(lambda: len(heard) > before, "another try")
        window.configure(timecode__home=None, timecode__url=relay.url)
    sent = "".join(heard)
    assert all(line.startswith("GET /api/v1/hello?nonce=") for line in heard)
    assert (service.home / "token").read_text().strip() not in sent
    assert "lamp" not in sent
    assert "authorization" not in sent.lower()
    window.until_status("min$")
    ledger.until_delivered()


def test_another_program_on_the_port_is_told_as_such(window: Window, unwritten: Path) -> None:
    with squatter("lighthouse") as (port, _heard):
        window.configure(timecode__home=str(unwritten), timecode__url=f"http://127.0.0.1:{port}")
        window.until_status("port taken")
        assert f"Another program answers at http://127.0.0.1:{port}" in window.sentence()
        window.click_status()
        shown_and_closed(window, "timecode.url")


def test_an_address_that_is_not_of_this_machine_connects_to_nothing(window: Window) -> None:
    with squatter("timecode") as (port, heard):
        window.configure(timecode__url=f"https://127.0.0.1:{port}")
        window.until_status("address not usable")
        assert "must start with http:" in window.sentence()
        window.configure(timecode__url="http://10.0.0.1:4821")
        until(lambda: "is not this machine" in window.sentence(), "the reason")
        assert heard == []
    window.click_status()
    shown_and_closed(window, "timecode.url")


def test_a_service_that_runs_elsewhere_is_found_by_a_click(window: Window, service: Service) -> None:
    window.configure(timecode__url=f"http://127.0.0.1:{free_port()}")
    window.until_status("runs elsewhere")
    assert f"but at http://127.0.0.1:{service.port}" in window.sentence()
    window.click_status()
    window.until_status("min$")
    assert window.evaluate("return vscode.workspace.getConfiguration('timecode').inspect('url').globalValue") is None
    until(lambda: any("was found at" in text for text in window.prompts.told()), "word of it")


def test_the_service_is_started_by_what_started_it_last(window: Window, service: Service, ledger: Ledger) -> None:
    # As after the quick start: the command is on no PATH, and the settings name nothing.
    require_free(4821)
    window.configure(timecode__url=None, timecode__command=None)
    window.until_status("min$")
    service.stop()
    window.command("retryNow")
    window.until_status("offline")
    window.click_status()
    window.until_status("min$")
    until(lambda: any("is running, at" in text for text in window.prompts.told()), "word of it")
    assert service.holder() != window.pid
    assert json.loads((service.home / "service.json").read_text())["port"] == service.port
    service.take_over()
    ledger.until_delivered()


def test_why_a_service_ended_is_told_at_once(window: Window, service: Service, unwritten: Path) -> None:
    command = unwritten / "timecode"
    command.write_text("#!/bin/sh\necho 'timecode: the lamp is out' >&2\nexit 1\n")
    command.chmod(0o700)
    port = free_port()
    window.configure(
        timecode__home=str(unwritten), timecode__url=f"http://127.0.0.1:{port}", timecode__command=str(command)
    )
    window.until_status("offline")
    window.begin("startService")
    until(
        lambda: any("ended at once: timecode: the lamp is out" in text for text in window.prompts.told()), "the reason"
    )


def test_where_nothing_is_installed_no_token_is_asked_for_and_the_first_steps_end_when_done(
    driver: webdriver.Chrome, window: Window, relay: Relay, service: Service, tmp_path: Path
) -> None:
    window.begin("setToken")
    window.prompts.answer("Timecode token", " ")
    until(lambda: any("is forgotten" in text for text in window.prompts.told()), "word that no token is kept")
    steps = FirstSteps(driver, window)
    with squatter("lighthouse") as (port, _heard):
        # One after the other: the home comes last, as a token is rightly missed while the service itself answers.
        window.configure(
            timecode__command=str(tmp_path / "none" / "timecode"),
            timecode__url=f"http://127.0.0.1:{port}",
            timecode__home=str(tmp_path / "none"),
        )
        window.until_status("Timecode not installed")
        assert f"another program answers at http://127.0.0.1:{port}" in window.sentence()
        assert not any("token" in text for text in window.prompts.told() if "is forgotten" not in text)
        steps.forget()
        window.click_status()
        until(lambda: len(steps.done()) == 4, "the first steps")
        assert not any(steps.done().values()), "looking at a step is not doing it"
        assert "`" not in steps.texts()
        window.configure(timecode__home=None, timecode__command=str(service.command), timecode__url=relay.url)
        until(
            lambda: [title for title, done in steps.done().items() if done] == ["Install the service", "Start it"],
            "the first two to be done",
        )
    steps.close()


def test_a_service_that_lacks_what_is_asked_for_is_told_of_and_gets_its_events(
    window: Window, relay: Relay, ledger: Ledger
) -> None:
    relay.misbehave("unknown")
    window.command("retryNow")
    window.until_status("versions differ")
    work(window, ledger, "src/lamp.py", events=1)
    ledger.until_delivered()
    window.until_status("versions differ$")
    relay.misbehave("pass")
    window.click_status()
    window.until_status("min$")


def test_another_home_is_gone_by_at_once(window: Window, unwritten: Path, ledger: Ledger) -> None:
    window.configure(timecode__home=str(unwritten))
    work(window, ledger, "src/lens.ts", events=1)
    until((unwritten / "machine_id").exists, "the other home's machine id")
    mine = (unwritten / "machine_id").read_text().strip()
    until(lambda: ledger.seen("src/lens.ts", machine_id=mine), "an event with it")
    ledger.until_delivered()


def test_the_homes_own_folder_is_as_private_as_the_record_asks(service: Service) -> None:
    for path in (service.home, service.home / "service.json"):
        assert path.stat().st_uid == os.getuid()
        assert not path.stat().st_mode & 0o022
