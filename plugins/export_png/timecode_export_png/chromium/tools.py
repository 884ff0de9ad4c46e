"""Chromium and its driver: where they are on this machine, and what to install when they are not."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from attrs import frozen
from timecode_core import RenderError

from timecode_export_png.settings import PngSettings

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
DRIVERS = ("chromedriver", "chromium.chromedriver")
BROWSER_PLACES = {
    "linux": (
        "/usr/lib/chromium/chromium",
        "/usr/lib/chromium-browser/chromium-browser",
        "/opt/google/chrome/chrome",
    ),
    "darwin": (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ),
    "win32": (
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
        r"C:\Program Files\Chromium\Application\chrome.exe",
    ),
}
DRIVER_PLACES = {
    "linux": ("/usr/bin/chromedriver", "/usr/lib/chromium/chromedriver", "/usr/lib/chromium-browser/chromedriver"),
    "darwin": ("/opt/homebrew/bin/chromedriver", "/usr/local/bin/chromedriver"),
    "win32": (r"C:\Program Files\chromedriver\chromedriver.exe", r"C:\chromedriver\chromedriver.exe"),
}
REMEDIES = {
    "linux": "Install them: `apt install chromium chromium-driver` (Debian), or your system's packages of these names.",
    "darwin": "Install them: `brew install --cask google-chrome chromedriver`.",
    "win32": "Install Chrome and the chromedriver of its version, and put the driver's folder on PATH.",
}

Which = Callable[[str], "str | None"]


@frozen
class Tools:
    """Both paths."""

    chromium: str
    chromedriver: str


def find(settings: PngSettings, which: Which = shutil.which, platform: str = sys.platform) -> Tools:
    """What the settings name, else what is on PATH, else the usual places. Raises RenderError with a remedy."""
    places = platform if platform in REMEDIES else "linux"
    chromium = _one(settings.chromium, BROWSERS, BROWSER_PLACES[places], which)
    chromedriver = _one(settings.chromedriver, DRIVERS, DRIVER_PLACES[places], which)
    if chromium and chromedriver:
        return Tools(chromium, chromedriver)
    missing = " and ".join(
        name if not setting else f"{name} ({setting})"
        for name, setting, found in (
            ("Chromium", settings.chromium, chromium),
            ("chromedriver", settings.chromedriver, chromedriver),
        )
        if not found
    )
    raise RenderError(
        f"an image needs {missing}, which cannot be found.",
        remedy=f"{REMEDIES[places]} Or name them as `chromium` and `chromedriver` in [export_png].",
    )


def _one(setting: str, names: Iterable[str], places: Iterable[str], which: Which) -> str:
    """A setting counts alone: what it names is never replaced by something else."""
    if setting:
        path = Path(setting).expanduser()
        return str(path) if _runs(path) else ""
    for name in names:
        if found := which(name):
            return found
    return next((place for place in places if _runs(Path(place))), "")


def _runs(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)
