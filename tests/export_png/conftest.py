"""A real Chromium, and renderers that use it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from dashboard_bokeh.samples import Charts
from timecode_core.errors import RenderError
from timecode_dashboard_bokeh.board import Board
from timecode_export_png.chromium.camera import Camera
from timecode_export_png.chromium.tools import Tools, find
from timecode_export_png.png_renderer import PngRenderer
from timecode_export_png.settings import PngSettings

PATIENCE_S = 200
"""For one picture: no test is about how long it takes, and a second try must fit into a test's limit."""


@pytest.fixture(scope="session")
def tools() -> Tools:
    """The browser and its driver, or a failure that says what to install."""
    try:
        return find(PngSettings())
    except RenderError as error:
        pytest.fail(f"This test drives a real Chromium. {error}")


@pytest.fixture
def camera(tools: Tools) -> Iterator[Camera]:
    """A camera of this test alone."""
    made = Camera(PngSettings(chromium=tools.chromium, chromedriver=tools.chromedriver, timeout_s=PATIENCE_S))
    yield made
    made.close()


@pytest.fixture
def png(camera: Camera) -> PngRenderer:
    """The renderer with the default charts."""
    return PngRenderer(Board(Charts()), camera)
