"""The guard, on both servers: what a web page, a rebound name or a stranger may not do."""

from __future__ import annotations

from typing import Any

import pytest
from support.server import Answer, Server
from timecode_ingest_http.guard import CONTENT_SECURITY_POLICY
from timecode_ingest_http.resources.openapi import description

EVENTS = "/api/v1/events"
EVENT = [{"time": 1_600_000_000, "entity": "/guard/a.py", "project": "must never be stored"}]
OPEN = {"/", "//", "/assets/dashboard/x", "/openapi.json", "/healthz", "/api/v1/hello"}
OPEN |= {f"/api/v1/session{step}" for step in ("", "/challenge", "/bearer")}
PATHS = [path.format(renderer="json", name="x") for path in description()["paths"]]
READ_PATHS = [path for path in PATHS if "get" in description()["paths"].get(path, {"get": 1})]


def count(service: Server) -> int:
    found = service.get(f"{EVENTS}?from=2020-09-01&to=2020-09-30&limit=10000").json()["events"]
    return len(found)


def post_head(service: Server, *lines: str) -> bytes:
    common = (f"POST {EVENTS} HTTP/1.1", f"Host: 127.0.0.1:{service.port}", f"Authorization: Bearer {service.token}")
    return ("\r\n".join((*common, *lines)) + "\r\n\r\n").encode()


def raw_status(service: Server, method: str, target: str, host: str = "") -> int:
    """The status of a request with the token whose target is sent as it stands."""
    lines = (
        f"{method} {target} HTTP/1.1",
        f"Host: {host or f'127.0.0.1:{service.port}'}",
        f"Authorization: Bearer {service.token}",
        "Connection: close",
    )
    with service.raw(("\r\n".join(lines) + "\r\n\r\n").encode()) as connection:
        return int(connection.recv(1000).split(b" ", 2)[1])


def check_headers(answer: Answer) -> None:
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"]
    assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("path", [*PATHS, "/nowhere", "/api/v1/nowhere", "//", "/assets/../token"])
def test_every_path_wants_a_credential_but_the_open_ones(service: Server, path: str) -> None:
    """Without a credential a path is open by design or answers 401, be it there or not, with all headers."""
    answer = service.get(path, signed_in=False)
    check_headers(answer)
    if path in OPEN:
        assert answer.status != 401
        assert "vary" not in answer.headers
    else:
        assert answer.status == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["vary"] == "Authorization"


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_no_method_gets_round_the_credential(service: Server, method: str) -> None:
    """Whatever the method, a stranger gets 401."""
    assert service.request(method, EVENTS, b"[]", signed_in=False).status == 401


def test_the_policy_is_the_one_that_was_agreed() -> None:
    """The Content-Security-Policy stands letter by letter."""
    assert CONTENT_SECURITY_POLICY == (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/status", "/", "/api/v1/session", "/nowhere"])
@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "127.0.0.1",
        "127.0.0.1:1",
        "localhost.evil.example:{port}",
        "[::1]",
        "127.0.0.1:{port}@evil.example",
        "0.0.0.0:{port}",
        "::1:{port}",
        "127.0.0.1.:{port}",
    ],
)
def test_a_rebound_name_is_turned_away(service: Server, host: str, path: str) -> None:
    """Only the three names of this machine, with the port, are ours: DNS rebinding gets 421, even with the token."""
    answer = service.get(path, headers={"Host": host.format(port=service.port)})
    assert answer.status == 421
    check_headers(answer)


