"""The HTTP page and the API's own description say the same."""

from __future__ import annotations

import re
from typing import Any, get_args

from docs.manual import ROOT, codes, first_codes, prose, section, tables, text_of
from timecode_core.receipt import Verdict
from timecode_ingest_http.resources.openapi import description

PAGE = "docs/http-api.md"
API = description()
CALLS = {
    f"{method.upper()} {path}": operation
    for path, operations in API["paths"].items()
    for method, operation in operations.items()
    if method in ("get", "post", "put", "delete", "patch")
}


def test_every_endpoint_is_documented() -> None:
    """The page's first table has the calls of the description, and no other."""
    assert first_codes(tables(text_of(PAGE))[0]) == [*dict.fromkeys(first_codes(tables(text_of(PAGE))[0]))]
    assert set(first_codes(tables(text_of(PAGE))[0])) == set(CALLS)


OPEN = ("anybody", "who has a code", "who has a session's key")


def test_who_may_is_said_of_every_call() -> None:
    """Calls that need no credential are documented as such, and no others; for each of the others, every right."""
    documented = {codes(row[0])[0]: set() if row[1] in OPEN else {*row[1].split(", ")} for row in table_of_calls()}
    described = {
        call: {right for one in operation.get("security", API["security"]) for right in one}
        for call, operation in CALLS.items()
    }
    assert documented == described


def table_of_calls() -> list[list[str]]:
    """The page's first table."""
    return tables(text_of(PAGE))[0]


def test_every_field_of_an_event_is_documented() -> None:
    """Names, need and defaults are those of the description."""
    schema: dict[str, Any] = API["components"]["schemas"]["NewEvent"]
    (table,) = (t for t in tables(section(PAGE, "Storing events")) if codes(t[0][0]) == ["time"])
    documented = {codes(row[0])[0]: row[2] for row in table}
    assert set(documented) == set(schema["properties"])
    for name, default in documented.items():
        assert (default == "required") == (name in schema["required"]), name
        wanted = schema["properties"][name].get("default")
        if wanted not in (None, "") or (default.startswith("`") and wanted == ""):
            assert default.strip("`") == (f'"{wanted}"' if isinstance(wanted, str) else str(wanted).lower()), name


def test_every_verdict_is_documented() -> None:
    """Clients learn of each verdict what to do."""
    (table,) = (t for t in tables(section(PAGE, "Storing events")) if codes(t[0][0]) == ["stored"])
    assert tuple(first_codes(table)) == get_args(Verdict)


def test_every_parameter_is_documented() -> None:
    """Each call's own parameters stand in the table, and no others."""
    documented: dict[str, set[str]] = {}
    call = ""
    for row in tables(section(PAGE, "Asking"))[0]:
        call = (codes(row[0]) or [call])[0]
        documented.setdefault(call, set()).update(codes(row[1]))
    described = {
        call: {p["name"] for p in operation.get("parameters", []) if p["name"] != "filters"}
        for call, operation in CALLS.items()
        if operation.get("parameters")
    }
    assert documented == described


def test_every_error_is_documented() -> None:
    """The table of errors has each status of the description, and no other."""
    documented = {row[0] for row in tables(section(PAGE, "Errors"))[0]}
    described = {
        status for operation in CALLS.values() for status in operation["responses"] if re.match("[45]", status)
    }
    assert documented == described


def test_the_answers_keys_are_documented() -> None:
    """Every key of a receipt, of statistics and of the status stands on the page."""
    named = set(codes(prose(ROOT / PAGE))) | set(re.findall(r'"(\w+)":', text_of(PAGE)))
    for schema in ("Receipt", "Stats", "Status"):
        assert set(API["components"]["schemas"][schema]["properties"]) <= named, schema
