"""The id: a function of the event as stored, the same for ever and everywhere."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import Any

import pytest
from hypothesis import given, strategies as st
from support.installations import fresh_service, totals
from support.intake import taking
from support.strategies import fewer
from timecode_core import subject
from timecode_core.calendar import day_date
from timecode_core.errors import EventError
from timecode_core.event import Event, flat
from timecode_core.intake.steps.normalise import normalise
from timecode_core.intake.steps.redact import build_redact
from timecode_core.intake.wire import event_to_wire
from timecode_core.selection import Selection

STYLES: list[Any] = ["relative", "absolute", "name", "hashed", "hidden"]

_FULL = Event.of(
    time=1_767_171_599_123_456,
    utc_offset=20_700,
    duration=3_600_000_000,
    entity="src/über/ä.py",
    category="writing tests",
    project="Timecode",
    branch="feature/x",
    language="Python",
    editor="VS Code",
    machine_id="host-1",
    is_write=True,
    source="ingest_http",
)
_GOLDEN = [
    (Event.of(time=0, entity="a"), "013f7cf1fd52214fce1a60075ce3aa17"),
    (_FULL, "0108ca5e9ca67521d4fcc4f7a2e9656a"),
    (
        Event.of(
            time=1_700_000_000_000_000,
            utc_offset=-34_200,
            duration=1,
            entity="example.com",
            type="domain",
            category="browsing",
        ),
        "01b40b4d4746ec2e72d1446868f7f0b0",
    ),
]


@pytest.mark.parametrize(("event", "hexadecimal"), _GOLDEN)
def test_ids_never_change_between_releases(event: Event, hexadecimal: str) -> None:
    """Whoever changes these figures makes every re-import of an old export a duplicate: raise ID_VERSION instead."""
    assert event.id.hex() == hexadecimal
    assert len(event.id) == 16
    assert event.id[0] == 1, "the version comes first"


def test_a_field_that_came_later_is_in_the_id_only_where_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is in this test with the source, in the place of one that there isn't yet."""
    monkeypatch.setattr(subject, "LATER", ("source",))
    monkeypatch.setattr(subject, "later_texts", subject.getter(("source",)))
    text = b"0\x000\x000\x00a\x00file\x00coding\x00\x00\x00\x00\x00\x000"
    for source, more in (("", b""), ("ours", b"\x00source=ours")):
        digest = blake2b(text + more, digest_size=15, person=b"timecode-event").digest()
        assert Event.of(time=0, entity="a", source=source).id == b"\x01" + digest
    assert Event.of(time=0, entity="a").id.hex() == _GOLDEN[0][1]


_words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
_fields: dict[str, st.SearchStrategy[Any]] = {
    "time": st.integers(0, 253_370_764_799_999_999),
    "utc_offset": st.integers(-1439, 1439).map(lambda minutes: minutes * 60),
    "duration": st.integers(0, 3_600_000_000),
    "entity": _words,
    "type": _words,
    "category": _words,
    "project": _words,
    "branch": _words,
    "language": _words,
    "editor": _words,
    "machine_id": _words,
    "is_write": st.booleans(),
}


@given(st.fixed_dictionaries(_fields), st.sampled_from(sorted(_fields)), st.data())
def test_any_other_field_gives_another_id(fields: dict[str, Any], changed: str, data: st.DataObject) -> None:
    event = Event.of(**fields)
    other = event.evolve(**{changed: data.draw(_fields[changed])})
    assert (event.id == other.id) == (event == other) == (flat(event)[changed] == flat(other)[changed])


@given(st.fixed_dictionaries(_fields), _words, _words)
def test_who_brought_an_event_is_no_part_of_what_it_is(fields: dict[str, Any], one: str, another: str) -> None:
    assert Event.of(**fields, source=one).id == Event.of(**fields, source=another).id
    assert Event.of(**fields, source=one) == Event.of(**fields, source=another)


@given(_words, _words, _words)
def test_a_text_that_moves_from_one_field_to_its_neighbour_gives_another_id(a: str, b: str, c: str) -> None:
    one, another = Event.of(time=0, entity=a, project=b + c), Event.of(time=0, entity=a, project=b, branch=c)
    assert (one.id == another.id) == (one == another)


def _steps(style: Any) -> Any:
    return taking(normalise, build_redact(style, "a secret"), zone="Asia/Kathmandu")


