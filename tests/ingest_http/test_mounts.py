"""Third parties' resources: mounted beside ours, under the same guard."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import falcon
import pytest
from attrs import frozen
from falcon.testing import TestClient
from support.installations import fresh_home, installation, running
from timecode_core import hookimpl
from timecode_core.errors import PluginError
from timecode_core.protocols import Asset, Provider, Rendered
from timecode_core.query import Query
from timecode_core.serving.service import Service
from timecode_core.setup.home import Home
from timecode_core.wiring.plugins import Plugins
from timecode_ingest_http.access.codes import Codes
from timecode_ingest_http.access.keys import Keys
from timecode_ingest_http.app import Identity, make_app
from timecode_ingest_http.body import read_body
from timecode_ingest_http.body_size import MAX_BODY
from timecode_ingest_http.mount import Mount, Policy
from timecode_ingest_http.settings import HttpSettings
from timecode_ingest_http.shell import Shell

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
        entity = read_body(req).decode()
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
    """A shell with assets, and a name and a type that would make bad headers."""

    version = "1"
    options = NoOptions
    shell = True

    def queries(self, _selection: Any, _options: Any) -> dict[str, Any]:
        return {}

    def render(self, _selection: Any, _reports: Any, _options: Any) -> Rendered:
        return Rendered(b"odd", "text/x\r\nSet-Cookie: a=b", 'zeit "für"\r\n../../mich', ".odd")

    def assets(self) -> dict[str, Asset]:
        return {"odd-1234.js": Asset(b"1;", "text/javascript")}


class Asking(Odd):
    """It calls itself a shell, and asks."""

    def queries(self, selection: Any, _options: Any) -> dict[str, Any]:
        return {"all": Query(selection)}


class Closed(Odd):
    """It asks nothing, and is no shell all the same."""

    shell = False
    built = 0

    def __init__(self) -> None:
        Closed.built += 1


def make(kind: type[Odd], _settings: object, _context: object) -> Odd:
    """Build a renderer."""
    return kind()


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
            Mount("/ingest", Beat(service), Policy(takes=("ingest",), carriers=("query", "basic", "bearer"))),
            Mount("/readers", Beat(service), Policy(takes={"POST": ("read",)}, media_types=("text/plain",))),
            Mount("/packed", Beat(service), Policy(media_types=("text/plain",), encodings=("gzip",))),
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
        kinds = {"odd": Odd, "asking": Asking, "closed": Closed}
        return [Provider(name, partial(make, kind)) for name, kind in kinds.items()]


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with fresh_home() as home:
        yield home


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[TestClient]:
    plugins = Plugins()
    plugins.register(Plugin(), "third_party")
    with running(home, plugins=plugins) as service:
        mounts = plugins.collect("timecode_http_resources", service=service)
        app = make_app(service, HttpSettings(page="odd"), Identity(TOKEN, PORT), Codes(), mounts)
        yield TestClient(app, headers={"Host": f"127.0.0.1:{PORT}"})


@pytest.fixture(scope="module")
def keys(home: Path, client: TestClient) -> dict[str, str]:  # the client has made the folder
    """A key of each right."""
    made = Keys(Home(home))
    return {"ingest": made.new("ingest", "ingest"), "read": made.new("read", "read")}


def test_an_undeclared_resource_gets_the_strictest_policy(client: TestClient) -> None:
    """Without a policy: a credential as Bearer, JSON alone and as it is, no foreign origin."""
    assert client.simulate_get("/undeclared").status_code == 401
    assert client.simulate_get("/undeclared", headers=BASIC).status_code == 401
    assert client.simulate_get("/undeclared", params={"api_key": TOKEN}).status_code == 401
    packed = BEARER | {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert client.simulate_post("/undeclared", body=gzip.compress(b"x"), headers=packed).status_code == 415
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
    for path, headers in (("/declared", sent), ("/packed", BEARER | {"Content-Type": "text/plain"})):
        answer = client.simulate_post(path, body="/b", headers=headers)
        assert answer.status_code == 200
        assert not [name for name in answer.headers if name.startswith("access-control-")]
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_a_declared_origin_alone_is_told_that_it_may(client: TestClient) -> None:
    """By the headers that its browser wants, on good answers and on refusals; caches keep origins apart."""
    sent = BASIC | {"Content-Type": "text/plain", "Origin": EXTENSION, "Sec-Fetch-Site": "cross-site"}
    for headers in (sent, sent | {"Authorization": "Basic eA=="}):
        answer = client.simulate_post("/declared", body="/c", headers=headers)
        assert answer.headers["access-control-allow-origin"] == EXTENSION
        assert {"Origin", "Authorization"} <= set(answer.headers["vary"].split(", "))
        assert "access-control-allow-credentials" not in answer.headers
    for path, origin in (("/declared", EXTENSION + "x"), ("/packed", EXTENSION), ("/api/v1/status", EXTENSION)):
        answer = client.simulate_get(path, headers=BEARER | {"Origin": origin})
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers


def test_a_preflight_of_a_declared_origin_is_answered(client: TestClient) -> None:
    """It brings no credential, no body and no length, and reaches no resource; nobody else's is answered."""
    asking = {
        "Origin": EXTENSION,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type",
        "Sec-Fetch-Site": "cross-site",
    }
    answer = client.simulate_options("/declared", headers=asking)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == EXTENSION
    assert {"GET", "POST"} <= set(answer.headers["access-control-allow-methods"].split(", "))
    assert {"Authorization", "Content-Type"} <= set(answer.headers["access-control-allow-headers"].split(", "))
    assert "access-control-allow-private-network" not in answer.headers
    private = client.simulate_options("/declared", headers=asking | {"Access-Control-Request-Private-Network": "true"})
    assert private.headers["access-control-allow-private-network"] == "true"
    for path, headers in (
        ("/declared", asking | {"Origin": EXTENSION + "x"}),
        ("/undeclared", asking),
        ("/api/v1/events", asking),
        ("/declared", asking | {"Host": "evil.example"}),
    ):
        refused = client.simulate_options(path, headers=headers)
        assert refused.status_code in (403, 421)
        assert not [name for name in refused.headers if name.startswith("access-control-")]


