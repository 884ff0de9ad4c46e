"""Third parties' resources: mounted beside ours, under the same guard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import falcon
import pytest
from attrs import frozen
from falcon.testing import TestClient
from support.houses import fresh_home, installation
from timecode_core import hookimpl
from timecode_core.plugins import Plugins
from timecode_core.protocols import Asset, Provider, Rendered
from timecode_core.service import Service
from timecode_ingest_http.app import Identity, make_app
from timecode_ingest_http.codes import Codes
from timecode_ingest_http.mount import Mount
from timecode_ingest_http.policy import Policy
from timecode_ingest_http.settings import HttpSettings

TOKEN = "0b0e0a52-0000-4000-8000-000000000000"
PORT = 4821
BEARER = {"Authorization": f"Bearer {TOKEN}"}
# base64 of the token, as clients of other trackers send their key
BASIC = {"Authorization": "Basic MGIwZTBhNTItMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAw"}
EXTENSION = "chrome-extension://abcdefghijklmnopabcdefghijklmnop"


class Beat:
    """A resource of a third party: takes an event in its own way, and breaks every rule about headers."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def on_get(self, _req: falcon.Request, resp: falcon.Response, **_parts: str) -> None:
        resp.media = {"columns": list(self._service.answers.columns)}

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        entity = req.bounded_stream.read().decode()
        receipt = self._service.submit([{"time": 1_700_000_000, "entity": entity}], "beat")
        resp.media = {"verdict": receipt.outcomes[0].verdict}
        resp.set_header("Access-Control-Allow-Origin", "*")
        resp.set_header("Content-Security-Policy", "default-src *")


class Media:
    """A resource that lets Falcon decode its body."""

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = req.get_media()


class Broken:
    """A resource with a bug."""

    def on_get(self, _req: falcon.Request, _resp: falcon.Response) -> None:
        raise RuntimeError("a secret that nobody may see")


@frozen
class NoOptions:
    """A renderer's options: none."""


class Odd:
    """A renderer with assets, and a name and a type that would make bad headers."""

    version = "1"
    options = NoOptions

    def queries(self, _selection: Any, _options: Any) -> dict[str, Any]:
        return {}

    def render(self, _selection: Any, _reports: Any, _options: Any) -> Rendered:
        return Rendered(b"odd", "text/x\r\nSet-Cookie: a=b", 'zeit "für"\r\n../../mich', ".odd")

    def assets(self) -> dict[str, Asset]:
        return {"odd-1234.js": Asset(b"1;", "text/javascript")}


class Plugin:
    """A plugin that mounts everything above, some of it where it may not."""

    @hookimpl
    def timecode_http_resources(self, service: Service) -> list[Mount]:
        return [
            Mount("/undeclared", Beat(service)),
            Mount(
                "/declared",
                Beat(service),
                Policy(media_types=("text/plain",), carriers=("basic", "bearer"), origins=(EXTENSION,)),
            ),
            Mount("/media", Media()),
            Mount("/broken", Broken()),
            Mount("/api/v1/events", Beat(service), Policy(open=True)),
            Mount("/api/v1/export/json", Beat(service), Policy(open=True)),
            Mount("/undeclared", Beat(service), Policy(open=True)),
            Mount("no slash", Beat(service)),
            Mount("/no-resource", None),
            Mount("/{anything}", Beat(service)),
        ]

    @hookimpl
    def timecode_renderers(self) -> list[Provider]:
        return [Provider("odd", lambda _settings, _context: Odd())]


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    plugins = Plugins()
    plugins.register(Plugin(), "third_party")
    with fresh_home() as home:
        service = Service(installation(home, plugins=plugins))
        service.start()
        try:
            service.wait(240)
            mounts = plugins.collect("timecode_http_resources", service=service)
            app = make_app(service, HttpSettings(page="odd"), Identity(TOKEN, PORT), Codes(), mounts)
            yield TestClient(app, headers={"Host": f"127.0.0.1:{PORT}"})
        finally:
            service.close()


def test_an_undeclared_resource_gets_the_strictest_policy(client: TestClient) -> None:
    """Without a policy: a credential, JSON alone, no Basic, no foreign origin, no cookie for writing."""
    assert client.simulate_get("/undeclared").status_code == 401
    assert client.simulate_get("/undeclared", headers=BASIC).status_code == 401
    assert client.simulate_get("/undeclared", headers=BEARER | {"Origin": EXTENSION}).status_code == 403
    assert (
        client.simulate_post("/undeclared", body="x", headers=BEARER | {"Content-Type": "text/plain"}).status_code
        == 415
    )
    assert client.simulate_post("/undeclared", body="x", headers=BEARER | {"Content-Type": ""}).status_code == 415
    assert "project" in client.simulate_get("/undeclared", headers=BEARER).json["columns"]


