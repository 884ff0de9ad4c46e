"""What every event passes before it is stored: nothing that should be hidden gets through, and nothing gets stuck."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, strategies as st
from support.installations import fresh_service, installed_plugins, plugins_with, stored_values, totals
from support.intake import taken, taking
from support.strategies import fewer
from timecode_core import hookimpl
from timecode_core.errors import EventError, SettingsError, StepError
from timecode_core.event import Event
from timecode_core.intake.steps.exclude import build_exclude
from timecode_core.intake.steps.normalise import normalise
from timecode_core.intake.steps.redact import build_redact
from timecode_core.intake.wire import event_to_wire
from timecode_core.protocols import Provider
from timecode_core.serving.service import Service
from timecode_core.setup.settings import CoreSettings
from timecode_core.subject import Seen
from timecode_core.wiring.plugins import Plugins

_FOLDER, _NAME = "SecretFolder", "SecretName"


def _stored(style: Any, item: dict[str, Any]) -> Event:
    return taken({"time": 1_700_000_000, **item}, normalise, build_redact(style, "key"))


def _everything(event: Event) -> str:
    """All that could be read from the event, in any case of letters."""
    return f"{event!r} {event_to_wire(event)} {event.id!r}".casefold()


_roots = [
    "/home/{f}",
    "/{f}/{f}",
    "C:\\{f}",
    "c:/{f}",
    "\\\\server\\{f}",
    "//server/{f}",
    "~/{f}",
    "\\{f}",
    "/mnt/c/{f}",
]
_urls = [
    "file:///{f}",
    "file:/{f}",
    "file://server/{f}",
    "FILE:///C:/{f}",
    "git:/{f}",
    "vscode-userdata:/{f}",
    "jar:file:/{f}",
]
_remotes = ["vscode-remote://ssh-remote%2Bhost/{f}", "ssh://user:pw@host/{f}", "untitled:/{f}", "scheme:///{f}"]
_absolutes = st.sampled_from([*_roots, *_urls, *_remotes]).map(lambda text: text.format(f=_FOLDER))
_relatives = st.sampled_from([f"{_FOLDER}/x", f"../{_FOLDER}", f"..\\{_FOLDER}", f"{_FOLDER}\\x", f"./{_FOLDER}"])
_middles = st.lists(st.sampled_from([_FOLDER, ".", "..", "", "x", f"{_FOLDER} {_FOLDER}", "%20", "ä", "~"]), max_size=3)
_types = st.sampled_from(["file", "", "event", "whatever", "FILE"])


@st.composite
def _paths(draw: st.DrawFn, beginnings: st.SearchStrategy[str]) -> str:
    separator = draw(st.sampled_from(["/", "/", "\\"]))
    start, middle = draw(beginnings), draw(_middles)
    if separator == "\\" and start[:2].casefold() != "c:" and not start.startswith(("\\", "..\\")):
        separator = "/"  # on other systems a backslash is part of a name
    return separator.join([start, *middle, f"{_NAME}.py"])


_outside = st.sampled_from(["", "/elsewhere", "C:\\elsewhere", "/home/Secret", "relative/root"])


@pytest.mark.parametrize("style", ["name", "hashed", "hidden"])
@fewer(2)
@given(path=_paths(_absolutes | _relatives), kind=_types, root=_outside)
def test_no_folder_survives_the_styles_that_drop_it(style: Any, path: str, kind: str, root: str) -> None:
    """Whatever the machine, the editor's spelling of the path, or the type it gives."""
    seen = _everything(_stored(style, {"entity": path, "type": kind, "project_root": root}))
    assert _FOLDER.casefold() not in seen
    if style != "name":
        assert _NAME.casefold() not in seen


@given(path=_paths(_absolutes), kind=_types, root=_outside)
def test_a_path_outside_of_the_project_becomes_its_file_name_in_the_default_style(
    path: str, kind: str, root: str
) -> None:
    event = _stored("relative", {"entity": path, "type": kind, "project_root": root})
    assert _FOLDER.casefold() not in _everything(event)
    assert event.subject.entity.casefold() == f"{_NAME}.py".casefold()


