"""How a browser gets in, on both servers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from support.server import Server, environment, timecode
from timecode_ingest_http.codes import LIFETIME_S, Codes
from timecode_ingest_http.greeting import greeting_mac
from timecode_ingest_http.sessions import Sessions

NAVIGATION = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


def code(service: Server) -> str:
    answer = service.request("POST", "/api/v1/login", {}).json()
    assert answer["expires_in"] == 60
    text: str = answer["code"]
    return text


def sign_in(service: Server) -> str:
    """A session cookie, as a browser would send it."""
    answer = service.get(f"/login?code={code(service)}", signed_in=False, headers=NAVIGATION)
    assert answer.status == 200
    return answer.headers["set-cookie"].split(";")[0]


def test_a_code_gives_a_session_that_reads(service: Server) -> None:
    """From a link in a file, a browser gets a cookie with which it may read; the page goes on without script."""
    answer = service.get(f"/login?code={code(service)}", signed_in=False, headers=NAVIGATION)
    assert answer.status == 200
    cookie = SimpleCookie(answer.headers["set-cookie"])[f"timecode_{service.port}"]
    assert cookie["httponly"] is True
    assert (cookie["samesite"], cookie["path"], cookie["domain"], cookie["secure"]) == ("Strict", "/", "", "")
    assert int(cookie["max-age"]) == 168 * 3600
    assert service.token not in answer.headers["set-cookie"]
    assert re.search(rb'<meta http-equiv="refresh" content="0; url=/">', answer.body)
    assert b"<script" not in answer.body
    assert answer.headers["cache-control"] == "no-store"
    session = {"Cookie": f"{cookie.key}={cookie.value}"}
    assert service.get("/api/v1/status", signed_in=False, headers=session).status == 200


def test_a_session_does_not_write(service: Server) -> None:
    """A cookie travels by itself, so it is good for reading alone."""
    session = {"Cookie": sign_in(service)}
    assert service.request("POST", "/api/v1/events", [], session, signed_in=False).status == 401
    assert service.request("POST", "/api/v1/login", {}, session, signed_in=False).status == 401


def test_a_session_is_no_help_to_another_site(service: Server) -> None:
    """With the cookie, a foreign page still gets 403."""
    headers = {"Cookie": sign_in(service), "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert service.get("/api/v1/status", signed_in=False, headers=headers).status == 403


def test_a_code_is_good_once(service: Server) -> None:
    """The second use of a link is refused, and says what to run."""
    once = code(service)
    assert service.get(f"/login?code={once}", signed_in=False).status == 200
    again = service.get(f"/login?code={once}", signed_in=False, headers={"Accept": "text/html"})
    assert again.status == 403
    assert b"timecode open" in again.body
    assert "set-cookie" not in again.headers


@pytest.mark.parametrize("query", ["", "?code=", "?code=x", "?code=a&code=b", "?other=x"])
def test_a_wrong_code_gives_nothing(service: Server, query: str) -> None:
    """No cookie without a code that we made."""
    answer = service.get(f"/login{query}", signed_in=False)
    assert answer.status in (400, 403)
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        NAVIGATION | {"Sec-Fetch-Dest": "iframe"},
        NAVIGATION | {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
        NAVIGATION | {"Origin": "https://evil.example"},
    ],
)
def test_only_a_followed_link_may_come_from_elsewhere(service: Server, headers: dict[str, str]) -> None:
    """A frame, an image or a script of another site does not use a code up."""
    once = code(service)
    assert service.get(f"/login?code={once}", signed_in=False, headers=headers).status == 403
    assert service.get(f"/login?code={once}", signed_in=False, headers=NAVIGATION).status == 200


def test_asking_for_the_head_does_not_use_a_code_up(service: Server) -> None:
    """What only looks where a link leads gets nothing."""
    once = code(service)
    assert service.request("HEAD", f"/login?code={once}", signed_in=False).status == 405
    assert service.get(f"/login?code={once}", signed_in=False).status == 200


@pytest.mark.parametrize("value", ["", "x", "1.2.3", "99999999999.00.00", "\u00e9.\u00e9.\u00e9"])
def test_a_made_up_session_is_refused(service: Server, value: str) -> None:
    """Only a cookie that we made is a credential."""
    headers = {"Cookie": f"timecode_{service.port}={value}"}
    assert service.get("/api/v1/status", signed_in=False, headers=headers).status == 401


def test_the_token_is_no_session(service: Server) -> None:
    """The token in the cookie's place is refused: it must never travel so."""
    headers = {"Cookie": f"timecode_{service.port}={service.token}"}
    assert service.get("/api/v1/status", signed_in=False, headers=headers).status == 401


