"""Faults of ours and of plugins: told as 503, with nothing stored, so that a client may come again."""

from __future__ import annotations

import threading

import falcon
import pytest
from falcon.testing import TestClient
from support.installations import fresh_home, fresh_service, plugins_with, running, started
from timecode_core import hookimpl
from timecode_core.aggregation import Aggregation
from timecode_core.protocols import Provider
from timecode_core.serving.service import Service
from timecode_core.stretch import Stretch
from timecode_core.subject import Seen
from timecode_core.wiring.plugins import Plugins
from timecode_ingest_http.access.codes import Codes
from timecode_ingest_http.app import Identity, make_app
from timecode_ingest_http.mount import Mount, Policy
from timecode_ingest_http.settings import HttpSettings

TOKEN = "0b0e0a52-0000-4000-8000-000000000000"
EVENTS = [{"time": 1_700_000_000 + n, "entity": "/a.py"} for n in range(3)]


def client_of(service: Service) -> TestClient:
    app = make_app(service, HttpSettings(), Identity(TOKEN, 4821), Codes())
    return TestClient(app, headers={"Host": "127.0.0.1:4821", "Authorization": f"Bearer {TOKEN}"})


def test_while_getting_ready_it_says_so_and_when_to_come_again() -> None:
    """Until the totals are there, events and questions get 503 with Retry-After; status, liveness and page answer."""
    go_on = threading.Event()

    def patient(_stretch: Stretch) -> str:
        go_on.wait(240)
        return "x"

    slow = Aggregation("slow", ("day", "patience"), derived={"patience": patient})
    with fresh_home() as home:
        with running(home) as service:
            service.submit(EVENTS, "test")
        with started(home, plugins=plugins_with(slow)) as service:
            client = client_of(service)
            answers = [
                client.simulate_post("/api/v1/events", json=EVENTS),
                *map(client.simulate_get, ("/api/v1/events", "/api/v1/stats", "/api/v1/export/json")),
            ]
            status, health = client.simulate_get("/api/v1/status"), client.simulate_get("/healthz")
            page = client.simulate_get("/")
            go_on.set()
            service.wait(240)
            after = client.simulate_post("/api/v1/events", json=EVENTS)
    for answer in answers:
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert answer.headers["content-type"] == "application/problem+json"
    assert status.status_code == health.status_code == page.status_code == 200
    assert status.json["ready"] is False
    assert status.json["progress"]
    assert after.json["duplicate"] == len(EVENTS)


class Stumbling:
    """A step with a fault of its own."""

    @hookimpl
    def timecode_steps(self) -> list[Provider]:
        def stumble(seen: Seen) -> Seen:
            if "secret" in seen.entity:
                raise RuntimeError("could not hide it")
            return seen

        return [Provider("stumble", lambda _settings, _context: stumble)]


def test_a_step_that_fails_stores_nothing_of_the_batch() -> None:
    """Redaction fails closed: 503 for the whole batch, of which nothing is stored."""
    plugins = Plugins()
    plugins.register(Stumbling(), "stumbling")
    core = {"steps": ("normalise", "exclude", "stumble", "redact")}
    with fresh_home() as home, running(home, core, plugins) as service:
        client = client_of(service)
        answer = client.simulate_post("/api/v1/events", json=[*EVENTS, {"time": 1, "entity": "/secret"}])
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        stored = client.simulate_get("/api/v1/events", params={"from": "1970-01-01", "to": "2100-01-01"}).json["events"]
        assert stored == []
        assert client.simulate_post("/api/v1/events", json=EVENTS).json["stored"] == len(EVENTS)


class Broken:
    """A third party's resource with a bug."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, name: str) -> None:  # noqa: ARG002
        raise ZeroDivisionError


def test_a_bug_is_logged_with_its_route_and_not_with_the_path(caplog: pytest.LogCaptureFixture) -> None:
    """Where anybody may call a route, its path is anybody's text, line feeds included."""
    with fresh_service() as service:
        mounts = [Mount("/broken/{name}", Broken(), Policy(open=True))]
        app = make_app(service, HttpSettings(), Identity(TOKEN, 4821), Codes(), mounts)
        answer = TestClient(app).simulate_get("/broken/x%0aforged", headers={"Host": "127.0.0.1:4821"})
    assert answer.status_code == 500
    (record,) = (record for record in caplog.records if record.name == "timecode.http")
    assert record.message == "GET /broken/{name}: unexpected error"
    assert record.exc_info is not None
    assert "forged" not in caplog.text
