"""The plugin guide's examples are plugins that work."""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import falcon.testing
import pytest
from attrs import evolve
from click.testing import CliRunner
from docs.manual import ROOT, Block, blocks
from support.installations import noon, running, totals
from timecode_core.answering.rendering import Rendering
from timecode_core.protocols import EventStep, Submit
from timecode_core.selection import Selection
from timecode_core.serving.service import Service
from timecode_core.setup.home import Home
from timecode_core.setup.settings import Settings
from timecode_core.subject import Seen
from timecode_core.wiring.installation import Installation
from timecode_core.wiring.plugins import Plugins
from timecode_dashboard_bokeh.board import Board
from timecode_ingest_http.access.codes import Codes
from timecode_ingest_http.access.keys import KeyRight, Keys
from timecode_ingest_http.app import Identity, make_app
from timecode_ingest_http.settings import HttpSettings

BLOCKS = blocks(ROOT / "docs" / "plugins.md", "python")
DAY = date(2026, 3, 2)
NOON = int(datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp())
SECOND = 1_000_000
EXAMPLES = (
    *("timecode_sources", "timecode_steps", "timecode_aggregations", "timecode_rules", "timecode_renderers"),
    *("timecode_commands", "timecode_http_resources", "timecode_charts"),
)


def example(hook: str) -> ModuleType:
    """The one example that implements a hook, as a module."""
    (block,) = (block for block in BLOCKS if f"\ndef {hook}(" in block.text)
    module = ModuleType(f"guide_{hook}")
    sys.modules[module.__name__] = module  # attrs looks there for the types of a class
    exec(compile(block.text, str(block), "exec"), module.__dict__)
    return module


def with_example(hook: str) -> Plugins:
    """The plugins of this environment and the example, none of which failed."""
    plugins = Plugins()
    plugins.register(example(hook), "guide")
    assert not plugins.failures
    assert plugins.records["guide"].hooks == (hook,)
    return plugins


House = Callable[..., AbstractContextManager[Service]]


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Starts a service with the example of a hook."""

    def start(hook: str, **core: Any) -> AbstractContextManager[Service]:
        return running(tmp_path / "home", core, with_example(hook))

    return start


def beats(seconds: Sequence[int], **fields: str) -> list[dict[str, object]]:
    """Heartbeats so many seconds after noon."""
    return [{"time": NOON + at, "entity": "src/a.py", "project": "p", **fields} for at in seconds]


def test_every_hook_but_the_store_has_one_example() -> None:
    """Each block is a plugin, but for the last kind, whose block is a test."""
    assert len(BLOCKS) == len(EXAMPLES) + 1
    for hook in EXAMPLES:
        example(hook)


def test_the_source_submits_until_it_is_stopped(tmp_path: Path) -> None:
    """The note's project arrives, and `start` returns after `stop`."""
    (tmp_path / "note").write_text("p\n", encoding="utf-8")
    installation = Installation(Home(tmp_path), Settings({}), with_example("timecode_sources"))
    source = installation.sources()["note"]()
    seen: list[object] = []
    waits = iter([False, True])
    source._stopping.wait = lambda _seconds: next(waits)  # type: ignore[attr-defined]
    submit: Submit = lambda items: seen.extend(items)  # type: ignore[assignment,return-value]  # noqa: E731
    source.start(submit)
    assert [(item["entity"], item["project"]) for item in seen] == [("note", "p")]  # type: ignore[index]
    source.stop()


def test_the_step_takes_part_once_it_is_named(house: House) -> None:
    """A branch is cut to its ticket; one without stays."""
    steps = ("normalise", "ticket", "exclude", "redact")
    with house("timecode_steps", steps=steps) as service:
        service.submit(beats([0, 60], branch="fix/AB-12-cart"), "test")
        service.submit(beats([120], branch="main"), "test")
        assert totals(service, ["branch"]) == {("AB-12",): 120 * SECOND}
        step = service.installation.steps()["ticket"]
        assert not isinstance(step, EventStep)
        plain = Seen("a", branch="main")
        assert step(plain) == plain
        assert step(evolve(plain, branch="x/C-3")) == evolve(plain, branch="C-3")


def test_the_aggregation_gives_its_column(house: House) -> None:
    """Questions can group by the derived column, and the new aggregation answers them."""
    with house("timecode_aggregations") as service:
        service.submit([*beats([0, 60]), *beats([90], entity="b.RS")], "test")
        service.submit(beats([100]), "test")
        assert totals(service, ["extension"]) == {(".py",): 90 * SECOND, (".rs",): 10 * SECOND}


