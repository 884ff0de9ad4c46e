"""What an earlier version wrote is read by this one to the byte: its database, and the export of its events.

The files in `kept` were made by the last version whose event was one flat record: 2,200 heartbeats of an invented
person and 300 odd ones, with spans, doubled ones, places and none, names of every kind, through three sources. A field
that came later is empty in all of them, and is left out here.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import apsw
import orjson
import pytest
from support.installations import fresh_home, fresh_service, installation, running, totals
from timecode_core.accounting.verification import verify
from timecode_core.answering.answers import iterate_events
from timecode_core.answering.renderers.json import report_to_dict
from timecode_core.intake.wire import event_to_wire
from timecode_core.query import Query
from timecode_core.selection import Selection
from timecode_core.serving.service import Service
from timecode_core.subject import LATER

KEPT = Path(__file__).parent / "kept"
SETTINGS = {"timezone": "Europe/Berlin", "paths": "relative"}
WHOLE = Selection(date(1969, 12, 31), date(9999, 12, 30))
ROWS = (
    "SELECT time, id, utc_offset, duration, context, is_write, entity FROM events ORDER BY time, id",
    "SELECT id, project, branch, language, editor, machine_id, category, type, source, events FROM contexts "
    "ORDER BY id",
    "SELECT name, columns FROM aggregations ORDER BY name",
    "SELECT * FROM agg_daily ORDER BY 1, 2",
    "SELECT * FROM agg_hourly ORDER BY 1, 2, 3",
    "SELECT * FROM agg_entities ORDER BY 1, 2, 3",
)


def kept(name: str) -> bytes:
    """A file as the earlier version gave it."""
    return gzip.decompress((KEPT / f"{name}.gz").read_bytes())


def rows(database: Path) -> list[list[Any]]:
    """All that a database holds, row by row."""
    connection = apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return [connection.execute(sql).fetchall() for sql in ROWS]
    finally:
        connection.close()


def events_of(service: Service) -> list[dict[str, Any]]:
    """Every stored event as `GET /api/v1/events` gives it, but for empty fields that came later."""
    decoded: list[dict[str, Any]] = orjson.loads(
        orjson.dumps([event_to_wire(event) for event in iterate_events(service.answers, WHOLE)])
    )
    return [{name: told for name, told in event.items() if told != "" or name not in LATER} for event in decoded]


@pytest.fixture
def home() -> Iterator[Path]:
    """A home with the database of the earlier version."""
    with fresh_home() as folder:
        folder.mkdir(mode=0o700)
        (folder / "timecode.db").write_bytes(kept("timecode.db"))
        yield folder


def test_a_kept_database_gives_the_same_events_reports_and_files(home: Path) -> None:
    """Byte for byte, ids included."""
    with running(home, SETTINGS) as service:
        assert events_of(service) == json.loads(kept("events.json"))["events"]
        reports = {
            columns: report_to_dict(service.answers.report(Query(WHOLE, tuple(filter(None, columns.split(","))))))
            for columns in json.loads(kept("stats.json"))
        }
        assert orjson.dumps(reports, option=orjson.OPT_SORT_KEYS) == kept("stats.json")
        rendered = service.render(service.order("csv", WHOLE, {"group_by": ["day", "project", "category"]}))
        assert rendered.body == kept("days.csv")


def test_a_kept_database_stays_as_it_is(home: Path) -> None:
    """No event or cell is computed anew or found wrong; and computed anew, everything is as it was."""
    before = rows(home / "timecode.db")
    with running(home, SETTINGS):
        pass
    assert rows(home / "timecode.db") == before
    house = installation(home, SETTINGS)
    store = house.store()
    try:
        found = verify(house.terms(), store)
    finally:
        store.close()
    assert found.clean
    assert (found.events, found.altered) == (len(json.loads(kept("events.json"))["events"]), 0)


def test_a_kept_export_gives_the_same_ids_and_totals(home: Path) -> None:
    """Sent into an empty store in another order, every event is the same again; into the old one, all are known."""
    events = json.loads(kept("events.json"))["events"]
    with fresh_service(SETTINGS) as service:
        receipt = service.submit(events[::-1], "import")
        assert [outcome.id for outcome in receipt.outcomes] == [event["id"] for event in events[::-1]]
        assert receipt.count("stored") == len(events)
        computed = totals(service, ["day", "project", "entity"])
        assert events_of(service) == events
    with running(home, SETTINGS) as service:
        assert service.submit(events, "import").count("duplicate") == len(events)
        assert totals(service, ["day", "project", "entity"]) == computed