@pytest.mark.parametrize(
    "target",
    [
        "http://evil.example/api/v1/status",
        "http://evil.example:{port}/api/v1/status",
        "http://127.0.0.1/api/v1/status",
        "http://127.0.0.1:1/api/v1/status",
        "http://127.0.0.1:{port}@evil.example/api/v1/status",
        "http://x@127.0.0.1:{port}/api/v1/status",
        "http://evil.example?http://127.0.0.1:{port}/api/v1/status",
        "http://evil.example/http://127.0.0.1:{port}/api/v1/status",
        "http://127.0.0.1.:{port}/api/v1/status",
        "http://127.0.0.1:{port}x/api/v1/status",
        "http:///api/v1/status",
        "https://127.0.0.1:{port}/api/v1/status",
        "HTTP://EVIL.EXAMPLE/api/v1/status",
        "ws://127.0.0.1:{port}/api/v1/status",
        "file:///api/v1/status",
        "://127.0.0.1:{port}/api/v1/status",
    ],
)
def test_a_target_of_another_host_is_turned_away(service: Server, target: str) -> None:
    """A target that names a host is for that host, whatever the Host header says (RFC 9112, 3.2.2)."""
    assert raw_status(service, "GET", target.format(port=service.port)) in (421, 400)
    if target.startswith("http://"):
        assert raw_status(service, "GET", target.format(port=service.port)) == 421


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "127.0.0.1:{port}"),
        ("GET", "api/v1/status"),
        ("GET", "*"),
        ("OPTIONS", "*"),
        ("CONNECT", "127.0.0.1:{port}"),
        ("CONNECT", "evil.example:80"),
        ("GET", "mailto:x"),
    ],
)
def test_a_target_that_is_no_path_is_turned_away(service: Server, method: str, target: str) -> None:
    """There is nothing here that it could mean, with the token or without."""
    assert raw_status(service, method, target.format(port=service.port)) == 400


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_a_target_may_name_us(service: Server, host: str) -> None:
    """A client that takes us for a proxy of ourselves gets its answer; a Host of others is refused all the same."""
    target = f"http://{host}:{service.port}/api/v1/status"
    assert raw_status(service, "GET", target) == 200
    assert raw_status(service, "GET", target, host="evil.example") == 421


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_the_three_names_of_this_machine_are_ours(service: Server, host: str) -> None:
    """Each of them, with the port, is let in."""
    assert service.get("/api/v1/status", headers={"Host": f"{host}:{service.port}"}).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "https://127.0.0.1:{port}"},
        {"Origin": "http://localhost:{port}"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "something new"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "document"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "serviceworker"},
    ],
)
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        *(("GET", path, None) for path in ("/api/v1/status", "/healthz", "/", "/assets/dashboard/x", "/openapi.json")),
        ("POST", EVENTS, EVENT),
        ("POST", "/api/v1/session/challenge", {}),
    ],
)
def test_a_page_of_another_site_is_turned_away(
    service: Server, headers: dict[str, str], method: str, path: str, body: Any
) -> None:
    """A foreign Origin, or a fetch that says it comes from elsewhere, gets 403, even with the token."""
    before = count(service)
    answer = service.request(
        method, path, body, {name: value.format(port=service.port) for name, value in headers.items()}
    )
    assert answer.status == 403
    check_headers(answer)
    assert count(service) == before


NAVIGATION = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_a_link_may_lead_to_the_page_alone(service: Server, site: str) -> None:
    """From a mail, another site or the file of `timecode open`; whatever tells something stays closed to it."""
    headers = NAVIGATION | {"Sec-Fetch-Site": site}
    assert service.get("/", headers=headers, signed_in=False).status == 200
    for path in ("/api/v1/status", "/api/v1/export/json", "/openapi.json", "/assets/dashboard/x"):
        assert service.get(path, headers=headers).status == (403 if site != "none" else service.get(path).status)
    assert service.request("POST", "/", {}, headers).status == 403 or site == "none"
    assert service.get("/", headers=headers | {"Origin": "https://evil.example"}).status == 403


@pytest.mark.parametrize("path", ["/", "/sw.js", "/api/v1/status", "/assets/dashboard/x", "/nowhere"])
def test_a_service_worker_s_script_is_the_one_that_ends_it(service: Server, path: str) -> None:
    """Whatever address another program's worker was registered at, its update unregisters it; under our name alone."""
    answer = service.get(path, headers={"Service-Worker": "script"}, signed_in=False)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert b"registration.unregister()" in answer.body
    assert b"fetch" not in answer.body
    assert (answer.headers["service-worker-allowed"], answer.headers["cache-control"]) == ("/", "no-store")
    check_headers(answer)
    wrong = {"Service-Worker": "script", "Host": "evil.example"}
    assert service.get(path, headers=wrong, signed_in=False).status == 421
    assert service.get("/api/v1/status", headers={"Service-Worker": "x"}, signed_in=False).status == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://127.0.0.1:{port}", "Sec-Fetch-Site": "same-origin"},
    ],
)
def test_our_own_page_and_plain_programs_are_let_in(service: Server, headers: dict[str, str]) -> None:
    """No such header, or our own origin, is fine."""
    assert (
        service.get("/api/v1/status", headers={k: v.format(port=service.port) for k, v in headers.items()}).status
        == 200
    )


