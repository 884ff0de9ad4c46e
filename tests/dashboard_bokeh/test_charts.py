"""The default charts, from reports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from bokeh.model import Model
from bokeh.models import ColumnDataSource, DataTable, HoverTool, LegendItem, Plot, Text, VBar
from dashboard_bokeh.samples import MINUTE, Charts, Spent, answers, plausible
from hypothesis import given, settings, strategies as st
from timecode_core.selection import Selection
from timecode_dashboard_bokeh.board import Board
from timecode_dashboard_bokeh.formatting import EMPTY

DAY = date(2026, 3, 2)
NAMES = ("days", "projects", "languages", "table")
MARKUP = {
    "Div",
    "Paragraph",
    "PreText",
    "CustomJS",
    "CustomJSHover",
    "HTMLTemplateFormatter",
    "Template",
    "HTML",
    "TeX",
    "MathML",
    "Title",
    "Label",
}
NASTY = st.sampled_from(
    [
        "<img src=x onerror=alert(1)>",
        "$$\\href{javascript:alert(1)}{x}$$",
        "\\(x\\)",
        "@project{safe}",
        "$index",
        "%{x}",
        "<%= alert(1) %>",
        "index",
        "project",
        "\u202egnp.exe",
        "a\nb\x00c",
        "",
        " ",
    ]
) | st.text(max_size=40)


def built(name: str, selection: Selection, spent: list[Spent], *, still: bool = False) -> Any:
    """The chart's model, as the board makes it."""
    board = Board(Charts())
    charts = board.chosen([name])
    reports = answers(board.queries(charts, selection), spent)
    return board.model(charts[0], selection, reports, board.look("light", reports, still=still))


def models(root: Any) -> Iterator[Model]:
    """The model and everything that it refers to."""
    yield from root.references()


def markup_strings(root: Any) -> Iterator[str]:
    """Every text of the models that is neither data nor a legend's plain label."""
    for model in models(root):
        for name, value in model.properties_with_values(include_defaults=False).items():
            if (isinstance(model, ColumnDataSource) and name == "data") or (
                isinstance(model, LegendItem) and name == "label"
            ):
                continue
            yield repr(value)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("still", [False, True])
@settings(max_examples=25, deadline=None)
@given(project=NASTY, language=NASTY)
def test_a_name_is_data_and_never_markup(name: str, still: bool, project: str, language: str) -> None:
    """Whatever a project or language is called, its name stands in data and legends only, and nothing reads markup."""
    marked_project, marked_language = f"Q7Z{project}", f"{language}Q7Z"
    spent = [Spent(DAY, marked_project, marked_language, 90 * MINUTE), Spent(DAY, project, language, 30 * MINUTE)]
    root = built(name, Selection(DAY, DAY + timedelta(days=6)), spent, still=still)
    assert not any("Q7Z" in text for text in markup_strings(root))
    kinds = {type(model).__name__ for model in models(root)}
    assert not kinds & MARKUP
    for model in models(root):
        if isinstance(model, HoverTool):
            assert model.tooltips == [("", "@project"), ("", "@time"), ("", "@bucket")]
        if isinstance(model, Text):
            assert model.text == "text"


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_range_says_so(name: str) -> None:
    """No bars, no axes: one line of words."""
    root = built(name, Selection(DAY, DAY), [])
    texts = [text for model in models(root) if isinstance(model, ColumnDataSource) for text in model.data["text"]]
    assert texts == [EMPTY]


def test_the_bars_of_a_day_stack_up_to_its_time() -> None:
    """Hours from the bottom up without gaps, biggest project first, days without time left empty."""
    spent = [
        Spent(DAY, "a", "Go", 60 * MINUTE),
        Spent(DAY, "b", "Go", 30 * MINUTE),
        Spent(DAY + timedelta(days=2), "b", "C", 90 * MINUTE),
    ]
    root = built("days", Selection(DAY, DAY + timedelta(days=2)), spent)
    data = bars(root)
    assert list(zip(data["x"], data["project"], data["bottom"], data["top"], strict=True)) == [
        (0, "b", 0, 0.5),
        (0, "a", 0.5, 1.5),
        (2, "b", 0, 1.5),
    ]
    assert data["time"][0] == "30 m of 1 h 30 m"
    assert data["bucket"][2] == "Wed 4 Mar 2026"


def test_ten_years_are_readable() -> None:
    """Ten years of many projects make at most 125 bars of nine parts, and no time is lost."""
    spent = plausible(date(2016, 11, 23), date(2026, 11, 22))
    root = built("days", Selection(date(2016, 11, 23), date(2026, 11, 22)), spent)
    data = bars(root)
    assert max(data["x"]) <= 125
    assert len(set(data["project"])) <= 9
    hours = sum(top - bottom for top, bottom in zip(data["top"], data["bottom"], strict=True))
    assert hours == pytest.approx(sum(one.time for one in spent) / (60 * MINUTE))


def test_one_day_is_shown_by_the_hour() -> None:
    """A single day has twenty-four places."""
    root = built("days", Selection(DAY, DAY), [Spent(DAY, "abc", "Go", 30 * MINUTE)])
    assert bars(root)["bucket"] == ["12:00 – 13:00"]


def test_shares_keep_the_small_ones_together() -> None:
    """Eight names, and one bar for all the others, which together have all of the time."""
    spent = [Spent(DAY, f"project {number}", "Go", (number + 1) * MINUTE) for number in range(20)]
    root = built("projects", Selection(DAY, DAY), spent)
    data = next(model.data for model in models(root) if isinstance(model, ColumnDataSource) and "right" in model.data)
    assert data["name"][:2] == ["project 19", "project 18"]
    assert data["name"][8:] == ["other projects"]
    assert sum(data["right"]) == pytest.approx(210 / 60)


def test_sorting_the_table_s_texts_sorts_its_times() -> None:
    """The times are of one length, so that their order as texts is their order."""
    times = [3 * MINUTE, 59 * MINUTE, 60 * MINUTE, 9 * 60 * MINUTE, 10 * 60 * MINUTE, 1234 * 60 * MINUTE]
    root = built("table", Selection(DAY, DAY), [Spent(DAY, f"p{time}", "Go", time) for time in times])
    table = next(model for model in models(root) if isinstance(model, DataTable))
    shown = list(table.source.data["time"])
    assert shown == sorted(shown, reverse=True)
    assert [text.strip() for text in shown][-1] == "0 h 03 m"


def test_an_image_carries_its_own_legend_below_the_bars() -> None:
    """On the page the chips are the legend; an image has one, and it does not lie over the bars."""
    spent = [Spent(DAY, "a", "Go", 60 * MINUTE)]
    selection = Selection(DAY, DAY + timedelta(days=6))
    page, image = built("days", selection, spent), built("days", selection, spent, still=True)
    assert isinstance(page, Plot)
    assert not page.legend
    assert [type(model).__name__ for model in image.below].count("Legend") == 1
    assert not [model for model in image.center if type(model).__name__ == "Legend"]


def bars(root: Any) -> dict[str, Any]:
    """The days chart's data."""
    renderer = next(one for one in root.renderers if isinstance(one.glyph, VBar))
    return dict(renderer.data_source.data)
