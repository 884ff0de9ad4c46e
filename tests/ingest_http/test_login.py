"""The link that signs a browser in, and how the service shows who it is, on both servers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.page import Page, code_in, code_of
from support.server import Server, environment, timecode
from timecode_ingest_http.access.codes import LIFETIME_S, Codes
from timecode_ingest_http.access.greeting import greeting_mac


def test_the_answer_is_the_whole_link(service: Server) -> None:
    """Nobody who has it needs to know how a link is made; the code is in the fragment, which goes to nobody."""
    answer = service.request("POST", "/api/v1/login", {}).json()
    assert answer.keys() == {"link", "code", "expires_in"}
    assert answer["link"] == f"{service.url}/#code={answer['code']}"
    assert answer["expires_in"] == 60


def test_a_code_is_good_once(service: Server) -> None:
    """The second use is refused, and says what to run."""
    once = code_of(service)
    Page.opened(service, once)
    again = service.request("POST", "/api/v1/session", {"code": once}, signed_in=False)
    assert again.status == 403
    assert "timecode open" in again.json()["detail"]


@pytest.mark.parametrize("code", ["", "x", "\ud800", "é"])
def test_a_wrong_code_gives_nothing(service: Server, code: str) -> None:
    """No session without a code that we made."""
    assert service.request("POST", "/api/v1/session", {"code": code}, signed_in=False).status == 403


@pytest.mark.parametrize("body", [[], {}, {"code": 1}, {"code": None}, {"code": "x", "more": 1}, "x"])
def test_what_is_no_code_is_told(service: Server, body: object) -> None:
    """Another shape is 400, and does not use a code up."""
    assert service.request("POST", "/api/v1/session", body, signed_in=False).status == 400


def test_a_code_that_somebody_else_may_have_seen_can_be_made_worthless(service: Server) -> None:
    """Nobody can use it any more, and nothing tells if it was good."""
    for code in (code_of(service), "x"):
        gone = service.request("POST", "/api/v1/session", {"code": code, "discard": True}, signed_in=False)
        assert (gone.status, gone.body) == (204, b"")
        assert service.request("POST", "/api/v1/session", {"code": code}, signed_in=False).status == 403


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}])
def test_another_site_does_not_use_a_code_up(service: Server, headers: dict[str, str]) -> None:
    """Nor learns whether it was good."""
    once = code_of(service)
    assert service.request("POST", "/api/v1/session", {"code": once}, headers, signed_in=False).status == 403
    Page.opened(service, once)


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
    assert done.stdout.startswith(f"{service.url}/#code=")
    Page.opened(service, code_in(done.stdout))


def test_open_writes_a_file_for_the_owner_alone(service: Server) -> None:
    """The browser is led through a 0600 file, and the link is in no argument that other users could list."""
    done = timecode_with_browser(service)
    page = service.home / "open.html"
    assert page.stat().st_mode & 0o777 == 0o600
    assert done.strip() == page.as_uri()
    link = re.search(r"url=(http://127\.0\.0\.1:\d+/#code=[\w-]+)", page.read_text(encoding="utf-8"))
    assert link is not None
    Page.opened(service, code_in(link.group(1)))


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
