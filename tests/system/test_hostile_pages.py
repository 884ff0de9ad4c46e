"""No page of others gets anything from the service or into it, by any way that a browser has, on any route."""

from __future__ import annotations

from pathlib import Path

import pytest
from system.hostile import NAMES, SECRET, STOLEN, Host, attack, attacked, browser, routes

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_nothing_is_stored_and_nothing_is_read(tmp_path: Path) -> None:
    """From another site, another port, no origin, and a name that was rebound."""
    paths = routes()
    assert {"/", "/healthz", "/api/v1/events", "/api/v1/export/json", "/assets/dashboard/x"} <= {*paths}
    few = paths[::3]  # what is done to a route does not depend on who comes
    found = attacked(tmp_path, paths, NAMES[:2], few)
    found.check()
    assert found.tries > 60 * (len(paths) + 3 * len(few))
    assert {report.origin.rpartition(":")[0] for report in found.reports} == {
        "http://evil.test",
        "http://127.0.0.1",
        "",
    }


def test_a_careless_service_is_read_and_written(tmp_path: Path) -> None:
    """The page's ways are ways: without a guard, nearly all of them get through."""
    careless, host = Host(careless=True), Host()
    with careless.serving(), host.serving(), browser(tmp_path / "profile") as driven:
        driven.get(f"http://evil.test:{host.port}/attack")
        report = attack(driven, f"http://127.0.0.1:{careless.port}", ["/"])
    ways = {answer["way"] for answer in report.read if SECRET in answer["found"]}
    assert {"fetch GET, cors", "fetch POST, cors, JSON", "fetch DELETE, cors, JSON"} <= ways
    assert sum(STOLEN in body for body in careless.taken) > 15
    assert any(body.startswith('{"events"') and body.rstrip().endswith('"="}') for body in careless.taken)
