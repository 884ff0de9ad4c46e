"""The service with a timeout that fits a day of minutes, and two windows on the day's projects."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from extension.editor_kit.install import pack
from extension.editor_kit.ledger import Ledger
from extension.editor_kit.server import Editor
from extension.editor_kit.service import Service
from extension.editor_kit.waiting import until
from extension.editor_kit.window import Window
from selenium import webdriver

from .comparison import TIMEOUT_S, Comparison
from .live import live as _live
from .program import AGENT
from .script import Script
from .world import EXCLUDED, World


@pytest.fixture
def short_absences(service: Service) -> Iterator[None]:
    """Three seconds are to a day of minutes what fifteen minutes are to a day of hours."""
    config = service.home / "config.toml"
    service.stop()
    config.write_text(f"[core]\nkeystroke_timeout = {TIMEOUT_S}\n")
    service.start()
    yield
    service.stop()
    config.unlink()
    service.start()


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture(scope="session")
def agent(editor: Editor) -> None:
    """Installed for all tests, and asleep in each window until it is woken there."""
    editor.install(pack(Path(__file__).with_name("agent"), editor.folder))


@pytest.fixture
def windows(
    driver: webdriver.Chrome, editor: Editor, world: World, short_absences: None, agent: None
) -> Iterator[tuple[Window, Window]]:
    """Two that soon notice that nobody is there, and record nothing of one project."""
    harbour = Window(driver, editor, world.harbour, absent_soon=True)
    island = Window(driver, editor, world.island, absent_soon=True)
    wake = f"await vscode.extensions.getExtension('{AGENT}').activate()"
    until(lambda: island.evaluate(f"return !!vscode.extensions.getExtension('{AGENT}')"), "the agent to be installed")
    island.evaluate(wake)
    harbour.configure(timecode__excludeProjects=[EXCLUDED], files__autoSave="off")
    yield harbour, island
    harbour.configure(timecode__excludeProjects=None, files__autoSave=None)
    island.close()
    harbour.close()


@pytest.fixture
def live(
    windows: tuple[Window, Window], world: World, service: Service, ledger: Ledger
) -> Callable[[Callable[[random.Random], Script], int], Comparison]:
    """Lives a day that is drawn from a seed."""
    return partial(_live, world=world, windows=windows, service=service, ledger=ledger)
