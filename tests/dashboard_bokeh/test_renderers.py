"""The renderers "charts" and "dashboard", and the plugin's hooks."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pluggy
import pytest
import timecode_dashboard_bokeh
from attrs import evolve, frozen
from dashboard_bokeh.samples import MINUTE, Charts, Spent, plausible, provider, render
from timecode_core.answering.periods import before
from timecode_core.errors import PluginError, QueryError, RenderError
from timecode_core.protocols import Context
from timecode_core.selection import Before, Selection
from timecode_core.setup.home import Home
from timecode_core.setup.settings import CoreSettings
from timecode_dashboard_bokeh import bokehjs
from timecode_dashboard_bokeh.board import Board
from timecode_dashboard_bokeh.charts_renderer import ChartsRenderer, Options
from timecode_dashboard_bokeh.page_renderer import PageRenderer

FIRST, LAST = date(2026, 1, 5), date(2026, 1, 11)
WEEK = Selection(FIRST, LAST, before=before(None, (FIRST, LAST)))
SPENT = plausible(date(2025, 12, 1), date(2026, 1, 31))


@frozen
class Own:
    """A third party's chart, of little code."""

    name: str = "own"
    title: str = "Own"
    version: str = "1"
    wide: bool = False
    fails: bool = False

    def queries(self, selection: Selection) -> dict[str, Any]:  # noqa: ARG002
        return {}

    def build(self, selection: Selection, reports: Any, look: Any) -> Any:  # noqa: ARG002
        from bokeh.models import Plot

        if self.fails:
            raise ZeroDivisionError("oh")
        return Plot()


def charts(*others: Own) -> ChartsRenderer:
    return ChartsRenderer(Board(Charts(*others)))


def test_the_answer_holds_totals_projects_and_a_document_for_each_chart() -> None:
    """Well-formed JSON in the shape that the page's script reads."""
    answer = json.loads(render(charts(), WEEK, SPENT).body)
    inside = [one for one in SPENT if FIRST <= one.day <= LAST]
    earlier = [one for one in SPENT if FIRST - timedelta(days=7) <= one.day < FIRST]
    assert (answer["from"], answer["to"], answer["theme"]) == ("2026-01-05", "2026-01-11", "light")
    assert answer["total_seconds"] == sum(one.time for one in inside) / 1e6
    assert answer["previous_seconds"] == sum(one.time for one in earlier) / 1e6
    assert answer["previous_words"] == "the 7 days before"
    assert answer["active_days"] == len({one.day for one in inside})
    assert [chart["name"] for chart in answer["charts"]] == ["days", "projects", "languages", "table"]
    for chart in answer["charts"]:
        assert chart["item"]["doc"]["roots"]
    assert sum(project["seconds"] for project in answer["projects"]) == pytest.approx(answer["total_seconds"])


def test_a_project_has_one_colour_in_every_chart_and_range() -> None:
    """The page's chips, the bars of a week and those of a month agree."""
    week, month = (
        json.loads(render(charts(), Selection(FIRST, last), SPENT).body) for last in (LAST, date(2026, 1, 31))
    )
    colours = {project["value"]: project["colour"] for project in month["projects"]}
    common = [project for project in week["projects"] if project["value"] in colours]
    assert common
    for project in common:
        assert project["colour"] == colours[project["value"]]


def test_where_there_is_nothing_to_compare_with_the_answer_says_null() -> None:
    """Neither a time nor words for it."""
    answer = json.loads(render(charts(), Selection(FIRST, LAST), SPENT).body)
    assert answer["previous_seconds"] is answer["previous_words"] is None


def test_the_same_days_compared_with_others_are_another_answer() -> None:
    """The same rows and totals, but other words: what was kept of one is not taken for the other."""
    renderer = charts()
    first, last = FIRST - timedelta(days=7), LAST - timedelta(days=7)
    for words in ("the 7 days before", "the same days of last week"):
        selection = evolve(WEEK, before=Before(first, last, words))
        assert json.loads(render(renderer, selection, SPENT).body)["previous_words"] == words


def test_only_the_charts_asked_for_are_built() -> None:
    """By name, in the order asked for; an unknown name is refused with the known ones."""
    answer = json.loads(render(charts(), WEEK, SPENT, Options(("table", "days"))).body)
    assert [chart["name"] for chart in answer["charts"]] == ["table", "days"]
    with pytest.raises(QueryError, match="days, projects, languages, table"):
        render(charts(), WEEK, SPENT, Options(("nope",)))


