"""What a setting forbids is neither in the queue's file nor on the wire: looked for in the very bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from extension.editor_kit.ledger import Ledger
from extension.editor_kit.relay import Relay
from extension.editor_kit.server import Editor, make_project
from extension.editor_kit.window import Window
from selenium import webdriver

pytestmark = pytest.mark.editor

FOLDER, PROJECT, INNER, STEM, BRANCH = "velvetholder", "amberproject", "copperinner", "silverstem", "goldenbranch"
FILE = f"{INNER}/{STEM}.py"
CONTENT = "ivorycontent"
LINK, LINKED = "scarletlink", "bronzetarget"


@pytest.fixture(scope="module")
def secretive(workshop: Path) -> Path:
    root = make_project(workshop / FOLDER / PROJECT, BRANCH, {FILE: "x = 1\n", "plain.py": "y = 1\n"})
    target = make_project(workshop / FOLDER / LINKED, BRANCH, {FILE: "x = 1\n"})
    (root / LINK).symlink_to(target)
    return root


@pytest.fixture(scope="module")
def _other(driver: webdriver.Chrome, editor: Editor, secretive: Path) -> Iterator[Window]:
    window = Window(driver, editor, secretive)
    yield window
    window.close()


@pytest.fixture
def seen(_other: Window, relay: Relay, ledger: Ledger) -> Iterator[Callable[..., tuple[bytes, list[dict[str, Any]]]]]:
    """Sets settings, types and saves; gives the bytes queued and sent, and the events in them."""
    changed: dict[str, None] = {}

    def look(*, file: str = FILE, events: bool = True, **settings: Any) -> tuple[bytes, list[dict[str, Any]]]:
        # What goes on counting must not do so into this case, be it the last case's file or the last settings.
        _other.leave()
        changed.update(dict.fromkeys(settings))
        _other.configure(**settings)
        ledger.until_delivered()
        relay.misbehave("500")
        relay.bodies.clear()
        _other.show("plain.py")
        before = ledger.recorded()

        def write() -> None:
            _other.show(file)
            _other.type(CONTENT)
            _other.save_whole(file, CONTENT)

        def save() -> None:
            _other.show("plain.py")
            _other.save()

        if events:
            _other.until_noticed(write, lambda: ledger.more_than(before), "an event to be recorded")
        else:
            # Nothing may be recorded here; something elsewhere shows that it would have been by now.
            write()
            _other.show("plain.py")
            _other.configure(**dict.fromkeys(settings))
            _other.until_noticed(save, lambda: ledger.more_than(before), "an event to be recorded")
        queued = ledger.queued_bytes()
        relay.misbehave("pass")
        ledger.until_delivered()
        return queued + b"".join(relay.bodies), [event for body in relay.bodies for event in json.loads(body)["events"]]

    yield look
    _other.configure(**changed)


@pytest.mark.parametrize(
    ("style", "forbidden", "entity"),
    [
        ("absolute", (), f"/{FOLDER}/{PROJECT}/{FILE}"),
        ("relative", (FOLDER,), FILE),
        ("name", (FOLDER, INNER), f"{STEM}.py"),
        ("hashed", (FOLDER, INNER, STEM), "hashed-"),
        ("hidden", (FOLDER, INNER, STEM), "HIDDEN"),
    ],
)
def test_a_path_is_shown_as_the_setting_says_and_no_more(
    style: str, forbidden: tuple[str, ...], entity: str, seen: Callable[..., tuple[bytes, list[dict[str, Any]]]]
) -> None:
    data, events = seen(timecode__paths=style)
    assert any(entity in event["entity"] for event in events), events
    assert PROJECT.encode() in data
    for secret in (*forbidden, CONTENT):
        assert secret.encode() not in data, f"{secret} got out"
    assert ("project_root" in data.decode()) == (style == "absolute")


def test_branches_are_left_out_on_demand(seen: Callable[..., tuple[bytes, list[dict[str, Any]]]]) -> None:
    data, _ = seen(timecode__recordBranches=False)
    assert BRANCH.encode() not in data


def test_a_hidden_project_counts_and_tells_nothing(seen: Callable[..., tuple[bytes, list[dict[str, Any]]]]) -> None:
    data, events = seen(timecode__hideProjects=["amber*"], timecode__paths="absolute")
    assert {(event["project"], event["entity"], event["branch"]) for event in events} == {("HIDDEN", "HIDDEN", "")}
    for secret in (FOLDER, PROJECT, INNER, STEM, BRANCH, CONTENT):
        assert secret.encode() not in data, f"{secret} got out"


@pytest.mark.parametrize(
    "settings", [{"timecode__excludeProjects": [PROJECT]}, {"timecode__exclude": [f"**/{INNER}/**"]}]
)
def test_what_is_excluded_is_not_recorded(
    settings: dict[str, Any], seen: Callable[..., tuple[bytes, list[dict[str, Any]]]]
) -> None:
    data, _ = seen(events=False, **settings)
    for secret in (INNER, STEM, CONTENT):
        assert secret.encode() not in data, f"{secret} got out"


def test_a_link_leads_to_the_project_that_it_leads_into(
    seen: Callable[..., tuple[bytes, list[dict[str, Any]]]],
) -> None:
    data, events = seen(file=f"{LINK}/{FILE}")
    assert (LINKED, FILE, BRANCH) in {(event["project"], event["entity"], event["branch"]) for event in events}
    assert LINK.encode() not in data


@pytest.mark.parametrize(
    "settings",
    [
        {"timecode__excludeProjects": [LINKED]},
        {"timecode__excludeProjects": [LINK]},
        {"timecode__exclude": [f"**/{LINKED}/**"]},
        {"timecode__exclude": [f"**/{LINK}/**"]},
    ],
)
def test_no_link_leads_around_what_is_excluded(
    settings: dict[str, Any], seen: Callable[..., tuple[bytes, list[dict[str, Any]]]]
) -> None:
    data, _ = seen(file=f"{LINK}/{FILE}", events=False, **settings)
    for secret in (LINK, LINKED, INNER, STEM, CONTENT):
        assert secret.encode() not in data, f"{secret} got out"