@pytest.mark.parametrize(
    ("entity", "root", "kept"),
    [
        ("/home/me/p/src/a.py", "/home/me/p", "src/a.py"),
        ("/home/me/p/src/a.py", "/home/me/p/", "src/a.py"),
        ("/home/me/p/./src//b/../a.py", "/home/me/./p", "src/a.py"),
        ("C:\\Users\\me\\p\\src\\a.py", "c:\\users\\me\\p", "src/a.py"),
        ("file:///home/me/my%20p/a.py", "file:///home/me/my%20p", "a.py"),
        ("/home/me/p/a.py", "", "a.py"),
        ("/home/me/p2/a.py", "/home/me/p", "a.py"),
        ("/home/me/p/../secret/a.py", "/home/me/p", "a.py"),
        ("src/a.py", "", "src/a.py"),
        ("src/a.py", "/home/me/p", "src/a.py"),
        ("/home/me/p", "/home/me/p", "p"),
        ("/home/me/p/cafe\u0301.py", "/home/me/p", "caf\u00e9.py"),
        ("/", "/home/me/p", "HIDDEN"),
        ("C:\\a/../../secret/a.py", "", "a.py"),
        ("~/../secret/a.py", "", "a.py"),
    ],
)
def test_the_default_style_keeps_the_path_below_the_project(entity: str, root: str, kept: str) -> None:
    assert _stored("relative", {"entity": entity, "project_root": root}).subject.entity == kept


@pytest.mark.parametrize(
    "entity",
    [
        " /home/SecretFolder/x.py",
        "\t/home/SecretFolder/x.py",
        "\u00a0C:\\SecretFolder\\x.py",
        "./ /home/SecretFolder/x.py",
        "src\\..\\..\\SecretFolder\\x.py",
        "C:..\\SecretFolder\\x.py",
        "c:SecretFolder/x.py",
    ],
)
@pytest.mark.parametrize("root", ["", "/home/me/p", "C:\\p"])
def test_a_path_that_only_looks_relative_is_cut_to_its_name(entity: str, root: str) -> None:
    """A blank before it, a climb in its midst, or a drive without a slash: it leads out of the project all the same."""
    assert _stored("relative", {"entity": entity, "project_root": root}).subject.entity == "x.py"


def test_what_was_hashed_elsewhere_is_hidden_too_where_all_paths_are() -> None:
    for style, stored in [("hidden", "HIDDEN"), ("relative", "hashed-" + "0" * 32)]:
        assert _stored(style, {"entity": "hashed-" + "0" * 32}).subject.entity == stored


@pytest.mark.parametrize("kind", ["url", "domain"])
@pytest.mark.parametrize(
    "entity",
    [
        "vscode-remote://ssh-remote+h/home/SecretFolder/x.py",
        "sftp://h/home/SecretFolder/x.py",
        "SSH://h/SecretFolder/x.py",
        "https:///SecretFolder/x.py",
        " /SecretFolder/x.py",
    ],
)
def test_an_address_that_is_not_of_the_web_is_a_path(entity: str, kind: str) -> None:
    """Its folders go as those of any path, in the default style and the strictest."""
    assert _stored("relative", {"entity": entity, "type": kind}).subject.entity == "x.py"
    assert _stored("hidden", {"entity": entity, "type": kind}).subject.entity == "HIDDEN"
    for scheme in ("http", "https", "ftp"):
        address = f"{scheme}://example.com/a/b"
        assert _stored("hidden", {"entity": address, "type": kind}).subject.entity == address


def test_the_absolute_style_keeps_the_path_in_one_form() -> None:
    for spelling in ("C:\\a\\b.py", "c:/a/./b.py", "c://a//b.py", "file:///c:/a/b.py", "c:\\a\\x\\..\\b.py"):
        assert _stored("absolute", {"entity": spelling}).subject.entity == "C:/a/b.py"


def test_a_hash_tells_files_apart_for_who_has_the_key_and_nobody_else() -> None:
    expected = hmac.new(b"key", b"/home/me/p/a.py", hashlib.sha256).hexdigest()[:32]
    absolute = _stored("hashed", {"entity": "/home/me/p/a.py"})
    below = _stored("hashed", {"entity": "a.py", "project_root": "/home/me/p"})
    assert absolute.subject.entity == below.subject.entity == f"hashed-{expected}"
    climbing = _stored("hashed", {"entity": "../p/a.py", "project_root": "/home/me/q"})
    assert climbing.subject.entity == absolute.subject.entity
    assert _stored("hashed", {"entity": "/home/me/p/b.py"}).subject.entity != absolute.subject.entity
    assert "secret" not in repr(CoreSettings(hash_key="secret"))


