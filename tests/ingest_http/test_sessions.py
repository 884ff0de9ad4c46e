"""Sessions and Bearers of browsers, on both servers: what each is good for, and when it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.page import Page
from support.server import Server, start, timecode
from timecode_core.setup.home import Home
from timecode_ingest_http.access.bearers import Bearers
from timecode_ingest_http.access.challenges import LIFETIME_S, Challenges
from timecode_ingest_http.access.sessions import Sessions

EVENTS = "/api/v1/events"
READ = ("/api/v1/status", "/api/v1/stats", EVENTS, "/api/v1/export/json")
TOKEN = "0b0e0a52-0000-4000-8000-000000000000"


def test_a_signed_challenge_gives_a_bearer_that_reads(service: Server) -> None:
    """Everything that may be read; nothing is set in the browser, and no answer may be kept by it."""
    page = Page.opened(service)
    challenge = page.challenge()
    given = page.show(challenge, page.signature(challenge))
    assert given.status == 200
    assert "set-cookie" not in given.headers
    assert given.headers["cache-control"] == "no-store"
    bearer = {"Authorization": f"Bearer {given.json()['bearer']}"}
    for path in READ:
        assert service.get(path, headers=bearer).status == 200
        assert service.request("HEAD", path, headers=bearer).status in (200, 405)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_a_session_does_not_write(service: Server, method: str) -> None:
    """It is good for reading, and for ending itself."""
    bearer = Page.opened(service).bearer()
    assert service.request(method, EVENTS, [], bearer).status == 403
    assert service.request(method, "/api/v1/login", {}, bearer).status == 403


def test_a_session_is_no_help_to_another_site(service: Server) -> None:
    """With a Bearer, a foreign page still gets 403."""
    headers = {**Page.opened(service).bearer(), "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}
    assert service.get("/api/v1/status", headers=headers).status == 403


def test_a_challenge_is_good_once(service: Server) -> None:
    """What was seen on its way is of no use."""
    page = Page.opened(service)
    challenge = page.challenge()
    assert page.show(challenge, page.signature(challenge)).status == 200
    assert page.show(challenge, page.signature(challenge)).status == 403


def test_a_challenge_of_somebody_else_is_of_no_use(service: Server) -> None:
    """A program at our port can have anything signed; it is nothing that we would have asked."""
    page = Page.opened(service)
    ours = page.challenge()
    body, _, mac = ours.rpartition(".")
    later = f"{int(body.partition('.')[0]) + 1}.{body.partition('.')[2]}.{mac}"
    for challenge in (
        "",
        "x",
        "1.x.y",
        f"99999999999.x.{'0' * 64}",
        later,
        f"{body}.{'0' * 64}",
        "\u00e9.\u00e9.\u00e9",
    ):
        assert page.show(challenge, page.signature(challenge)).status == 403


def test_a_signature_is_for_one_session_and_one_origin(service: Server) -> None:
    """Not by another key, not for another session, and not as asked at another port or name."""
    page, other = Page.opened(service), Page.opened(service)
    challenge = page.challenge()
    for signature in (
        other.signature(challenge),
        page.signature(challenge, "http://127.0.0.1:1"),
        page.signature(challenge, service.url.replace("127.0.0.1", "localhost")),
        page.signature(challenge).upper(),
        "",
        "\u00e9",
    ):
        assert page.show(challenge, signature).status == 403
    assert page.show(challenge, page.signature(challenge)).status == 200


def test_what_a_browser_keeps_is_no_credential(service: Server) -> None:
    """Neither the id nor the key of a session, nor the hash that we keep, opens anything by itself."""
    page = Page.opened(service)
    kept = json.loads((service.home / "sessions.json").read_text(encoding="utf-8"))["rows"]
    for word in (page.session, page.key.hex(), *(row[name] for row in kept for name in ("hash", "token"))):
        assert service.get("/api/v1/status", headers={"Authorization": f"Bearer {word}"}).status == 401


def test_no_secret_is_in_the_table(service: Server) -> None:
    """It is the owner's alone, and holds neither token, id nor key."""
    page = Page.opened(service)
    table = service.home / "sessions.json"
    assert table.stat().st_mode & 0o777 == 0o600
    text = table.read_text(encoding="utf-8")
    for secret in (service.token, page.session, page.key.hex(), page.bearer()["Authorization"].split()[1]):
        assert secret not in text


def test_signing_out_ends_every_bearer_of_the_session_at_once(service: Server) -> None:
    """And no other session."""
    page, other = Page.opened(service), Page.opened(service)
    bearers = [page.bearer(), page.bearer()]
    assert service.request("POST", "/api/v1/session/end", {}, bearers[0]).status == 204
    for bearer in bearers:
        assert service.get("/api/v1/status", headers=bearer).status == 401
    challenge = page.challenge()
    assert page.show(challenge, page.signature(challenge)).status == 403
    assert service.get("/api/v1/status", headers=other.bearer()).status == 200


