"""The findings: whether pictures can be made here."""

from __future__ import annotations

import re
import subprocess
import sys

from timecode_core import Finding, Installation, RenderError

from timecode_export_png.chromium.tools import find
from timecode_export_png.provider import PNG
from timecode_export_png.settings import PngSettings

_TOPIC = "pictures"
_PATIENCE_S = 5
_VERSION = re.compile(r"\b(\d+)(?:\.\d+){3}\b")


def findings(installation: Installation) -> list[Finding]:
    """Whether there is a Chromium with a driver of its own version."""
    try:
        tools = find(installation.settings.table(PNG.table, PngSettings))
    except RenderError as error:
        return [Finding.of(_TOPIC, error, "warning")]
    browser, driver = _version(tools.chromium), _version(tools.chromedriver)
    if browser and driver and browser != driver:
        text = f"{tools.chromium} is of version {browser}, {tools.chromedriver} of {driver}: PNG export may fail"
        return [Finding(_TOPIC, text, "warning", "Install Chromium and its driver in one version.")]
    return [Finding(_TOPIC, f"{tools.chromium}{f', version {browser}' if browser else ''}, and its driver")]


def _version(program: str) -> str:
    """The major version that a program tells; nothing where it doesn't. On Windows, Chrome would open a window."""
    if sys.platform == "win32":
        return ""
    try:
        told = subprocess.run(  # noqa: S603
            [program, "--version"], capture_output=True, text=True, errors="replace", timeout=_PATIENCE_S, check=False
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
    found = _VERSION.search(told)
    return found[1] if found else ""