@pytest.mark.parametrize("style", ["relative", "absolute", "name", "hashed", "hidden"])
@fewer(4)
@given(path=_paths(_absolutes), root=st.sampled_from([f"/{_FOLDER}Root", f"C:\\{_FOLDER}Root"]))
def test_where_the_project_lies_is_never_stored(style: Any, path: str, root: str) -> None:
    event = _stored(style, {"entity": path, "project_root": root})
    assert f"{_FOLDER}Root".casefold() not in _everything(event)
    assert not hasattr(event, "project_root")


def test_a_project_that_is_given_as_its_folder_becomes_the_folder_s_name() -> None:
    for folder in (
        f"/{_FOLDER}/p",
        f"C:\\{_FOLDER}\\p",
        f"file:///{_FOLDER}/p",
        f"vscode-remote://h/{_FOLDER}/p",
        "/p/",
    ):
        event = _stored("relative", {"entity": "a.py", "project": folder})
        assert event.subject.project == "p"
        assert _FOLDER.casefold() not in _everything(event)


_hosts = ["example.com", "Example.com:8080", "localhost", "[::1]:80"]
_secrets = st.sampled_from(["user:Hunter2@", "Hunter2@", "a:b@Hunter2@", "x@https://user:Hunter2@", "user:Hunter2%40@"])


@given(
    scheme=st.sampled_from(["https://", "HTTP://", "ftp://", "//", "ws+unix://", "x://", ""]),
    credentials=_secrets,
    host=st.sampled_from(_hosts),
    rest=st.sampled_from(["", "/", "/path", "/path/@handle"]),
    tail=st.sampled_from(["?token=Hunter2", "#Hunter2", "?a=1#Hunter2", "#a?Hunter2", "?x=http://Hunter2@h/"]),
    kind=st.sampled_from(["url", "domain", "file", "app"]),
    style=st.sampled_from(["absolute", "relative", "hidden", "name"]),
)
def test_no_credentials_query_or_fragment_of_an_address_survive(
    scheme: str, credentials: str, host: str, rest: str, tail: str, kind: str, style: Any
) -> None:
    if kind in {"file", "app"} and len(scheme) <= len("x://"):
        return  # that is no address, but a path or a program's name
    item = {"entity": scheme + credentials + host + rest + tail, "type": kind}
    assert "hunter2" not in _everything(_stored(style, item))


def test_an_address_keeps_its_path_and_loses_its_case_where_that_means_nothing() -> None:
    assert (
        _stored("hidden", {"entity": "HTTPS://me@Example.COM/Path?x#y", "type": "url"}).subject.entity
        == "https://example.com/Path"
    )


def test_programs_and_addresses_are_no_paths_unless_they_look_like_one() -> None:
    assert _stored("hidden", {"entity": "Blender", "type": "app"}).subject.entity == "Blender"
    assert (
        _stored("hidden", {"entity": f"/Applications/{_FOLDER}/Blender.app", "type": "app"}).subject.entity == "HIDDEN"
    )
    assert _stored("hidden", {"entity": f"file:///{_FOLDER}/x.html", "type": "url"}).subject.entity == "HIDDEN"


@given(st.text(st.characters(codec="utf-8"), max_size=40), st.sampled_from(["file", "url", "app", "domain"]), _outside)
def test_no_text_whatever_breaks_a_step(entity: str, kind: str, root: str) -> None:
    """A step that raises anything but a refusal would block its sender's queue for ever."""
    for style in ("relative", "name", "hashed"):
        try:
            event = _stored(style, {"entity": entity, "type": kind, "project_root": root, "project": entity})
        except EventError:
            continue
        assert event.subject.entity.strip()
        assert "\0" not in _everything(event).replace("\\x00", "")
        assert "\0" not in event.subject.entity + event.subject.project


