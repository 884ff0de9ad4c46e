"""Finding Chromium, its flags, and the options of a picture."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import timecode_export_png
from dashboard_bokeh.samples import Charts, plausible, render
from timecode_core.errors import QueryError, RenderError
from timecode_core.protocols import Context
from timecode_core.selection import Selection
from timecode_core.setup.home import Home
from timecode_core.setup.settings import CoreSettings
from timecode_dashboard_bokeh.board import Board
from timecode_export_png.chromium import flags
from timecode_export_png.chromium.camera import Camera
from timecode_export_png.chromium.tools import Tools, find
from timecode_export_png.png_renderer import Options, PngRenderer
from timecode_export_png.settings import PngSettings

DAY = date(2026, 1, 5)


def absent(_name: str) -> None:
    """Nothing is on PATH."""


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32", "freebsd14"])
def test_what_is_missing_is_named_with_what_to_install(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On every system the error names both tools, the remedy, and the settings."""
    monkeypatch.setattr("timecode_export_png.chromium.tools._runs", lambda _path: False)
    with pytest.raises(RenderError, match="Chromium and chromedriver") as caught:
        find(PngSettings(), which=absent, platform=platform)
    assert "nstall" in caught.value.remedy
    assert "[export_png]" in caught.value.remedy


def test_debian_users_read_the_very_command() -> None:
    """The remedy can be pasted."""
    with pytest.raises(RenderError, match="apt install chromium chromium-driver"):
        find(PngSettings(chromium="/nowhere/chromium"), platform="linux")


def test_a_setting_is_never_replaced_by_something_else(tmp_path: Path) -> None:
    """Who names a browser gets that one, or an error that names it."""
    with pytest.raises(RenderError, match="/nowhere/chromium"):
        find(PngSettings(chromium="/nowhere/chromium"), which=lambda name: f"/usr/bin/{name}")
    for name in ("browser", "driver"):
        (tmp_path / name).write_text("#!/bin/sh\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    chosen = PngSettings(chromium=str(tmp_path / "browser"), chromedriver=str(tmp_path / "driver"))
    assert find(chosen, which=absent) == Tools(str(tmp_path / "browser"), str(tmp_path / "driver"))


def test_a_setting_may_begin_at_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is found is what is started: Chromium's driver knows no `~`."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("browser", "driver"):
        (tmp_path / name).write_text("#!/bin/sh\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    found = find(PngSettings(chromium="~/browser", chromedriver="~/driver"), which=absent)
    assert found == Tools(str(tmp_path / "browser"), str(tmp_path / "driver"))


def test_chromium_resolves_no_name_and_asks_no_proxy(tmp_path: Path) -> None:
    """The flags that keep it from every host but this machine are always there, and so is a profile of its own."""
    given = flags.flags(tmp_path, no_sandbox=False)
    assert "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost" in given
    assert {"--no-proxy-server", "--disable-background-networking", f"--user-data-dir={tmp_path}"} <= set(given)


@pytest.mark.parametrize(
    ("root", "asked", "without"), [(False, False, False), (False, True, True), (True, False, True)]
)
def test_the_sandbox_stays_but_for_root_or_on_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: bool, asked: bool, without: bool
) -> None:
    """Only root, for whom it cannot work, and those who say so go without."""
    monkeypatch.setattr(flags, "_root", lambda: root)
    assert ("--no-sandbox" in flags.flags(tmp_path, no_sandbox=asked)) is without


@pytest.mark.parametrize("options", [{"width": 10}, {"height": 100_000}])
def test_a_picture_s_size_is_bounded(options: dict[str, Any]) -> None:
    """So that no request takes all of the memory."""
    with pytest.raises(ValueError, match="between 200 and 4000"):
        Options(**options)


class Refusing(Camera):
    """Takes no picture."""

    def __init__(self) -> None:
        super().__init__(PngSettings(chromium="/nowhere/chromium"))


def test_without_chromium_there_is_an_error_and_no_traceback_s_riddle() -> None:
    """The same words come out of the renderer."""
    with pytest.raises(RenderError, match="/nowhere/chromium"):
        render(PngRenderer(Board(Charts()), Refusing()), Selection(DAY, DAY), plausible(DAY, DAY))


def test_an_unknown_picture_is_refused_with_the_known_ones() -> None:
    """Before any question is asked."""
    with pytest.raises(QueryError, match="dashboard, card, days, projects, languages, table"):
        PngRenderer(Board(Charts()), Refusing()).queries(Selection(DAY, DAY), Options("nope"))


def test_the_provider_needs_no_browser_to_be_built(tmp_path: Path) -> None:
    """Whoever never exports never needs Chromium, Bokeh or selenium."""
    script = (
        "import sys, timecode_export_png as plugin\n"
        "plugin.timecode_renderers()\n"
        "assert not {'bokeh', 'selenium', 'PIL', 'numpy'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
    [provider] = timecode_export_png.timecode_renderers()
    made: Any = provider.build(PngSettings(), Context(Home(tmp_path), CoreSettings(), Charts()))
    assert made.version
