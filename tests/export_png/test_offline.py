"""The exporter's Chromium asks nobody anything, as its own network log tells."""

from __future__ import annotations

import ipaddress
import json
import time
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from dashboard_bokeh.samples import plausible, render
from export_png.conftest import PATIENCE_S
from selenium.common.exceptions import WebDriverException
from timecode_core.selection import Selection
from timecode_export_png.chromium import browser, flags
from timecode_export_png.chromium.camera import Camera
from timecode_export_png.png_renderer import Options, PngRenderer

pytestmark = pytest.mark.browser
FIRST, LAST = date(2026, 1, 5), date(2026, 1, 11)
ASKED = {"HOST_RESOLVER_SYSTEM_TASK", "HOST_RESOLVER_DNS_TASK", "DNS_TRANSACTION", "DNS_TRANSACTION_QUERY"}
WAIT_S = 6
"""Chromium's own errands begin some seconds after its start."""


def complete(log: Path) -> dict[str, Any]:
    """What Chromium has written there, once it has written it all."""
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            written: dict[str, Any] = json.loads(log.read_text(encoding="utf-8"))
        except json.JSONDecodeError:
            assert time.monotonic() < end, "Chromium did not finish its log"
            time.sleep(0.1)
        else:
            return written


def test_no_name_is_looked_up_and_no_connection_leaves_this_machine(
    png: PngRenderer, camera: Camera, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither for a picture nor of Chromium's own accord is a resolver asked or a foreign address tried."""
    log = tmp_path / "net.json"

    def logging(profile: Path, *, no_sandbox: bool) -> list[str]:
        return [*flags.flags(profile, no_sandbox=no_sandbox), f"--log-net-log={log}"]

    monkeypatch.setattr(browser, "flags", logging)
    render(png, Selection(FIRST, LAST), plausible(FIRST, LAST), Options("dashboard"))
    time.sleep(WAIT_S)
    used: Any = camera._browser
    # An orderly end completes the log. The connection to the driver ends with it.
    with suppress(WebDriverException):
        used._driver.execute("executeCdpCommand", {"cmd": "Browser.close", "params": {}})
    written = complete(log)
    names = {number: name for name, number in written["constants"]["logEventTypes"].items()}
    assert set(names.values()) >= ASKED
    assert written["events"]
    for event in written["events"]:
        kind = names[event["type"]]
        assert kind not in ASKED, event
        if kind == "TCP_CONNECT_ATTEMPT" and "address" in event.get("params", {}):
            address = event["params"]["address"].rpartition(":")[0].strip("[]")
            assert ipaddress.ip_address(address).is_loopback, event
