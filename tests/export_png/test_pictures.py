"""Pictures by a real Chromium."""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import pytest
from attrs import evolve
from dashboard_bokeh.samples import MINUTE, Spent, plausible, render
from export_png.conftest import PATIENCE_S
from PIL import Image, ImageStat
from timecode_core import Theme
from timecode_core.errors import RenderError
from timecode_core.selection import Selection
from timecode_export_png.chromium.camera import Camera
from timecode_export_png.chromium.tools import Tools
from timecode_export_png.png_renderer import Options, PngRenderer
from timecode_export_png.settings import PngSettings

pytestmark = pytest.mark.browser
FIRST, LAST = date(2026, 1, 5), date(2026, 1, 11)
SPENT = plausible(date(2025, 12, 1), date(2026, 1, 31))
CARD = {"light": (255, 255, 255), "dark": (23, 28, 36)}


def picture(png: PngRenderer, options: Options, theme: Theme = "light", spent: list[Spent] = SPENT) -> Image.Image:
    """The decoded picture of a week; anything else than a PNG does not open."""
    rendered = render(png, Selection(FIRST, LAST), spent, evolve(options, theme=theme))
    assert rendered.body.startswith(b"\x89PNG\r\n\x1a\n")
    assert (rendered.media_type, rendered.suffix) == ("image/png", "png")
    assert rendered.stem == f"timecode-{options.chart}-2026-01-05-2026-01-11"
    return Image.open(io.BytesIO(rendered.body)).convert("RGB")


def colours(image: Image.Image) -> int:
    """How many colours it has, up to a thousand."""
    found = image.getcolors(image.width * image.height)
    return len(found or [])


def processes(folder: Path) -> Iterator[int]:
    """Living processes whose command line names the folder."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if str(folder) in command:
            yield int(entry.name)


def group(pid: int) -> Iterator[int]:
    """Living processes of the process group."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            state, _parent, leader = (entry / "stat").read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(leader) == pid and state not in "ZX":
            yield int(entry.name)


@pytest.mark.parametrize("chart", ["days", "projects", "languages", "table", "dashboard", "card"])
def test_every_picture_is_drawn_in_both_themes(png: PngRenderer, chart: str) -> None:
    """Many colours, a background of the theme, and light differs from dark."""
    light, dark = (picture(png, Options(chart), theme) for theme in ("light", "dark"))
    assert colours(light) > 50
    assert colours(dark) > 50
    assert light.size == dark.size
    lightness = [ImageStat.Stat(image.convert("L")).mean[0] for image in (light, dark)]
    assert lightness[0] > 180
    assert lightness[1] < 75


@pytest.mark.parametrize("scale", [1, 2, 3])
def test_a_picture_has_exactly_the_size_times_the_scale(png: PngRenderer, scale: Literal[1, 2, 3]) -> None:
    """The card's 1200 × 630, and a chart's size as asked for, to the pixel."""
    assert picture(png, Options("card", scale)).size == (1200 * scale, 630 * scale)
    assert picture(png, Options("days", scale, width=700, height=400)).size == (700 * scale, 400 * scale)


def test_a_name_that_is_markup_is_drawn_as_it_stands(png: PngRenderer) -> None:
    """Hostile names and an own title come out as a picture like any other."""
    name = "<img src=x onerror=alert(1)>$$\\frac{1}{2}$$"
    spent = [Spent(FIRST, name, name, 60 * MINUTE), Spent(LAST, "", "", 30 * MINUTE)]
    for chart in ("card", "dashboard"):
        assert colours(picture(png, Options(chart, title=name), spent=spent)) > 20


def test_no_time_is_a_picture_too(png: PngRenderer) -> None:
    """Every picture of an empty range is drawn."""
    for chart in ("card", "dashboard", "days", "table"):
        assert colours(picture(png, Options(chart), spent=[])) > 5


def test_threads_get_their_own_pictures(png: PngRenderer) -> None:
    """Many at once, each of its own size and colour: nobody gets another's."""
    asked: list[tuple[int, Theme]] = [(300 + 20 * number, "dark" if number % 2 else "light") for number in range(8)]
    with ThreadPoolExecutor(4) as pool:
        images = list(pool.map(lambda one: picture(png, Options("projects", width=one[0]), one[1]), asked))
    for (width, theme), image in zip(asked, images, strict=True):
        assert image.width == width
        assert max(abs(a - b) for a, b in zip(image.getpixel((2, 2)), CARD[theme], strict=True)) <= 2  # type: ignore[arg-type]


@pytest.mark.parametrize("victim", ["driver", "browser"])
def test_a_killed_process_is_replaced_by_a_fresh_one(png: PngRenderer, camera: Camera, victim: str) -> None:
    """The next picture comes all the same, and nothing of the old browser is left."""
    import os
    import signal

    picture(png, Options("days"))
    old = camera._browser
    assert old is not None
    leader, folder = old.pid, old.folder  # type: ignore[attr-defined]
    if victim == "driver":
        os.kill(leader, signal.SIGKILL)
    else:
        for pid in list(processes(folder / "profile")):
            with suppress(ProcessLookupError):  # the first one takes others along
                os.kill(pid, signal.SIGKILL)
    assert colours(picture(png, Options("days"))) > 50
    assert camera._browser is not old
    assert not folder.exists()
    assert not list(processes(folder))


def test_nothing_is_left_behind(
    png: PngRenderer, camera: Camera, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No process, no folder, and no page in the home folder, where Bokeh would put it."""
    monkeypatch.setenv("HOME", str(tmp_path))
    picture(png, Options("days"))
    browser = camera._browser
    assert browser is not None
    leader, folder = browser.pid, browser.folder  # type: ignore[attr-defined]
    assert list(group(leader))
    camera.close()
    assert not list(group(leader))
    assert not list(processes(folder))
    assert not folder.exists()
    assert not list(tmp_path.glob("bokeh*"))


def test_a_browser_is_replaced_after_its_count(tools: Tools) -> None:
    """And ended at once where it is not to be kept warm."""
    camera = Camera(PngSettings(tools.chromium, tools.chromedriver, exports_per_browser=1, timeout_s=PATIENCE_S))
    from dashboard_bokeh.samples import Charts
    from timecode_dashboard_bokeh.board import Board

    picture(PngRenderer(Board(Charts()), camera), Options("days"))
    assert camera._browser is None


def test_a_driver_that_cannot_work_is_named(tmp_path: Path, tools: Tools) -> None:
    """Both tries fail, the error says which programs, and the folders of the tries are gone."""
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    broken.chmod(0o755)
    from dashboard_bokeh.samples import Charts
    from timecode_dashboard_bokeh.board import Board

    camera = Camera(PngSettings(chromium=str(broken), chromedriver=tools.chromedriver))
    with pytest.raises(RenderError, match="failed twice") as caught:
        picture(PngRenderer(Board(Charts()), camera), Options("days"))
    assert str(broken) in caught.value.remedy


def test_ten_years_fit(png: PngRenderer) -> None:
    """A decade's dashboard is one picture of the usual width."""
    first = LAST - timedelta(days=3652)
    rendered = render(png, Selection(first, LAST), plausible(first, LAST), Options("dashboard"))
    assert Image.open(io.BytesIO(rendered.body)).width == 1200