@pytest.mark.parametrize(
    "media_type",
    [
        "",
        "text/plain",
        "text/plain;charset=UTF-8",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/octet-stream",
        "application/json-seq",
        "text/json",
        "application/csp-report",
        "application/reports+json",
        ";application/json",
        "text/plain, application/json",
    ],
)
def test_a_write_must_call_itself_json(service: Server, media_type: str) -> None:
    """The types that a page elsewhere may send unasked (a blob has none at all) get 415 and store nothing."""
    before = count(service)
    answer = service.request("POST", EVENTS, EVENT, {"Content-Type": media_type})
    assert answer.status == 415
    assert count(service) == before


def test_a_write_without_any_media_type_is_refused(service: Server) -> None:
    """A Blob without a type sends no Content-Type: what Falcon by itself would read as JSON."""
    with service.raw(post_head(service, "Content-Length: 2") + b"[]") as connection:
        assert b" 415 " in connection.recv(1000).split(b"\r\n")[0]


@pytest.mark.parametrize(
    "media_type",
    ["application/json", "Application/JSON", "application/json; charset=utf-8", "application/json;charset=UTF-8"],
)
def test_json_may_name_its_encoding(service: Server, media_type: str) -> None:
    """Clients that add a charset are let in."""
    assert service.request("POST", EVENTS, b"[]", {"Content-Type": media_type}).status == 200


def test_a_body_has_a_limit(service: Server) -> None:
    """One byte over 1 MiB is 413; 1 MiB itself is taken."""
    limit = 1024 * 1024
    assert service.request("POST", EVENTS, b"[" + b" " * (limit - 2) + b"]").status == 200
    assert service.request("POST", EVENTS, b"[" + b" " * (limit - 1) + b"]").status == 413


def test_an_endless_body_is_refused_unread(service: Server) -> None:
    """A Content-Length of a terabyte gets its answer, or the connection's end, without a byte of it."""
    head = post_head(service, "Content-Type: application/json", f"Content-Length: {2**40}")
    with service.raw(head + b" " * 100) as connection:
        assert b" 413 " in connection.recv(1000).split(b"\r\n")[0]


def test_a_body_of_unknown_length_is_refused(service: Server) -> None:
    """Chunks get 411."""
    head = post_head(service, "Content-Type: application/json", "Transfer-Encoding: chunked")
    with service.raw(head + b"2\r\n[]\r\n0\r\n\r\n") as connection:
        assert b" 411 " in connection.recv(1000).split(b"\r\n")[0]


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Basic {token}",
        "Token {token}",
        "{token}",
        "Bearer {token}x",
        "Bearer \u00e9",
        "Bearer {TOKEN}",
    ],
)
def test_only_the_token_opens(service: Server, authorization: str) -> None:
    """Anything but the exact token as Bearer is 401."""
    sent = authorization.format(token=service.token, TOKEN=service.token.upper())
    assert service.get("/api/v1/status", headers={"Authorization": sent}).status == 401


def test_a_browser_is_told_what_to_run(service: Server) -> None:
    """A person who opens an address that wants a credential sees a page that names the command."""
    answer = service.get("/nowhere", signed_in=False, headers={"Accept": "text/html,application/xhtml+xml"})
    assert answer.status == 401
    assert answer.headers["content-type"].startswith("text/html")
    assert b"timecode open" in answer.body
    assert b"<script" not in answer.body
    assert service.get("/nowhere", signed_in=False).headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nowhere", 404), ("/api/v1/export/nothing", 404), ("/assets/json/x.js", 404), ("/assets/nobody/x.js", 404)],
)
def test_what_is_not_there_is_a_problem_document(service: Server, path: str, status: int) -> None:
    """404 for who may ask."""
    answer = service.get(path)
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
    check_headers(answer)


def test_a_method_that_a_path_lacks_is_a_problem_document(service: Server) -> None:
    """405 for who may ask."""
    answer = service.request("PUT", EVENTS, {})
    assert (answer.status, answer.headers["content-type"]) == (405, "application/problem+json")