def test_the_same_answers_are_not_drawn_twice() -> None:
    """The second time, the very same bytes come back; other answers are drawn anew."""
    renderer = charts()
    first = render(renderer, WEEK, SPENT)
    assert render(renderer, WEEK, SPENT).body is first.body
    more = [*SPENT, Spent(LAST, "timecode", "Python", MINUTE)]
    assert render(renderer, WEEK, more).body != first.body


def test_a_third_party_s_chart_stands_beside_the_others_in_our_theme() -> None:
    """A chart that says nothing of its looks gets the card's background."""
    answer = json.loads(render(charts(Own()), WEEK, SPENT, Options(("own",), "dark")).body)
    assert "#171c24" in json.dumps(answer["charts"][0]["item"])


def test_a_chart_that_fails_is_named() -> None:
    """The error says which chart, and keeps the cause."""
    with pytest.raises(RenderError, match="'own' failed: ZeroDivisionError: oh"):
        render(charts(Own(fails=True)), WEEK, SPENT, Options(("own",)))


@pytest.mark.parametrize("name", ["days", "Not an address", "../x"])
def test_a_chart_s_name_is_an_address_of_its_own(name: str) -> None:
    """Two of one name, and names that no URL or file should hold, are refused."""
    with pytest.raises(PluginError, match="chart"):
        _ = Board(Charts(Own(name))).charts


def test_the_version_tells_of_every_chart() -> None:
    """So that what a browser has kept is not shown when a chart has changed."""
    assert charts(Own(version="2")).version != charts(Own()).version != charts().version


def test_the_shell_has_no_inline_script_and_loads_nothing_from_elsewhere() -> None:
    """Only files that the renderer itself gives, by names that hold a hash."""
    page = render(PageRenderer(), WEEK, [])
    text = page.body.decode()
    assert page.media_type == "text/html; charset=utf-8"
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"\son\w+\s*=|javascript:|<style|\sstyle=", text)
    assets = PageRenderer().assets()
    wanted = re.findall(r'(?:src|href)="([^"#][^"]*)"', text)
    assert wanted
    for address in wanted:
        assert address.removeprefix("/assets/dashboard/") in assets, address
        assert re.search(r"-[0-9a-f]{16}\.", address), address


def test_modules_find_one_another_by_their_hashed_names() -> None:
    """Every import of every module is an asset."""
    assets = PageRenderer().assets()
    imports = [
        name
        for asset_name, asset in assets.items()
        if "bokeh" not in asset_name and asset_name.endswith(".js")
        for name in re.findall(r'from "\./([^"]+)"', asset.body.decode())
    ]
    assert imports
    assert set(imports) <= set(assets)


def test_a_bundle_that_has_changed_is_not_given_by_its_old_name(tmp_path: Path) -> None:
    """Browsers keep a file for ever by its name. One that was put back has its name again."""
    files = [tmp_path / bundle for bundle in bokehjs.BUNDLES]
    for file in files:
        file.write_text(file.name)
    bundles = bokehjs.Bundles(files)
    (first, second, _third) = bundles
    files[0].write_text("another")
    files[1].unlink()
    assert bundles.get(first) is bundles.get(second) is None
    files[0].write_text(files[0].name)
    assert bundles[first].body.decode() == files[0].name


def test_nothing_is_imported_from_bokeh_before_a_chart_is_drawn() -> None:
    """Neither the plugin, its providers, its charts nor its page bring Bokeh's models or numpy."""
    script = (
        "import sys, timecode_dashboard_bokeh as plugin\n"
        "plugin.timecode_charts(); plugin.timecode_renderers()\n"
        "assert 'bokeh' not in sys.modules, 'hooks'\n"
        "from timecode_dashboard_bokeh.page_renderer import PageRenderer\n"
        "PageRenderer().assets(); PageRenderer().version\n"
        "assert not {'bokeh.models', 'bokeh.model', 'numpy'} & set(sys.modules), 'page'\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_the_hook_is_published_and_the_plugin_keeps_it() -> None:
    """`timecode_charts` exists once the plugin is registered, and collects from anybody."""
    manager = pluggy.PluginManager("timecode")
    from timecode_core.wiring import hookspecs

    manager.add_hookspecs(hookspecs)
    manager.register(timecode_dashboard_bokeh)
    manager.hook.timecode_addhooks.call_historic(kwargs={"pm": manager})
    manager.check_pending()
    names = [chart.name for offered in manager.hook.timecode_charts() for chart in offered]
    assert names == ["days", "projects", "languages", "table"]


def test_the_providers_build_renderers(tmp_path: Any) -> None:
    """Both need nothing but the context."""
    context = Context(Home(tmp_path), CoreSettings(), Charts())
    for name in ("dashboard", "charts"):
        renderer = provider(name).build(None, context)
        assert renderer.version
