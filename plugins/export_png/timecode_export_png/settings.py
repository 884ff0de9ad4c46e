"""The table `[export_png]`."""

from __future__ import annotations

from attrs import field, frozen, validators
from timecode_core import usable_path


@frozen
class PngSettings:
    """How to find and run Chromium."""

    chromium: str = field(default="", validator=usable_path)
    """Path of the browser; empty means to look in the usual places."""
    chromedriver: str = field(default="", validator=usable_path)
    """Path of the driver of the same version; empty means to look in the usual places."""
    idle_s: float = field(default=45.0, validator=validators.and_(validators.ge(0), validators.le(3600)))
    """How long the browser stays warm after an export, in seconds."""
    exports_per_browser: int = field(default=25, validator=validators.and_(validators.ge(1), validators.le(1000)))
    """After how many exports a fresh browser takes over: a warm one grows by some 15 MiB an export."""
    timeout_s: float = field(default=30.0, validator=validators.and_(validators.ge(1), validators.le(600)))
    """How long one image may take, in seconds."""
    no_sandbox: bool = False
    """Run Chromium without its sandbox. Only as root, where the sandbox cannot work, is that so by itself."""
