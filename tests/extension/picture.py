"""Takes the README's pictures in a real run: the status bar with its tooltip, and the view of today.

Run it with the project's environment active; it writes them into `extension/media/`.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from extension.editor_kit.install import EXTENSION
from extension.editor_kit.server import make_project
from extension.editor_kit.service import Service
from extension.editor_kit.setting import set_up
from extension.editor_kit.today import TodayView
from extension.editor_kit.waiting import until
from extension.editor_kit.window import Window

LAMP = '''"""The lamp of the lighthouse, and when it is lit."""

from datetime import time

DUSK, DAWN = time(18, 40), time(6, 15)


def is_lit(now: time) -> bool:
    return now >= DUSK or now < DAWN
'''


# When, on what and for how many minutes.
DAY = [
    (time(9, 4), "lighthouse", 49),
    (time(10, 10), "lighthouse", 22),
    (time(10, 38), "harbour-api", 37),
    (time(11, 18), "harbour-api", 28),
    (time(13, 20), "lighthouse", 68),
    (time(14, 45), "notes", 12),
    (time(15, 10), "lighthouse", 41),
    (time(16, 5), "harbour-api", 17),
]


def work_today(service: Service) -> None:
    """A day's work in three projects, so that there is something to show."""
    today = datetime.now(UTC).astimezone()
    events = [
        {
            "time": (datetime.combine(today, begin, today.tzinfo) + timedelta(minutes=minute)).isoformat(),
            "entity": "a.py",
            "project": project,
            "language": "Python",
        }
        for begin, project, minutes in DAY
        for minute in range(minutes + 1)
    ]
    assert service.bring(events)["stored"] == len(events)


def take(folder: Path) -> None:
    project = make_project(folder / "lighthouse", "feature/lamp", {"lamp.py": LAMP, "README.md": "# Lighthouse\n"})
    settings: dict[str, Any] = {
        "workbench__colorTheme": "Default Dark Modern",
        "workbench__activityBar__location": "hidden",
        "remote__autoForwardPorts": False,
        "editor__minimap__enabled": False,
    }
    with set_up(folder, **settings) as (driver, editor, service):
        work_today(service)
        window = Window(driver, editor, project)
        driver.set_window_size(920, 560)
        window.show("lamp.py")
        status_bar(driver, window)
        driver.set_window_size(920, 640)
        today(driver, window)


def status_bar(driver: webdriver.Chrome, window: Window) -> None:
    until(lambda: "h" in window.status(), "today's time")
    item = driver.find_element(By.ID, "timecode.timecode.timecode.today")
    ActionChains(driver).move_to_element(item).perform()
    shown = """const tooltip = document.querySelector('.monaco-hover')?.closest('.workbench-hover-container');
        return tooltip?.getAnimations({ subtree: true }).every((one) => one.playState === 'finished');"""
    until(lambda: driver.execute_script(shown), "the tooltip, faded in")
    driver.save_screenshot(str(EXTENSION / "media" / "status-bar.png"))


def today(driver: webdriver.Chrome, window: Window) -> None:
    window.configure(workbench__activityBar__location="default")
    view = TodayView(driver, window)
    view.show()
    until(lambda: "lighthouse" in view.text(), "today's projects")
    driver.save_screenshot(str(EXTENSION / "media" / "today.png"))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="timecode-picture-") as folder:
        take(Path(folder))
