"""Sources beside the server: each reported and started anew when it fails, and none takes anything else down."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from support.installations import fresh_service
from timecode_core import hookimpl
from timecode_core.protocols import Provider, Submit
from timecode_core.serving.service import Service
from timecode_core.wiring.plugins import Plugins


class Tail:
    """A source that submits one event, and then waits to be stopped. It fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self._left = failures
        self._stopping = threading.Event()
        self.started = 0
        self.submitted = threading.Event()

    def start(self, submit: Submit) -> None:
        self.started += 1
        if self._left:
            self._left -= 1
            raise ConnectionError("the file is gone")
        submit([{"time": 1_700_000_000, "entity": "a.py"}])
        self.submitted.set()
        self._stopping.wait()

    def stop(self) -> None:
        self._stopping.set()


class Offering:
    """A plugin that offers sources."""

    def __init__(self, **builders: Callable[[Any, Any], Tail]) -> None:
        self._builders = builders

    @hookimpl
    def timecode_sources(self) -> list[Provider]:
        return [Provider(name, build) for name, build in self._builders.items()]


def _offering(**builders: Callable[[Any, Any], Tail]) -> Plugins:
    plugins = Plugins()
    plugins.register(Offering(**builders), "offering")
    return plugins


def _built_anew_once(seen: threading.Event, tail: Tail) -> Callable[[Any, Any], Tail]:
    """Build the source; again only when its failure was seen, which is not told of any more once it runs."""

    def build(_settings: Any, _context: Any) -> Tail:
        if tail.started:
            seen.wait(240)
        return tail

    return build


def _wait_for_failure(service: Service, name: str, text: str) -> None:
    pause = threading.Event()
    while not any(name in str(failure) and text in str(failure) for failure in _failures(service)):
        pause.wait(0.005)  # the test's own time limit ends it where nothing comes


def _failures(service: Service) -> list[Any]:
    failures = service.status()["failures"]
    assert isinstance(failures, list)
    return failures


def test_a_source_submits_under_its_own_name_and_is_stopped_with_the_service() -> None:
    tail = Tail()
    with fresh_service(plugins=_offering(tail=lambda _settings, _context: tail)) as service:
        assert tail.submitted.wait(240)
        last = service.answers.last_event()
        assert last is not None
        assert last.subject.source == "tail"
    for thread in threading.enumerate():  # the service waits but a little for each
        if thread.name == "timecode-tail":
            thread.join(240)
            assert not thread.is_alive()


def test_a_source_that_fails_is_reported_and_started_anew() -> None:
    tail, seen = Tail(failures=1), threading.Event()
    with fresh_service(plugins=_offering(tail=_built_anew_once(seen, tail))) as service:
        _wait_for_failure(service, "tail", "the file is gone")
        seen.set()
        assert tail.submitted.wait(240)
        assert tail.started == 2


def test_a_source_that_goes_on_failing_is_given_more_time_each_time(caplog: pytest.LogCaptureFixture) -> None:
    tail = Tail(failures=10)
    with fresh_service(plugins=_offering(tail=lambda _settings, _context: tail)):
        pause = threading.Event()
        while len(told := re.findall(r"starts again in (\d+) s", caplog.text)) < 3:
            pause.wait(0.01)
    assert told == ["1", "2", "4"]


def test_a_source_that_asks_for_the_end_of_everything_is_only_started_anew() -> None:
    class Leaving(Tail):
        def start(self, submit: Submit) -> None:
            if not self.started:
                self.started += 1
                raise SystemExit(3)
            super().start(submit)

    tail = Leaving()
    with fresh_service(plugins=_offering(tail=lambda _settings, _context: tail)) as service:
        _wait_for_failure(service, "tail", "SystemExit")
        assert tail.submitted.wait(60)


def test_a_source_that_cant_be_built_is_reported_and_the_others_and_the_service_go_on() -> None:
    tail = Tail()

    def broken(_settings: Any, _context: Any) -> Tail:
        raise PermissionError("no way")

    plugins = _offering(broken=broken, tail=lambda _settings, _context: tail)
    with fresh_service(plugins=plugins) as service:
        assert tail.submitted.wait(240)
        _wait_for_failure(service, "broken", "no way")
        assert service.submit([{"time": 1, "entity": "b.py"}], "test").count("stored") == 1


def test_only_the_sources_that_the_settings_name_run() -> None:
    one, other = Tail(), Tail()
    plugins = _offering(one=lambda _settings, _context: one, other=lambda _settings, _context: other)
    with fresh_service({"sources": ["other"]}, plugins):
        assert other.submitted.wait(240)
    assert one.started == 0


def test_a_source_that_runs_again_is_no_longer_called_failed() -> None:
    """The status tells how things are, not how they were."""
    tail, seen = Tail(failures=1), threading.Event()
    with fresh_service(plugins=_offering(tail=_built_anew_once(seen, tail))) as service:
        _wait_for_failure(service, "tail", "the file is gone")
        seen.set()
        assert tail.submitted.wait(240)
        assert not any("tail" in str(failure) for failure in _failures(service))
