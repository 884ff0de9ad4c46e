"""Takes the README's picture in a real run: the status bar with today's time, and its tooltip.

Run it with the project's environment active; it writes `extension/media/status-bar.png`.
"""

from __future__ import annotations

import json
import sys
import tempfile
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from extension.editor_kit.browser import chromium
from extension.editor_kit.install import EXTENSION
from extension.editor_kit.server import Editor, make_project
from extension.editor_kit.service import Service
from extension.editor_kit.waiting import until
from extension.editor_kit.window import Window
from support.ports import free_port

LAMP = '''"""The lamp of the lighthouse, and when it is lit."""

from datetime import time

DUSK, DAWN = time(18, 40), time(6, 15)


def is_lit(now: time) -> bool:
    return now >= DUSK or now < DAWN
'''


def earlier_today(service: Service) -> None:
    """A morning's work in three projects, so that there is something to show."""
    start = datetime.now(UTC).astimezone() - timedelta(hours=3)
    spans = [("lighthouse", 84), ("harbour-api", 46), ("notes", 12)]
    events, at = [], start
    for project, minutes in spans:
        for _ in range(minutes):
            events.append({"time": at.isoformat(), "entity": "a.py", "project": project, "language": "Python"})
            at += timedelta(minutes=1)
    request = urllib.request.Request(
        f"http://127.0.0.1:{service.port}/api/v1/events",
        json.dumps({"events": events}).encode(),
        {"Authorization": f"Bearer {(service.home / 'token').read_text().strip()}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        assert json.load(answer)["stored"] == len(events)


def take(folder: Path) -> None:
    home = folder / "home"
    home.mkdir(mode=0o700)
    service = Service(home, free_port())
    service.start()
    earlier_today(service)
    editor = Editor(folder / "code-server", home)
    editor.settings(
        timecode__url=f"http://127.0.0.1:{service.port}",
        workbench__startupEditor="none",
        workbench__colorTheme="Default Dark Modern",
        workbench__activityBar__location="hidden",
        remote__autoForwardPorts=False,
        editor__minimap__enabled=False,
    )
    project = make_project(folder / "lighthouse", "feature/lamp", {"lamp.py": LAMP, "README.md": "# Lighthouse\n"})
    editor.start()
    driver = chromium(folder / "chromium")
    try:
        driver.set_window_size(920, 560)
        window = Window(driver, editor, project)
        window.show("lamp.py")
        until(lambda: "h" in window.status(), "today's time")
        item = driver.find_element(By.ID, "timecode.timecode.timecode.today")
        ActionChains(driver).move_to_element(item).perform()
        until(lambda: driver.find_elements(By.CSS_SELECTOR, ".monaco-hover .hover-contents"), "the tooltip")
        driver.save_screenshot(str(EXTENSION / "media" / "status-bar.png"))
    finally:
        driver.quit()
        editor.stop()
        service.stop()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="timecode-picture-") as folder:
        take(Path(folder))