def test_who_is_no_session_cannot_sign_one_out(service: Server) -> None:
    """Not even the token: it has no session to end."""
    assert service.request("POST", "/api/v1/session/end", {}).status == 403
    assert service.request("POST", "/api/v1/session/end", {}, signed_in=False).status == 401


def test_the_terminal_lists_and_ends_sessions(service: Server) -> None:
    """One by its name, or all; the service knows with the next request."""
    timecode(service.home, "keys", "revoke", "--sessions")
    one, two = Page.opened(service).bearer(), Page.opened(service).bearer()
    names = [line.split()[0] for line in timecode(service.home, "keys", "list").stdout.splitlines()]
    assert len(names) == 2
    assert timecode(service.home, "keys", "revoke", names[0]).returncode == 0
    assert sorted(service.get("/api/v1/status", headers=bearer).status for bearer in (one, two)) == [200, 401]
    assert timecode(service.home, "keys", "revoke", "--sessions").stdout == "1 signed out.\n"
    assert {service.get("/api/v1/status", headers=bearer).status for bearer in (one, two)} == {401}


def test_a_table_that_is_damaged_lets_nobody_in_by_it(service: Server) -> None:
    """The token goes on; what stands in the table must be let in anew."""
    bearer = Page.opened(service).bearer()
    table = service.home / "sessions.json"
    table.write_text('{"rows": [{"hash": 1}]}', encoding="utf-8")
    try:
        assert service.get("/api/v1/status").status == 200
        assert service.get("/api/v1/status", headers=bearer).status == 500
        told = timecode(service.home, "keys", "list")
        assert "sessions.json is damaged. Remove it" in told.stderr
    finally:
        table.unlink()
    assert service.get("/api/v1/status", headers=bearer).status == 401


def test_a_session_outlives_a_restart_a_bearer_does_not_and_a_new_token_ends_both(tmp_path: Path) -> None:
    """The page signs again, unless the token that it began under is gone."""
    home = tmp_path / "home"
    with start(home) as service:
        page = Page.opened(service)
        bearer = page.bearer()
    with start(home, service.port) as service:
        assert service.get("/api/v1/status", headers=bearer).status == 401
        page = Page(service, page.session, page.key)
        bearer = page.bearer()
        assert service.get("/api/v1/status", headers=bearer).status == 200
    (home / "token").unlink()
    with start(home, service.port) as service:
        page = Page(service, page.session, page.key)
        challenge = page.challenge()
        assert page.show(challenge, page.signature(challenge)).status == 403
        assert timecode(home, "keys", "list").stdout == "There are no keys, and no browser is signed in.\n"


def test_sessions_expire_and_belong_to_a_token_and_a_port(tmp_path: Path) -> None:
    """A session ends with its time; another token does not know it, and another port has another key for it."""
    now = [1_000_000.0]

    def sessions(token: str = TOKEN, port: int = 4821) -> Sessions:
        return Sessions(Home(tmp_path), token, port, 1, lambda: now[0])

    identity, key, seconds = sessions().new()
    assert seconds == 3600
    assert sessions().holds(sessions().hash(identity))
    other = "1b0e0a52-0000-4000-8000-000000000000"
    assert not sessions(other).holds(sessions(other).hash(identity))
    assert sessions(port=4822)._key(identity) != key
    now[0] += 3600
    assert not sessions().holds(sessions().hash(identity))
    assert sessions().all() == []


def test_sessions_are_bounded(tmp_path: Path) -> None:
    """The oldest goes."""
    sessions = Sessions(Home(tmp_path), TOKEN, 4821, 1)
    made = [sessions.new()[0] for _ in range(70)]
    assert len(sessions.all()) == 64
    assert not sessions.holds(sessions.hash(made[0]))
    assert sessions.holds(sessions.hash(made[-1]))


def test_challenges_and_bearers_expire_and_are_bounded() -> None:
    """Asking for challenges costs nothing; of too many Bearers the oldest goes; each ends with its time."""
    now = [0.0]
    challenges, bearers = Challenges(lambda: now[0]), Bearers(lambda: now[0])
    early = challenges.issue()
    for _ in range(1000):
        challenges.issue()
    assert not challenges._used
    now[0] = LIFETIME_S
    assert not challenges.redeem(early)
    first, *others = [bearers.issue("s") for _ in range(1025)]
    assert bearers.session(first) is None
    assert bearers.session(others[-1]) == "s"
    now[0] += 3600
    assert bearers.session(others[-1]) is None