def test_a_mount_takes_the_rights_that_it_names(client: TestClient, keys: dict[str, str]) -> None:
    """For all methods, or for one; a good credential with another right is told that it may not."""
    bearing = {right: {"Authorization": f"Bearer {key}"} for right, key in keys.items()} | {"token": BEARER}
    allowed = {right: client.simulate_get("/ingest", headers=headers).status_code for right, headers in bearing.items()}
    assert allowed == {"ingest": 200, "read": 403, "token": 403}
    for right, status in {"ingest": 403, "read": 200, "token": 403}.items():
        sent = bearing[right] | {"Content-Type": "text/plain"}
        assert client.simulate_post("/readers", body="/r", headers=sent).status_code == status
    for path in ("/readers", "/undeclared"):
        read = {right: client.simulate_get(path, headers=headers).status_code for right, headers in bearing.items()}
        assert read == {"ingest": 403, "read": 200, "token": 200}
        heads = {right: client.simulate_head(path, headers=headers).status_code for right, headers in bearing.items()}
        assert heads["ingest"] == 403
    unnamed = client.simulate_post("/undeclared", json={}, headers=bearing["read"])
    assert unnamed.status_code == 403


def test_a_mount_takes_a_key_in_the_ways_that_it_names(client: TestClient, keys: dict[str, str]) -> None:
    """As Bearer, as Basic in each of its forms, and in the address."""
    key = keys["ingest"]
    for pair in (key, f"{key}:", f":{key}", f"{key}:x"):
        basic = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
        assert client.simulate_get("/ingest", headers=basic).status_code == 200
    assert client.simulate_get("/ingest", params={"api_key": key}).status_code == 200
    for wrong in ("", "x", key.upper(), [key, key], "\u00e9"):
        assert client.simulate_get("/ingest", params={"api_key": wrong}).status_code == 401


