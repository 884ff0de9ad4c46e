"""One headless Chromium with its driver, in a process group and a folder of its own, both gone when it closes."""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from bokeh.io import export
from bokeh.io.state import State
from selenium.webdriver import ChromeOptions, ChromeService, Remote
from selenium.webdriver.chrome.remote_connection import ChromeRemoteConnection
from selenium.webdriver.remote.client_config import ClientConfig

from timecode_export_png.chromium.flags import flags
from timecode_export_png.chromium.leftovers import new_folder, sweep
from timecode_export_png.chromium.tools import Tools

if TYPE_CHECKING:
    from bokeh.document import Document

WINDOWS = sys.platform == "win32"
GRACE_S = 5


class Browser:
    """Takes one picture at a time. After any exception it is of no use but to be closed."""

    def __init__(self, tools: Tools, *, timeout_s: float, no_sandbox: bool) -> None:
        """Start both. Raises selenium's, urllib3's and the system's errors; nothing is left behind then."""
        self._timeout_s = timeout_s
        sweep()
        self.folder = new_folder()
        self._service = ChromeService(
            tools.chromedriver,
            env=self._environment(),
            popen_kw={} if WINDOWS else {"start_new_session": True},
        )
        try:
            self._service.start()
            options = ChromeOptions()
            options.binary_location = tools.chromium
            for flag in flags(self.folder / "profile", no_sandbox=no_sandbox):
                options.add_argument(flag)
            self._driver = self._connect(options)
        except BaseException:
            self.close()
            raise
        self.taken = 0

    @property
    def pid(self) -> int:
        """The driver's process, which leads the group."""
        return int(self._service.process.pid)

    def take(self, document: Document, size: tuple[int, int], scale: int) -> bytes:
        """A PNG of the document's one root, of exactly `size` (CSS pixels) × `scale`, by Bokeh's exporter."""
        width, height = size
        self._driver.execute(
            "executeCdpCommand",
            {
                "cmd": "Emulation.setDeviceMetricsOverride",
                "params": {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False},
            },
        )
        state = State()
        state.document = document  # where the exporter looks for the theme
        with self._private_page():
            image = export.get_screenshot_as_png(
                document, driver=self._driver, timeout=max(1, int(self._timeout_s)), scale_factor=scale, state=state
            )
        self.taken += 1
        if not self._driver.execute_script("return window._bokeh_render_complete === true"):
            raise RuntimeError("Bokeh did not finish drawing in time")
        if image.size != (width * scale, height * scale):
            raise RuntimeError(f"the picture came out as {image.size}, not {(width * scale, height * scale)}")
        self._driver.get("about:blank")
        written = io.BytesIO()
        image.convert("RGB").save(written, "PNG", optimize=False)
        return written.getvalue()

    def close(self) -> None:
        """End all processes of the group and remove the folder. Twice is fine."""
        process = getattr(self._service, "process", None)
        if process is not None:
            self._kill(process)
        for _ in range(20):  # Chromium's last writes may race the removal
            shutil.rmtree(self.folder, ignore_errors=True)
            if not self.folder.exists():
                break

    def _connect(self, options: ChromeOptions) -> Any:  # noqa: ANN401  (selenium is loosely typed)
        """A session over our own service: selenium neither looks for a driver nor reports that it did."""
        address = self._service.service_url
        config = ClientConfig(remote_server_addr=address, timeout=int(self._timeout_s) + 1)
        executor = ChromeRemoteConnection(address, ignore_proxy=True, client_config=config)
        driver = Remote(command_executor=executor, options=options)
        driver.set_page_load_timeout(self._timeout_s)
        driver.set_script_timeout(self._timeout_s)
        return driver

    def _environment(self) -> dict[str, str]:
        """Ours, with every temporary and cached file in the folder."""
        for name in ("tmp", "cache"):
            (self.folder / name).mkdir()
        temporary = str(self.folder / "tmp")
        return {
            **os.environ,
            "SE_OFFLINE": "true",
            "SE_AVOID_STATS": "true",
            "TMPDIR": temporary,
            "TEMP": temporary,
            "TMP": temporary,
            "XDG_CACHE_HOME": str(self.folder / "cache"),
        }

    @contextmanager
    def _private_page(self) -> Iterator[None]:
        """Bokeh writes its page into the home folder, and has no setting for that: give it one of ours meanwhile."""
        page = self.folder / "page.html"
        before = export._tmp_html

        @contextmanager
        def ours() -> Iterator[Any]:
            with page.open("wb") as file:
                yield file

        export._tmp_html = ours
        try:
            yield
        finally:
            export._tmp_html = before
            page.unlink(missing_ok=True)

    def _kill(self, process: subprocess.Popen[bytes]) -> None:
        if WINDOWS:
            subprocess.run(  # noqa: S603
                ["taskkill", "/F", "/T", "/PID", str(process.pid)],  # noqa: S607
                capture_output=True,
                check=False,
            )
        else:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_S)
        if not WINDOWS:
            _wait_for_group(process.pid)
        if process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()


def _wait_for_group(leader: int) -> None:
    """Wait until the group's last process has gone: killed ones take a moment, and they hold files of our folder."""
    end = time.monotonic() + GRACE_S
    while time.monotonic() < end:
        try:
            os.killpg(leader, 0)
        except (ProcessLookupError, PermissionError):
            return
        time.sleep(0.01)