_parts = st.one_of(
    st.sampled_from(
        ["a.py", "~", "~x", "..", ".", "", " ", "C:", "c:\\x", "\\\\srv\\y", "\\a\\b", "http:", "file:", "x y"]
    ),
    st.sampled_from(
        ["HIDDEN", "hashed-" + "0" * 32, "u:p@host", "q?x", "f#y", "%20", "%2F", "é", "e\u0301", "a\\b", "git:"]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=6),
)
_BEGINNINGS = [
    *["", "/", "//", "/home/me/p/", "C:\\p\\", "c:/p/", "~/", "\\\\server\\share\\", "\\", "./", "../", "a:", "git:/"],
    *["file:///", "file:/", "file://", "FILE://localhost/", "https://", "https://u:p@", "x@https://u:p@"],
    "vscode-remote://ssh/",
]
_beginnings = st.sampled_from(_BEGINNINGS)
entities = st.builds(
    lambda start, parts: start + "/".join(parts), _beginnings, st.lists(_parts, min_size=1, max_size=4)
)
_wire_events = st.fixed_dictionaries(
    {
        "time": st.one_of(
            st.integers(0, 2**31),
            st.floats(0, 2**31),
            st.sampled_from(["2026-03-29T01:59:59.9999999Z", "2026-01-01T00:00:00+05:45", "2026-01-01T00:00:00-00:00"]),
        ),
        "entity": entities,
    },
    optional={
        "type": st.sampled_from(["file", "app", "domain", "url", "event", "", " file "]),
        "duration": st.one_of(st.integers(0, 3600), st.floats(0, 3600)),
        "project": st.one_of(entities, _parts),
        "branch": _parts,
        "category": _parts,
        "is_write": st.booleans(),
        "project_root": st.sampled_from(
            ["", "/", "/home/me/p", "/home/me/p/", "C:\\p", "c:/P", "~", "file:///home/me/p"]
        ),
    },
)


@pytest.mark.parametrize("style", STYLES)
@fewer(2)
@given(item=_wire_events)
def test_what_is_exported_and_imported_again_is_the_same_event(style: Any, item: dict[str, Any]) -> None:
    """The steps change nothing in what they have made: same id, whatever the path style, through JSON and back."""
    fold = _steps(style)
    try:
        event = fold(item)
    except EventError:
        return
    again = fold(json.loads(json.dumps(event_to_wire(event))))
    assert again == event
    assert again.id == event.id
    assert again.subject.source == event.subject.source


def test_text_that_grows_when_it_is_composed_is_refused_at_once_and_not_when_its_export_comes_back() -> None:
    """U+0958 is two characters once composed: 512 of them fit at first sight, and would not fit again."""
    with pytest.raises(EventError, match="longer than 512"):
        _steps("absolute")({"time": 1, "entity": "a", "project": "\u0958" * 512})


@fewer(4)
@given(st.lists(_wire_events, min_size=1, max_size=6))
def test_a_store_s_export_imported_into_another_gives_the_same_ids_and_the_same_totals(
    items: list[dict[str, Any]],
) -> None:
    core = {"paths": "relative", "timezone": "Australia/Lord_Howe"}
    with fresh_service(core) as one, fresh_service({**core, "timezone": "America/New_York"}) as other:
        one.submit(items, "test")
        everything = Selection(day_date(-2), day_date(40_000))
        exported, after = one.answers.events(everything, 100)
        assert after is None
        receipt = other.submit(json.loads(json.dumps([event_to_wire(event) for event in exported])), "import")
        assert [outcome.id for outcome in receipt.outcomes] == [event.id.hex() for event in exported]
        assert {outcome.verdict for outcome in receipt.outcomes} <= {"stored"}
        columns = ["day", "hour", "project", "entity", "type"]
        assert totals(other, columns) == totals(one, columns)


def test_an_event_sent_through_another_source_is_a_duplicate() -> None:
    with fresh_service() as service:
        item = {"time": 1_700_000_000, "entity": "/p/a.py"}
        first, second = service.submit([item], "ingest_http"), service.submit([{**item, "source": "import"}], "x")
        assert [first.outcomes[0].verdict, second.outcomes[0].verdict] == ["stored", "duplicate"]
        assert first.outcomes[0].id == second.outcomes[0].id
