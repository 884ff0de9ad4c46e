"""The figures that the documentation gives are those that the code gives."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from docs.manual import codes, section, tables
from support.installations import fresh_service, totals
from support.intake import taken
from timecode_core.accounting.crediting import credited
from timecode_core.accounting.rules.join_gaps import JoinGaps
from timecode_core.event import Event
from timecode_core.protocols import Step
from timecode_core.setup.home import Home
from timecode_core.setup.settings import Settings
from timecode_core.wiring.installation import Installation
from timecode_core.wiring.plugins import Plugins

SECOND = 1_000_000
ACCOUNTING = "docs/time-accounting.md"
START = 1_767_258_000


def test_the_worked_example_is_right() -> None:
    """Each event of the table earns what its last column says, and the sums are those of the text."""
    (table,) = tables(section(ACCOUNTING, "A worked example"))
    rows = [(int(row[0]), row[1], row[2], row[3], int(row[4])) for row in table]
    events = [
        Event.of(time=(START + at) * SECOND, entity=entity, project=project, editor=editor)
        for at, entity, project, editor, _ in rows
    ]
    earned = dict.fromkeys((event.time for event in events), 0)
    for stretch in credited(JoinGaps(900 * SECOND), [events]):
        earned[stretch.event.time] += (stretch.end - stretch.start) // SECOND
    assert list(earned.values()) == [credit for *_, credit in rows]
    assert (sum(earned.values()), len(rows)) == (1045, 8)
    by_project = {name: sum(credit for *_, p, _, credit in rows if p == name) for name in ("A", "B")}
    assert by_project == {"A": 985, "B": 60}
    for figure in ("1045 seconds", "985 for project A", "60 for project B"):
        assert figure in section(ACCOUNTING, "A worked example")


def test_the_example_with_a_duration_is_right() -> None:
    """A heartbeat inside a session takes nothing away from it."""
    with fresh_service() as service:
        session = {"time": "2026-03-02T09:00:00+00:00", "duration": 2400, "entity": "s", "category": "debugging"}
        service.submit([session, {"time": "2026-03-02T09:10:00+00:00", "entity": "t"}], "test")
        assert totals(service, ["category"]) == {("debugging",): 2400 * SECOND}


def beats(first: datetime, last: datetime) -> list[dict[str, Any]]:
    """Heartbeats every ten minutes from one instant to the other, each with the offset of its place and moment."""
    instants = range(int(first.timestamp()), int(last.timestamp()) + 1, 600)
    return [{"time": datetime.fromtimestamp(at, first.tzinfo).isoformat(), "entity": "a"} for at in instants]


def test_the_examples_of_changes_of_clock_are_right() -> None:
    """Berlin's short night and long day, in March and October."""
    berlin = ZoneInfo("Europe/Berlin")
    with fresh_service() as service:
        spring = ["2026-03-29T01:55:00+01:00", "2026-03-29T03:05:00+02:00"]
        service.submit([{"time": time, "entity": "a"} for time in spring], "test")
        assert totals(service, ["day", "hour"]) == {
            (date(2026, 3, 29), 1): 300 * SECOND,
            (date(2026, 3, 29), 2): 300 * SECOND,
        }
    with fresh_service() as service:
        service.submit(beats(datetime(2026, 10, 25, tzinfo=berlin), datetime(2026, 10, 26, tzinfo=berlin)), "test")
        assert totals(service, ["day"]) == {(date(2026, 10, 25),): 25 * 3600 * SECOND}
        assert totals(service, ["hour"])[(2,)] == 2 * 3600 * SECOND


def test_every_path_style_stores_what_the_page_says(tmp_path: Path) -> None:
    """The table of path styles shows what the steps really make of the path."""
    (table,) = tables(section("docs/privacy-and-security.md", "Path styles"))
    path, folder = codes(section("docs/privacy-and-security.md", "Path styles"))[2:4]
    assert len(table) == 5
    for row in table:
        style, stored = codes(row[0])[0], codes(row[1])[0]
        made = redacted(tmp_path, style, {"time": START, "entity": path, "project_root": folder})
        assert made.startswith(stored) if style == "hashed" else made == stored, style


def redacted(home: Path, style: str, item: dict[str, Any]) -> str:
    """The entity that is stored of an event in a path style."""
    steps: dict[str, Step] = Installation(Home(home), Settings({"core": {"paths": style}}), Plugins()).steps()
    return taken(item, *steps.values()).subject.entity