def test_a_declared_policy_widens_what_it_names_and_nothing_else(client: TestClient) -> None:
    """Its media type, carrier and origin are let in; JSON, a cookie, another origin and another host are not."""
    sent = BASIC | {"Content-Type": "text/plain", "Origin": EXTENSION, "Sec-Fetch-Site": "cross-site"}
    assert client.simulate_post("/declared", body="/a/declared.py", headers=sent).json == {"verdict": "stored"}
    assert (
        client.simulate_post("/declared", body="x", headers=sent | {"Content-Type": "application/json"}).status_code
        == 415
    )
    assert client.simulate_post("/declared", body="x", headers=sent | {"Origin": EXTENSION + "x"}).status_code == 403
    assert client.simulate_post("/declared", body="x", headers=sent | {"Host": "evil.example"}).status_code == 421
    assert (
        client.simulate_post("/declared", body="x", headers=sent | {"Authorization": "Basic eA=="}).status_code == 401
    )
    assert client.simulate_post("/declared", body="x", headers=sent | {"Authorization": "Basic %%%"}).status_code == 401
    assert client.simulate_post("/declared", body="x" * (2**20 + 1), headers=sent).status_code == 413


def test_no_resource_can_set_headers_that_open_the_page(client: TestClient) -> None:
    """A mount that answers with CORS headers and a policy of its own has both undone."""
    sent = BASIC | {"Content-Type": "text/plain"}
    answer = client.simulate_post("/declared", body="/b", headers=sent)
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_no_mount_takes_the_place_of_another(client: TestClient) -> None:
    """A path that is taken, ours or a third party's, stays whose it is, with its own policy; the rest are mounted."""
    assert client.simulate_get("/api/v1/events").status_code == 401
    assert "events" in client.simulate_get("/api/v1/events", headers=BEARER).json
    assert client.simulate_get("/api/v1/export/json").status_code == 401
    assert client.simulate_get("/undeclared").status_code == 401


def test_a_broken_mount_takes_nothing_else_down(client: TestClient) -> None:
    """A malformed path or a missing resource is left out; everything after it is there."""
    assert client.simulate_get("/healthz").status_code == 200
    assert client.simulate_get("/whatever", headers=BEARER).status_code == 200
    assert client.simulate_get("/whatever").status_code == 401


def test_a_bug_is_told_without_its_details(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    """The client gets a bare 500; the log has the traceback."""
    answer = client.simulate_get("/broken", headers=BEARER)
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text
    assert "a secret that nobody may see" in caplog.text


def test_no_media_handler_but_the_one_for_json_is_there(client: TestClient) -> None:
    """Even a resource that lets Falcon decode its body can't be given a form, and strict JSON it is."""
    assert client.simulate_post("/media", json={"a": 1}, headers=BEARER).json == {"a": 1}
    form = BEARER | {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.simulate_post("/media", body="a=1", headers=form).status_code == 415
    broken = BEARER | {"Content-Type": "application/json"}
    for body in ("[NaN]", "[" * 100_000, "{", "\ud800".encode("utf-8", "surrogatepass"), b"\xff"):
        assert client.simulate_post("/media", body=body, headers=broken).status_code == 400


def test_a_renderer_cannot_break_out_of_a_header(client: TestClient) -> None:
    """Its file name and media type are data."""
    answer = client.simulate_get("/api/v1/export/odd", headers=BEARER)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "\n" not in answer.headers["content-disposition"]


def test_any_renderer_can_be_the_page_and_have_assets(client: TestClient) -> None:
    """The setting `page` names it; its assets are kept for ever."""
    assert client.simulate_get("/", headers=BEARER).content == b"odd"
    asset = client.simulate_get("/assets/odd/odd-1234.js", headers=BEARER)
    assert (asset.content, asset.headers["content-type"]) == (b"1;", "text/javascript")
    assert "immutable" in asset.headers["cache-control"]
    assert client.simulate_get("/assets/odd/odd-1234.js").status_code == 401
    assert client.simulate_get("/assets/odd/other.js", headers=BEARER).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"carriers": ("cookies",)},
        {"origins": ("*",)},
        {"origins": ("https://*.example",)},
        {"origins": ("example",)},
        {"origins": ("https://a.example/",)},
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    """A misspelt carrier or a wildcard is an error where it is written."""
    with pytest.raises(ValueError):
        Policy(**wrong)
