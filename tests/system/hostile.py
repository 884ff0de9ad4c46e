"""Pages of others in a real Chromium, on every route that the service has: nothing is stored, and nothing is read."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import falcon.inspect
from attrs import Factory, define, frozen
from dashboard_bokeh.squatter import PassingServer
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from support.installations import fresh_service
from support.ports import free_port
from support.server import Server, start
from timecode_export_png.chromium.flags import flags
from timecode_export_png.chromium.tools import find
from timecode_export_png.settings import PngSettings
from timecode_ingest_http.access.codes import Codes
from timecode_ingest_http.app import Identity, make_app
from timecode_ingest_http.settings import HttpSettings

SCRIPT = Path(__file__).with_name("hostile_page.js").read_text(encoding="utf-8")
NAMES = ("evil.test", "127.0.0.1", "localhost")
"""By which a page of another port can come: of another site, of the same, and by another name of this machine."""
_RULES = " , ".join(f"MAP {name} 127.0.0.1" for name in ("evil.test", "rebound.test"))
SECRET = "harbour"
"""The project whose name nobody may read."""
STOLEN = "stolen.py"
"""What nobody may store."""
_PATIENCE_S = 240


def routes(renderers: Sequence[str] = ("json",)) -> list[str]:
    """Every route of the service with all its plugins, as its router has them, filled in; and some that are none."""
    with fresh_service() as service:
        mounts = service.installation.plugins.collect("timecode_http_resources", service=service)
        app = make_app(service, HttpSettings(), Identity("token", 1), Codes(), mounts)
        found = [route.path for route in falcon.inspect.inspect_routes(app)]
    filled = [path.replace("{renderer}", renderer) for path in found for renderer in renderers]
    return sorted({path.replace("{name}", "x") for path in filled} | {"/nowhere", "/api/v1/nowhere", "/token"})


@frozen
class Report:
    """What a page could do: from which origin, in how many tries, and what it read."""

    origin: str
    tries: int
    read: Sequence[Mapping[str, str]]


@define
class Host:
    """Serves the hostile page; and, careless, gives and takes everything else, to whoever asks."""

    port: int = Factory(free_port)
    careless: bool = False
    taken: list[str] = Factory(list)

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Until the context ends."""
        with PassingServer(("127.0.0.1", self.port), self._handler()).serving():
            yield

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        host = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                if self.path == "/attack":
                    self._send(f"<!doctype html><body><script>{SCRIPT}</script>".encode())
                elif host.careless:
                    host.taken.append(body)
                    self._send(f'{{"project": "{SECRET}"}}'.encode())
                else:
                    self.send_error(404)

            do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer  # noqa: N815

            def _send(self, body: bytes) -> None:
                self.send_response(200)
                for name in ("Origin", "Methods", "Headers"):
                    self.send_header(f"Access-Control-Allow-{name}", "*")
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Connection", "close")
                self.end_headers()
                with suppress(ConnectionError):
                    self.wfile.write(body)

            def log_message(self, *_arguments: object) -> None:
                pass

        return Handler


@contextmanager
def browser(profile: Path) -> Iterator[Chrome]:
    """A Chromium for which the hostile names are this machine, and which opens windows without a click."""
    tools = find(PngSettings())
    options = ChromeOptions()
    options.binary_location = tools.chromium
    for flag in flags(profile, no_sandbox=False):
        options.add_argument(flag.replace("resolver-rules=MAP", f"resolver-rules={_RULES} , MAP"))
    options.add_argument("--disable-popup-blocking")
    driven = Chrome(options=options, service=ChromeService(tools.chromedriver, port=free_port()))
    driven.set_script_timeout(_PATIENCE_S)
    try:
        yield driven
    finally:
        driven.quit()


def orders(target: str, paths: Sequence[str]) -> dict[str, object]:
    """What a page is told to attack."""
    events = {"events": [{"time": int(time.time()), "entity": STOLEN, "project": "stolen"}]}
    return {"target": target, "routes": [*paths], "body": json.dumps(events), "socket": ["timecode"]}


