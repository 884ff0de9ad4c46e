"""The API's description, held against the routes."""

from __future__ import annotations

import re
from typing import Any

from support.installations import fresh_service
from support.server import Server
from timecode_core.answering.periods import PERIODS
from timecode_ingest_http.access.codes import Codes
from timecode_ingest_http.access.credentials import Credentials
from timecode_ingest_http.access.keys import Keys
from timecode_ingest_http.access.sign_in import SignIn
from timecode_ingest_http.app import Identity, own_mounts
from timecode_ingest_http.mount import Mount
from timecode_ingest_http.resources.openapi import description
from timecode_ingest_http.settings import HttpSettings
from timecode_ingest_http.shell import Shell

METHODS = ("get", "head", "post", "put", "patch", "delete")


def test_the_description_names_every_route_and_method_and_no_other() -> None:
    """Paths and methods of the description are those of the mounted resources."""
    document = description()
    described = {path: {m for m in item if m in METHODS} for path, item in document["paths"].items()}
    mounts = mounted_by_default()
    mounted = {m.path: {method for method in METHODS if hasattr(m.resource, f"on_{method}")} for m in mounts}
    assert described == mounted


def test_the_description_says_whose_credential_is_taken() -> None:
    """For every path and method, by the policy: nobody's where it is open, else those that may."""
    document = description()
    assert document["security"] == [{"token": []}, {"read": []}, {"session": []}]
    for mount in mounted_by_default():
        for method, operation in document["paths"][mount.path].items():
            if method in METHODS:
                described = {name for one in operation.get("security", document["security"]) for name in one}
                assert described == (set() if mount.policy.open else {*mount.policy.taken(method.upper())}), mount.path


def mounted_by_default() -> list[Mount]:
    """The routes of a service with the default settings."""
    with fresh_service() as service:
        home, shell = service.installation.home, Shell.of(service.installation.renderers(), HttpSettings().page)
        sign_in = SignIn(home, "t", 1, 1, Codes())
        return own_mounts(service, Identity("t", 1), shell, sign_in, Credentials("t", Keys(home), sign_in))


def test_the_description_has_no_loose_ends() -> None:
    """Every reference leads somewhere, every path parameter is described, every operation has a name of its own."""
    document = description()

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if "$ref" in node:
                found: Any = document
                for part in node["$ref"].removeprefix("#/").split("/"):
                    found = found[part]
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(document)
    names = [item[m]["operationId"] for item in document["paths"].values() for m in METHODS if m in item]
    assert len(names) == len(set(names))
    for path, item in document["paths"].items():
        described = {p["name"] for p in item.get("parameters", ())}
        assert set(re.findall(r"{(\w+)}", path)) == described


def test_the_described_periods_are_those_that_there_are() -> None:
    """Wherever days can be asked for, a period can, by each of the core's names."""
    described = [
        {parameter["name"]: parameter["schema"] for parameter in operation["parameters"]}
        for item in description()["paths"].values()
        for method in METHODS
        if (operation := item.get(method, {})).get("parameters")
    ]
    asking = [schemas for schemas in described if "from" in schemas]
    assert len(asking) == 3
    assert all(schemas["period"] == {"enum": list(PERIODS)} for schemas in asking)


def test_the_answers_are_as_described(service: Server, project: str) -> None:
    """Receipts, events, statistics, status and problems have the keys that the description requires, and no others."""
    schemas = service.get("/openapi.json").json()["components"]["schemas"]

    def check(document: dict[str, Any], name: str, *, more: bool = False) -> None:
        assert set(schemas[name]["required"]) <= set(document)
        assert more or set(document) <= set(schemas[name]["properties"])

    event = {"time": 1_650_000_000, "entity": "/x/y.py", "project": project}
    check(service.request("POST", "/api/v1/events", [event, {}]).json(), "Receipt")
    page = service.get("/api/v1/events?from=2022-04-01&to=2022-04-30").json()
    for stored in page["events"]:
        check(stored, "Event")
    check(service.get("/api/v1/stats?group_by=project").json(), "Stats")
    check(service.get("/api/v1/status").json(), "Status")
    check(service.get("/nowhere").json(), "Problem")
    link = service.request("POST", "/api/v1/login", {}).json()
    check(link, "Link")
    begun = service.request("POST", "/api/v1/session", {"code": link["code"]}, signed_in=False)
    check(begun.json(), "Session")
    check(service.request("POST", "/api/v1/session/challenge", {}, signed_in=False).json(), "Challenge")