@pytest.mark.parametrize(
    "entity", ["file://[/x", "file://[::1/x", "file:///%00", "http://[/", "//[", "file:", "file://", "C:"]
)
def test_an_odd_address_is_stored_or_refused_alone(entity: str) -> None:
    with fresh_service() as service:
        receipt = service.submit([{"time": 1, "entity": "a.py"}, {"time": 2, "entity": entity}], "test")
        assert receipt.outcomes[0].verdict == "stored"
        assert receipt.outcomes[1].verdict in {"stored", "rejected"}


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("entity", "", "empty"),
        ("entity", "  ", "empty"),
        ("entity", "a" * 4097, "longer than 4096"),
        ("project", "a" * 513, "longer than 512"),
        ("entity", "a\0b", "NUL"),
        ("project", "\0", "NUL"),
        ("project_root", "/a\0b", "NUL"),
        ("source", "\0", "NUL"),
        ("entity", "\ud800", "surrogate"),
        ("branch", "x\udfff", "surrogate"),
        ("time", "1969-12-31T23:59:59Z", "1970"),
        ("time", "9999-01-01T00:00:00Z", "9998"),
        ("time", 253_370_764_800, "9998"),
    ],
)
def test_what_cant_be_stored_exactly_is_refused_with_its_reason_and_costs_the_others_nothing(
    field: str, value: Any, fault: str
) -> None:
    with fresh_service() as service:
        good = {"time": 1_700_000_000, "entity": "a.py"}
        receipt = service.submit([good, {**good, "entity": "b.py", field: value}, {**good, "entity": "c.py"}], "test")
        assert [outcome.verdict for outcome in receipt.outcomes] == ["stored", "rejected", "stored"]
        assert field in receipt.outcomes[1].error
        assert fault in receipt.outcomes[1].error
        assert receipt.outcomes[1].id is None


class Raising:
    """A plugin with a step that fails on some events by a fault of its own."""

    @hookimpl
    def timecode_steps(self) -> list[Provider]:
        def step(seen: Seen) -> Seen:
            if seen.project == "poison":
                raise ZeroDivisionError
            return seen

        return [Provider("raising", lambda _settings, _context: step)]


def test_a_step_that_fails_refuses_the_whole_batch_and_nothing_of_it_is_stored() -> None:
    """It fails closed: what it should have hidden may still be there."""
    plugins = Plugins()
    plugins.register(Raising(), "raising")
    steps = ["normalise", "raising", "redact"]
    with fresh_service({"steps": steps}, plugins) as service:
        good = {"time": 1_700_000_000, "entity": "a.py"}
        with pytest.raises(StepError, match="'raising' failed"):
            service.submit([good, {**good, "project": "poison"}, {**good, "time": 1_700_000_060}], "test")
        assert _count(service) == 0
        assert service.submit([good], "test").count("stored") == 1


class Spoiling:
    """A plugin with a step that makes of the event what can't be stored."""

    @hookimpl
    def timecode_steps(self) -> list[Provider]:
        def step(seen: Seen) -> Seen:
            return evolve(seen, branch="a\0b") if seen.project == "spoilt" else seen

        return [Provider("spoiling", lambda _settings, _context: step)]


def test_what_a_step_brings_in_is_checked_before_it_is_stored() -> None:
    """A NUL, with which ids would not be unique, is refused with that event alone."""
    plugins = Plugins()
    plugins.register(Spoiling(), "spoiling")
    with fresh_service({"steps": ["normalise", "spoiling", "redact"]}, plugins) as service:
        good = {"time": 1_700_000_000, "entity": "a.py"}
        receipt = service.submit([good, {**good, "project": "spoilt"}], "test")
        assert [outcome.verdict for outcome in receipt.outcomes] == ["stored", "rejected"]
        assert "NUL" in receipt.outcomes[1].error
        assert _count(service) == 1


def _count(service: Service) -> int:
    with service._store.reading() as reader:
        return reader.count()


def _excluding(**core: Any) -> Any:
    take = taking(normalise, build_exclude(CoreSettings(**core)))

    def kept(**item: Any) -> bool:
        return take({"time": 1, "entity": "a.py", **item}) is not None

    return kept


def test_excluded_projects_are_matched_by_shell_patterns_ignoring_case() -> None:
    kept = _excluding(exclude_projects=("Secret*", "x?z"))
    assert not kept(project="secret-thing")
    assert not kept(project="/home/me/SecretThing")
    assert not kept(project="XYZ")
    assert kept(project="my-secret")
    assert kept(project="")


