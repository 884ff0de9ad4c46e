"""A service, an editor and a browser for what is no test: pictures, figures, recordings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver
from support.ports import free_port

from .browser import chromium
from .server import Editor
from .service import Service


@contextmanager
def set_up(
    folder: Path, environment: dict[str, str] | None = None, **settings: Any
) -> Iterator[tuple[webdriver.Chrome, Editor, Service]]:
    """All three running, with these settings of the editor's, and ended in the end."""
    home = folder / "home"
    home.mkdir(mode=0o700)
    service = Service(home, free_port())
    service.start()
    editor = Editor(folder / "code-server", home)
    editor.settings(timecode__url=f"http://127.0.0.1:{service.port}", workbench__startupEditor="none", **settings)
    editor.start(**(environment or {}))
    driver = chromium(folder / "chromium")
    try:
        yield driver, editor, service
    finally:
        driver.quit()
        editor.stop()
        service.stop()