def test_a_packed_body_is_unpacked_and_bounded(client: TestClient) -> None:
    """Where the policy says so; what would grow beyond the limit is refused before it does."""
    sent = BEARER | {"Content-Type": "text/plain", "Content-Encoding": "gzip"}

    def post(body: bytes, **headers: str) -> int:
        return client.simulate_post("/packed", body=body, headers=sent | headers).status_code

    assert post(gzip.compress(b"/a/packed.py")) == 200
    assert post(b"/a/plain.py", **{"Content-Encoding": "identity"}) == 200
    assert post(gzip.compress(b"/" * (MAX_BODY + 1))) == 413
    assert post(gzip.compress(b"\0" * 200_000_000)) == 413
    for broken in (b"x", gzip.compress(b"/x")[:-1], gzip.compress(b"/x") + b"x", gzip.compress(b"/x") * 2):
        assert post(broken) == 400
    for other in ("br", "deflate", "gzip, gzip", "x-gzip"):
        assert post(gzip.compress(b"/x"), **{"Content-Encoding": other}) == 415


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


def test_a_shell_is_open_with_its_assets_and_no_other_renderer_is(client: TestClient) -> None:
    """The setting `page` names it. For who has no credential, nothing else is even built."""
    page = client.simulate_get("/")
    assert (page.status_code, page.content) == (200, b"odd")
    asset = client.simulate_get("/assets/odd/odd-1234.js")
    assert (asset.content, asset.headers["content-type"]) == (b"1;", "text/javascript")
    assert "immutable" in asset.headers["cache-control"]
    assert "vary" not in asset.headers
    assert client.simulate_get("/assets/odd/other.js").status_code == 404
    Closed.built = 0
    for path in ("/assets/closed/odd-1234.js", "/api/v1/export/closed"):
        assert client.simulate_get(path).status_code == 401
    assert Closed.built == 0
    asset = client.simulate_get("/assets/closed/odd-1234.js", headers=BEARER)
    assert (asset.content, asset.headers["vary"]) == (b"1;", "Authorization")
    assert "immutable" in asset.headers["cache-control"]


@pytest.mark.parametrize("page", ["asking", "closed"])
def test_what_asks_or_does_not_say_so_is_no_shell(page: str) -> None:
    """The remedy names those that are."""
    plugins = Plugins()
    plugins.register(Plugin(), "third_party")
    with fresh_home() as home, pytest.raises(PluginError, match=r"is no shell.*Set page.*one of dashboard, odd[.]"):
        Shell.of(installation(home, plugins=plugins).renderers(), page)


def test_a_credential_is_looked_at_before_an_entity_tag(client: TestClient) -> None:
    """A browser's cache spans credentials, and the ports of a host: a right tag is no way in."""
    tag = client.simulate_get("/api/v1/export/json", headers=BEARER).headers["etag"]
    known = {"If-None-Match": tag}
    assert client.simulate_get("/api/v1/export/json", headers=BEARER | known).status_code == 304
    assert client.simulate_get("/api/v1/export/json", headers=known).status_code == 401
    assert client.simulate_get("/api/v1/export/json", headers=known | {"Authorization": "Bearer x"}).status_code == 401


def test_head_goes_with_get_and_what_is_not_named_stays_as_it_was() -> None:
    """A mapping of methods widens those that it names."""
    policy = Policy(takes={"GET": ("ingest",), "POST": ("token", "ingest")})
    assert policy.taken("GET") == policy.taken("HEAD") == ("ingest",)
    assert policy.taken("POST") == ("token", "ingest")
    assert policy.taken("DELETE") == ("token",)
    assert Policy(takes={"POST": ("ingest",)}).taken("HEAD") == ("token", "read", "session")


@pytest.mark.parametrize(
    "wrong",
    [
        {"carriers": ("cookie",)},
        {"carriers": "bearer"},
        {"takes": ("write",)},
        {"takes": {"POST": ("write",)}},
        {"encodings": ("br",)},
        {"origins": ("*",)},
        {"origins": ("https://*.example",)},
        {"origins": ("example",)},
        {"origins": ("https://a.example/",)},
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    """A misspelt carrier, right or encoding or a wildcard is an error where it is written."""
    with pytest.raises((ValueError, TypeError)):
        Policy(**wrong)