def attack(driven: Chrome, target: str, paths: Sequence[str]) -> Report:
    """Have the page that is open attack."""
    return _report(driven, "attack(arguments[0]).then(arguments[1])", orders(target, paths))


def attack_without_origin(driven: Chrome, target: str, paths: Sequence[str]) -> Report:
    """The same, from a frame without an origin in the page that is open."""
    call = "attackWithoutOrigin(arguments[0], arguments[1]).then(arguments[2])"
    return _report(driven, call, orders(target, paths), SCRIPT)


def _report(driven: Chrome, call: str, *arguments: object) -> Report:
    report: dict[str, Any] = driven.execute_async_script(call, *arguments)
    return Report(**report)


@define
class Attacked:
    """What came of all attacks: the reports, what was stored, and whether whoever was signed in still is."""

    reports: list[Report] = Factory(list)
    rebound: Report | None = None
    stored: list[dict[str, Any]] = Factory(list)
    changed: list[str] = Factory(list)
    signed_in: bool = False

    @property
    def tries(self) -> int:
        """In how many ways it was tried."""
        return sum(report.tries for report in (*self.reports, self.rebound) if report)

    def check(self) -> None:
        """Raise AssertionError where anything was read or stored."""
        for report in self.reports:
            assert report.read == [], report.origin
        assert self.rebound is not None
        # Our own origin to the browser, it reads refusals: whole, none of HEAD, and that a preload came to something.
        told = [one for one in self.rebound.read if "Wrong host" not in one["found"]]
        assert [one for one in told if one["found"] not in ("421 ", "loaded")] == []
        assert len(self.rebound.read) > self.rebound.tries // 4
        assert self.stored == []
        assert self.changed == []
        assert self.signed_in


def attacked(folder: Path, paths: Sequence[str], names: Sequence[str] = NAMES, few: Sequence[str] = ()) -> Attacked:
    """Attack a service, with somebody signed in, from every origin that a hostile page can have: by these names.

    All but the first attack only `few` routes, if any are given.
    """
    found = Attacked()
    few = few or paths
    port = free_port()
    host, rebound = Host(), Host(port)
    with ExitStack() as stack:
        stack.enter_context(host.serving())
        driven = stack.enter_context(browser(folder / "profile"))
        with rebound.serving():  # the name leads to this, and later to the service
            driven.get(f"http://rebound.test:{port}/attack")
            window = driven.current_window_handle
        service = stack.enter_context(start(folder / "home", port, core__timezone="UTC"))
        service.post([{"time": int(time.time()) - 60 * n, "entity": "a.py", "project": SECRET} for n in range(5)])
        driven.switch_to.new_window("tab")
        driven.get(service.request("POST", "/api/v1/login", {}).json()["link"])
        signed_in = driven.current_window_handle
        _until_shown(driven)
        before = _kept(service)
        for name in names:
            driven.switch_to.new_window("tab")
            driven.get(f"http://{name}:{host.port}/attack")
            found.reports.append(attack(driven, service.url, few if found.reports else paths))
        found.reports.append(attack_without_origin(driven, service.url, few))
        driven.switch_to.window(window)
        found.rebound = attack(driven, f"http://rebound.test:{port}", few)
        driven.switch_to.window(signed_in)
        driven.refresh()
        _until_shown(driven)
        found.signed_in = True
        after = _kept(service)
        found.changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
        found.stored = [event for event in _events(service) if event["entity"] != "a.py"]
    return found


def _until_shown(driven: Chrome) -> None:
    end = time.monotonic() + _PATIENCE_S
    while SECRET not in driven.execute_script("return document.body.innerText"):
        assert time.monotonic() < end, "nobody is signed in"
        time.sleep(0.05)


def _events(service: Server) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = service.get("/api/v1/events?from=1970-01-01&to=9999-01-01").json()["events"]
    return events


def _kept(service: Server) -> dict[str, bytes]:
    """The files of the home, but for the database's own."""
    return {
        path.name: path.read_bytes()
        for path in service.home.iterdir()
        if path.is_file() and not path.name.startswith("timecode.")
    }