def test_excluded_paths_are_matched_as_in_a_gitignore_file_against_the_full_path() -> None:
    kept = _excluding(exclude_paths=("*.key", "/home/me/private/", "!/home/me/private/public.txt", "node_modules"))
    assert not kept(entity="/anywhere/x.key")
    assert not kept(entity="file:///home/me/private/a.py")
    assert not kept(entity="private/a.py", project_root="/home/me")
    assert not kept(entity="/home/me/p/node_modules/x/index.js")
    assert kept(entity="/home/me/p/x.py")
    assert kept(entity="/home/you/private/a.py")


@pytest.mark.parametrize("pattern", ["Zxq7/[z-a]", "Zxq7\\"])
def test_a_pattern_that_is_none_is_told_by_its_place(pattern: str) -> None:
    """The log tells it, too, and what it excludes is nobody's affair."""
    with pytest.raises(SettingsError, match=r"core\.exclude_paths: pattern 2 of 3 can't be read\. Write") as caught:
        build_exclude(CoreSettings(exclude_paths=("*.key", pattern, "*.pem")))
    assert "Zxq7" not in str(caught.value)


def test_an_exclusion_matches_whichever_way_its_accented_letters_are_spelt() -> None:
    """macOS gives names decomposed, keyboards give them composed."""
    composed, decomposed = "caf\u00e9", "cafe\u0301"
    for pattern in (composed, decomposed):
        kept = _excluding(exclude_projects=(pattern,), exclude_paths=(f"/home/{pattern}/",))
        for sent in (composed, decomposed):
            assert not kept(project=sent)
            assert not kept(entity=f"/home/{sent}/a.py")


def test_a_path_pattern_may_begin_at_the_home_folder() -> None:
    """As people write it; else it would match nothing, and say nothing."""
    kept = _excluding(exclude_paths=("~/private/*", "!~/private/public.txt"))
    for home in (str(Path.home()), "~"):
        assert not kept(entity=f"{home}/private/a.py")
        assert kept(entity=f"{home}/private/public.txt")
        assert kept(entity=f"{home}/private.py")
    assert kept(entity="/elsewhere/private/a.py")


def test_a_path_that_climbs_out_of_its_project_is_excluded_where_it_leads() -> None:
    """On any system, and however it is spelt."""
    kept = _excluding(exclude_paths=("/home/me/private/", "/C:/Users/me/private/"))
    assert not kept(entity="../private/x.py", project_root="/home/me/shop")
    assert not kept(entity="src/../../private/x.py", project_root="/home/me/shop/")
    assert not kept(entity="..\\private\\x.py", project_root="C:\\Users\\me\\shop")
    assert not kept(entity="..\\private\\x.py", project_root="/home/me/shop")
    assert kept(entity="../public/x.py", project_root="/home/me/shop")
    assert kept(entity="/elsewhere/x.py", project_root="/home/me/private")


def test_an_excluded_event_is_called_so_and_leaves_no_trace() -> None:
    with fresh_service({"exclude_projects": ["secret"]}) as service:
        items = [{"time": 1, "entity": "a.py", "project": "Secret"}, {"time": 2, "entity": "a.py", "project": "open"}]
        receipt = service.submit(items, "test")
        assert [(o.verdict, o.id is None) for o in receipt.outcomes] == [("excluded", True), ("stored", False)]
        assert stored_values(service, "project") == ["open"]
        assert totals(service) == {}


@pytest.mark.parametrize(
    "steps",
    [
        [],
        ["normalise"],
        ["redact"],
        ["normalise", "redact", "redact"],
        ["redact", "normalise"],
        ["normalise", "redact", "exclude"],
        ["exclude", "redact"],
    ],
)
def test_settings_can_leave_out_no_step_that_keeps_a_promise(steps: list[str]) -> None:
    """Nor put them in an order in which redaction would see paths in another form, or be undone."""
    with (
        pytest.raises(SettingsError, match="steps must hold 'normalise' and end with 'redact'"),
        fresh_service({"steps": steps}),
    ):
        pass


def test_plugins_for_these_tests_are_the_real_ones() -> None:
    assert plugins_with() is installed_plugins()
    assert not installed_plugins().records["core"].failures
