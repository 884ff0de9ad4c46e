"""The camera: one picture at a time, a browser kept warm for a while, and a fresh one after any failure."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from timecode_core import RenderError

from timecode_export_png.chromium.tools import Tools, find
from timecode_export_png.settings import PngSettings

if TYPE_CHECKING:
    from bokeh.document import Document


class Taker(Protocol):
    """What the camera needs of a browser."""

    taken: int

    def take(self, document: Document, size: tuple[int, int], scale: int) -> bytes:
        """A PNG of the document."""

    def close(self) -> None:
        """End it."""


Start = Callable[[Tools, PngSettings], Taker]


def start(tools: Tools, settings: PngSettings) -> Taker:
    """A real browser."""
    from timecode_export_png.chromium.browser import Browser

    return Browser(tools, timeout_s=settings.timeout_s, no_sandbox=settings.no_sandbox)


class Camera:
    """Any thread may use it. They take turns: a driver that two threads share gives one of them the other's picture."""

    def __init__(self, settings: PngSettings, start: Start = start) -> None:
        self._settings = settings
        self._start = start
        self._lock = threading.Lock()
        self._browser: Taker | None = None
        self._timer: threading.Timer | None = None
        atexit.register(self.close)

    def take(self, make: Callable[[], Document], size: tuple[int, int], scale: int) -> bytes:
        """A PNG of what `make` makes. Where the browser fails a fresh one tries once more, then RenderError is raised.

        `make` is called for each try: a Bokeh document that a failure left half used is not used again.
        """
        tools = find(self._settings)
        with self._lock:
            self._rest()
            try:
                return self._try(tools, make(), size, scale)
            except Exception:  # noqa: BLE001  (selenium, urllib3, the system: after any of them the driver is unusable)
                self._discard()
            try:
                return self._try(tools, make(), size, scale)
            except Exception as error:
                self._discard()
                raise RenderError(
                    f"Chromium failed twice: {type(error).__name__}: {_brief(error)}.",
                    remedy=f"See whether {tools.chromium} and {tools.chromedriver} run and are of one version.",
                ) from error

    def close(self) -> None:
        """End the browser, if one is warm. The camera can be used again."""
        with self._lock:
            self._rest()
            self._discard()

    def _try(self, tools: Tools, document: Document, size: tuple[int, int], scale: int) -> bytes:
        if self._browser is None:
            self._browser = self._start(tools, self._settings)
        picture = self._browser.take(document, size, scale)
        if self._browser.taken >= self._settings.exports_per_browser:
            self._discard()
        elif self._settings.idle_s:
            self._timer = threading.Timer(self._settings.idle_s, self.close)
            self._timer.daemon = True
            self._timer.start()
        else:
            self._discard()
        return picture

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _discard(self) -> None:
        browser, self._browser = self._browser, None
        if browser is not None:
            browser.close()


def _brief(error: Exception) -> str:
    text = (getattr(error, "msg", None) or str(error)).strip()
    return text.splitlines()[0][:200].rstrip(".") if text else "no reason given"
