"""One editor, one browser and one service for all tests of the extension."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from extension.editor_kit.browser import chromium
from extension.editor_kit.ledger import Ledger
from extension.editor_kit.relay import Relay
from extension.editor_kit.server import Editor, make_project
from extension.editor_kit.service import Service
from extension.editor_kit.window import Window
from selenium import webdriver
from support.ports import free_port


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first case brings code-server, too, which is fetched and built on a fresh checkout."""
    for item in items:
        if item.get_closest_marker("editor"):
            item.add_marker(pytest.mark.timeout(2400))


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("editor")


@pytest.fixture(scope="session")
def service(workshop: Path) -> Iterator[Service]:
    home = workshop / "home"
    home.mkdir(mode=0o700)
    service = Service(home, free_port("127.0.0.1", "::1", "127.0.0.2"))  # the relay has the last
    service.start()
    yield service
    service.stop()


@pytest.fixture(scope="session")
def relay(service: Service) -> Iterator[Relay]:
    relay = Relay(service.port)
    yield relay
    relay.close()


@pytest.fixture(scope="session")
def editor(workshop: Path, service: Service, relay: Relay) -> Iterator[Editor]:
    editor = Editor(workshop / "code-server", service.home)
    editor.settings(
        timecode__url=relay.url,
        timecode__command=str(service.command),
        timecode__heartbeatInterval=1,
        timecode__requestTimeout=3,
        timecode__idleThreshold=5,
        remote__autoForwardPorts=False,
        workbench__startupEditor="none",
        editor__inlineSuggest__enabled=False,
        editor__quickSuggestions=False,
        extensions__ignoreRecommendations=True,
        security__workspace__trust__enabled=False,
    )
    editor.start()
    yield editor
    editor.stop()


@pytest.fixture(scope="session")
def driver(workshop: Path, editor: Editor) -> Iterator[webdriver.Chrome]:
    del editor  # it goes after the browser, whose windows talk to it
    driver = chromium(workshop / "chromium")
    yield driver
    driver.quit()


@pytest.fixture(scope="session")
def project(workshop: Path) -> Path:
    files = {
        "src/lamp.py": "on = True\n",
        "src/lens.ts": "export const lens = 1;\n",
        "src/horn.py": "loud = True\n",  # that of test_recording alone
        "notes.txt": "x\n",
    }
    return make_project(workshop / "lighthouse", "feature/lamp", files)


@pytest.fixture(scope="session")
def _window(driver: webdriver.Chrome, editor: Editor, project: Path) -> Window:
    return Window(driver, editor, project)


@pytest.fixture
def window(_window: Window) -> Window:
    """The one window of most cases, brought to the front."""
    if not _window.answers():
        _window.reload()
    _window.front()
    return _window


@pytest.fixture(scope="session")
def ledger(editor: Editor, service: Service) -> Ledger:
    return Ledger(editor, service)


@pytest.fixture(autouse=True)
def _afterwards_all_is_well(request: pytest.FixtureRequest) -> Iterator[None]:
    """A case that failed half-way must not be the next one's trouble."""
    yield
    if "service" in request.fixturenames:
        request.getfixturevalue("relay").misbehave("pass")
        request.getfixturevalue("service").start_if_down()
