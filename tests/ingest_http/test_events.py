"""`/api/v1/events`, on both servers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from support.server import Server

START = 1_750_000_000
URL = "/api/v1/events"
JSON = {"Content-Type": "application/json"}


def heartbeats(project: str, count: int = 3) -> list[dict[str, Any]]:
    return [{"time": START + 10 * n, "entity": f"/w/{project}/a.py", "project": project} for n in range(count)]


def stored(service: Server, project: str) -> list[dict[str, Any]]:
    answer = service.get(f"{URL}?from=2025-06-01&to=2025-06-30&limit=10000").json()
    return [event for event in answer["events"] if event["project"] == project]


def test_a_batch_is_answered_event_by_event_in_order(service: Server, project: str) -> None:
    """Ids and verdicts stand one an event, in order, and a bad event does not fail its batch."""
    good = heartbeats(project, 2)
    receipt = service.post([good[0], {"entity": "no time"}, good[0], "no event", good[1]])
    assert (receipt["stored"], receipt["duplicate"], receipt["excluded"]) == (2, 1, 0)
    assert receipt["verdicts"] == ["stored", "rejected", "duplicate", "rejected", "stored"]
    assert [rejected["index"] for rejected in receipt["rejected"]] == [1, 3]
    assert all(rejected["error"] for rejected in receipt["rejected"])
    assert receipt["ids"][1] is receipt["ids"][3] is None
    assert receipt["ids"][0] == receipt["ids"][2] != receipt["ids"][4]


def test_the_same_batch_twice_is_stored_once(service: Server, project: str) -> None:
    """A client that never heard our answer may send again."""
    first, second = service.post(heartbeats(project)), service.post(heartbeats(project))
    assert first["stored"] == second["duplicate"] == 3
    assert second["stored"] == 0
    assert first["ids"] == second["ids"]
    assert len(stored(service, project)) == 3


def test_a_bare_array_is_a_batch_too(service: Server, project: str) -> None:
    """The envelope may be left out."""
    answer = service.request("POST", URL, heartbeats(project))
    assert answer.json()["stored"] == 3


def test_an_empty_batch_is_fine(service: Server) -> None:
    """Nothing to store is nothing wrong."""
    assert service.post([])["verdicts"] == []


def test_events_come_back_with_their_ids_page_by_page(service: Server, project: str) -> None:
    """Following `next` gives every event once, in order, with the id that its receipt named."""
    ids = service.post(heartbeats(project, 7))["ids"]
    found: list[dict[str, Any]] = []
    after = ""
    while True:
        page = service.get(f"{URL}?from=2025-06-01&to=2025-06-30&limit=2" + (f"&after={after}" if after else "")).json()
        assert len(page["events"]) <= 2
        found += page["events"]
        after = page["next"]
        if after is None:
            break
    assert [event["id"] for event in found if event["project"] == project] == ids
    assert [event["time"] for event in found] == sorted(event["time"] for event in found)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"12",
        b'"events"',
        b"{}",
        b'{"events": {}}',
        b'{"events": null}',
        b"[NaN]",
        b'[{"time": Infinity}]',
        b"\xff\xfe",
        b"\xef\xbb\xbf[]",
        b'["\\ud800", NaN]',
        b"[1e999, -Infinity]",
        b'["\\ud800", ' + b"[" * 100_000,
        b'["\\ud800", "\xff"]',
        b"[" * 100_000,
        b'{"events":' * 50_000,
        b"[1] trailing",
    ],
)
def test_what_is_no_batch_is_a_bad_request(service: Server, body: bytes) -> None:
    """A body that is no batch gets 400 and a problem document, never a fault of ours."""
    answer = service.request("POST", URL, body)
    assert answer.status == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 400


@pytest.mark.parametrize(
    "event",
    [
        {"time": 2**70, "entity": "a"},
        {"time": -1, "entity": "a"},
        {"time": START, "entity": "a", "duration": 2**63},
        {"time": START, "entity": "a\x00b"},
        {"time": START, "entity": ["a"]},
        {"time": START, "entity": None},
        {"time": str(START), "entity": "a"},
        {"time": START, "entity": "a", "is_write": 1},
        {"time": True, "entity": "a"},
        {},
        [],
    ],
)
def test_an_event_that_cannot_be_is_rejected_for_good(service: Server, event: object) -> None:
    """Huge numbers, wrong kinds and NULs are told, with the place; the batch is taken."""
    receipt = service.post([event])
    assert receipt["verdicts"] == ["rejected"]
    assert receipt["rejected"][0]["index"] == 0


@pytest.mark.parametrize(
    "bad",
    [
        b'{"time": 1e999, "entity": "a"}',
        b'{"time": 1, "duration": -1e999, "entity": "a"}',
        b'{"time": ' + b"9" * 5000 + b', "entity": "a"}',
        b'{"time": 1, "entity": "\\ud800"}',
        b'{"time": 1, "entity": "a", "branch": "x\\udfff"}',
        b'{"time": "\\ud800", "entity": "a"}',
        b'"\\ud800"',
    ],
)
def test_a_value_that_cannot_be_costs_only_its_event(service: Server, project: str, bad: bytes) -> None:
    """1e999 and half a surrogate pair are legal JSON, and what JSON.stringify may give: the others are stored."""
    good = json.dumps(heartbeats(project, 1)[0]).encode()
    answer = service.request("POST", URL, b"[" + good + b"," + bad + b"]")
    assert answer.status == 200
    assert answer.json()["verdicts"] == ["stored", "rejected"]


def test_too_many_events_are_refused_whole(service: Server) -> None:
    """A batch has a limit, told as such."""
    assert service.request("POST", URL, b"[" + b"0," * 10_000 + b"0]").status == 413


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=10001",
        "limit=x",
        "limit=",
        "after=x",
        f"after={2**80}-00",
        "colour=red",
        "from=today",
        "from=2025-06-02&to=2025-06-01",
        "from=2025-06-01&from=2025-06-02",
    ],
)
def test_a_senseless_question_for_events_is_a_bad_request(service: Server, query: str) -> None:
    """Each gets 400 with a detail that a person can act on."""
    answer = service.get(f"{URL}?{query}")
    assert answer.status == 400
    assert len(answer.json()["detail"]) > 10


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text() | st.sampled_from(["time", "entity", "events"]), inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(settings.get_profile("http"))
@given(document=anything)
def test_no_document_is_a_fault_of_ours(service: Server, document: object) -> None:
    """Whatever JSON (or what Python takes for it) comes, the answer is a receipt or 4xx."""
    answer = service.request("POST", URL, json.dumps(document).encode("utf-8", "surrogatepass"))
    assert answer.status == 200 or 400 <= answer.status < 500


@settings(settings.get_profile("http"))
@given(body=st.binary(max_size=200))
def test_no_bytes_are_a_fault_of_ours(service: Server, body: bytes) -> None:
    """Whatever bytes come, the answer is a receipt or 4xx."""
    answer = service.request("POST", URL, body)
    assert answer.status == 200 or 400 <= answer.status < 500


@settings(settings.get_profile("http"))
@given(
    event=st.fixed_dictionaries(
        {"time": st.integers(0, 2**40) | st.floats() | st.text(max_size=30), "entity": st.text(max_size=300)},
        optional={
            name: st.text(max_size=40)
            for name in (
                "project",
                "branch",
                "language",
                "editor",
                "machine_id",
                "category",
                "type",
                "source",
                "project_root",
            )
        }
        | {"duration": st.floats() | st.integers(), "is_write": st.booleans()},
    )
)
def test_no_event_is_a_fault_of_ours(service: Server, event: dict[str, Any]) -> None:
    """Any texts and numbers in an event's fields are stored or refused, and can be read again."""
    answer = service.request("POST", URL, json.dumps([event]).encode("utf-8", "surrogatepass"))
    assert answer.status == 200 or 400 <= answer.status < 500
    assert service.get(f"{URL}?from=1970-01-01&to=9999-01-01&limit=1").status == 200