@pytest.mark.parametrize("body", [[], {"a": 1}, None, "x"])
def test_a_code_is_given_for_an_empty_object_alone(service: Server, body: object) -> None:
    """Anything else in the body is 400."""
    sent = b"null" if body is None else body
    assert service.request("POST", "/api/v1/login", sent).status == 400


def test_hello_proves_who_knows_the_token(service: Server) -> None:
    """The MAC is the one that a client computes from token, nonce and port."""
    nonce = "abcdefghijklmnop"
    answer = service.get(f"/api/v1/hello?nonce={nonce}", signed_in=False).json()
    assert answer["service"] == "timecode"
    assert answer["mac"] == greeting_mac(service.token, nonce, service.port)
    assert answer["mac"] != greeting_mac(service.token, nonce, service.port + 1)


def test_the_greeting_is_the_one_that_other_languages_compute() -> None:
    """A known answer: HMAC-SHA256 under the token of the three lines."""
    mac = greeting_mac("00000000-0000-4000-8000-000000000000", "abcdefghijklmnop", 4821)
    assert mac == "f4cac6ab8877bf1263b23ca967eb6a3174a64484a431c6538930d12ca7332a7b"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?nonce=",
        "?nonce=short",
        "?nonce=" + "x" * 129,
        "?nonce=abcdefghijklmnop%0A4821",
        "?nonce=abcdefghijklmno%C3%A9",
        "?nonce=abcdefghijklmnop&nonce=abcdefghijklmnop",
    ],
)
def test_hello_signs_no_text_of_others_choosing(service: Server, query: str) -> None:
    """A nonce is short and plain, so that the MAC can mean nothing else."""
    assert service.get(f"/api/v1/hello{query}", signed_in=False).status == 400


def test_open_prints_a_link_that_signs_in(service: Server) -> None:
    """`timecode open --print` gives a link that works once."""
    done = timecode(service.home, "open", "--print", "--port", str(service.port))
    assert done.returncode == 0, done.stderr
    path = done.stdout.strip().removeprefix(service.url)
    assert service.get(path, signed_in=False).status == 200


def test_open_writes_a_file_for_the_owner_alone(service: Server) -> None:
    """The browser is led through a 0600 file, and the link is in no argument that other users could list."""
    done = timecode_with_browser(service)
    page = service.home / "open.html"
    assert page.stat().st_mode & 0o777 == 0o600
    assert done.strip() == page.as_uri()
    link = re.search(r"url=(http://127\.0\.0\.1:\d+/login\?code=[\w-]+)", page.read_text(encoding="utf-8"))
    assert link is not None
    assert service.get(link.group(1).removeprefix(service.url), signed_in=False, headers=NAVIGATION).status == 200


def timecode_with_browser(service: Server) -> str:
    """Run `timecode open` with a browser that prints what it is given."""
    browser = f"{sys.executable} -c 'import sys; print(sys.argv[1])' %s"
    done = subprocess.run(
        [sys.executable, "-c", "from timecode_core.cli import main; main()", "open", "--port", str(service.port)],
        env=environment(service.home) | {"BROWSER": browser, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=240,
        check=True,
    )
    return done.stdout


def test_open_does_not_show_the_token_to_a_stranger(service: Server, tmp_path: Path) -> None:
    """Where the port answers to another token, `timecode open` stops after the greeting, in one line with a remedy."""
    done = timecode(tmp_path / "other", "open", "--print", "--port", str(service.port))
    assert done.returncode == 1
    assert "is not the service of this home folder" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_codes_expire_and_are_bounded() -> None:
    """A code is good for a minute, and unused ones don't pile up."""
    now = [0.0]
    codes = Codes(lambda: now[0])
    early = codes.issue()
    now[0] = LIFETIME_S
    assert not codes.redeem(early)
    many = [codes.issue() for _ in range(1000)]
    assert not codes.redeem(many[0])
    assert codes.redeem(many[-1])


def test_sessions_expire_and_belong_to_a_token_and_a_port() -> None:
    """A session ends with its time, and a new token or another port knows it not."""
    now = [1_000_000.0]
    sessions = Sessions("token", 4821, 1, lambda: now[0])
    value = sessions.new()
    assert sessions.valid(value)
    assert not Sessions("other", 4821, 1, lambda: now[0]).valid(value)
    assert not Sessions("token", 4822, 1, lambda: now[0]).valid(value)
    assert not sessions.valid("9" + value)
    now[0] += 3600
    assert not sessions.valid(value)