def test_the_rule_counts_as_it_says(house: House) -> None:
    """A gap counts up to the timeout, in whatever pieces the events come."""
    with house("timecode_rules", rule="cap_gaps", keystroke_timeout=100) as service:
        for at in (400, 0, 60, 500):
            service.submit(beats([at]), "test")
        assert totals(service) == {(): (60 + 100 + 100) * SECOND}


def test_the_renderer_renders(house: House) -> None:
    """It takes its option as text, and gives the lines."""
    with house("timecode_renderers") as service:
        service.submit(beats([0, 720]), "test")
        rendered = service.render(service.order("lines", Selection(DAY, DAY), {"top": ["1"]}))
        assert (rendered.body, rendered.suffix) == (b"0.2 h  p\n", "txt")
        assert service.render(service.order("lines", Selection(DAY, DAY), {"top": ["0"]})).body == b""


def test_the_command_prints_todays_hours(house: House, tmp_path: Path) -> None:
    """It reads the store as other commands do."""
    with house("timecode_commands", timezone=noon()) as service:
        now = service.answers.now()
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
        service.submit([{"time": midnight + at, "entity": "a"} for at in (0, 720)], "test")
        installation = service.installation
        command = example("timecode_commands").hours
        run = CliRunner().invoke(command, obj=installation, catch_exceptions=False)
    assert run.output == "0.20\n"


def test_the_http_resource_takes_events_behind_the_guard(house: House) -> None:
    """With the token or a key it stores a visit, packed or not; others get nowhere, a key that reads included."""
    with house("timecode_http_resources") as service:
        mounts = service.installation.plugins.collect("timecode_http_resources", service=service)
        app = make_app(service, HttpSettings(), Identity("secret", 4821), Codes(), mounts)
        client = falcon.testing.TestClient(app, headers={"Host": "127.0.0.1:4821"})
        body = {"json": {"url": "https://example.org/page?q=1"}}
        assert client.simulate_post("/my/visit", **body).status_code == 401
        answer = client.simulate_post("/my/visit", headers={"Authorization": "Bearer secret"}, **body)
        assert (answer.status_code, answer.json) == (200, {"verdict": "stored"})
        keys = Keys(service.installation.home)
        sent = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        rights: dict[KeyRight, int] = {"ingest": 200, "read": 403}
        for right, status in rights.items():
            bearer = {"Authorization": f"Bearer {keys.new(right, right)}"}
            packed = gzip.compress(b'{"url": "https://example.org/page?q=1"}')
            assert client.simulate_post("/my/visit", headers=sent | bearer, body=packed).status_code == status
        last = service.answers.last_event()
        assert last is not None
        assert (last.subject.entity, last.subject.source) == ("https://example.org/page", "visits")


def test_the_chart_draws_an_answer_and_no_answer(house: House) -> None:
    """It stands among the dashboard's charts, and draws some time as well as none."""
    with house("timecode_charts") as service:
        service.submit(beats([0, 720]), "test")
        plugins = service.installation.plugins
        board = Board(plugins)
        assert "clock" in board.charts
        for day in (DAY, date(2020, 1, 1)):
            rendering = Rendering(
                service.answers, service.installation.renderers(), service.installation.settings.fingerprint
            )
            rendered = rendering.render(rendering.order("charts", Selection(day, day), {"chart": ["clock"]}))
            assert b'"title":"By hour of the day"' in rendered.body


def test_the_contract_kit_runs_as_shown(tmp_path: Path) -> None:
    """The block that shows how to test a store is a test module that passes."""
    (block,) = (block for block in BLOCKS if "StoreContract" in block.text)
    passed = run_tests(tmp_path, block)
    assert passed.returncode == 0, passed.stdout
    assert "passed" in passed.stdout


def test_the_contract_kit_fails_for_a_broken_store(tmp_path: Path) -> None:
    """The same module with a store that can't be written to does not pass."""
    (block,) = (block for block in BLOCKS if "StoreContract" in block.text)
    broken = evolve(block, text=block.text.replace("writable=writable)", "writable=False)"))
    assert broken.text != block.text
    assert run_tests(tmp_path, broken).returncode == 1


def run_tests(folder: Path, block: Block) -> subprocess.CompletedProcess[str]:
    """Run a block as a test module, in a process of its own."""
    (folder / "test_store.py").write_text(block.text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "test_store.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=540, check=False)
