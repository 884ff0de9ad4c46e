"""Signing in and out of a real `timecode serve` in a real Chromium, and who gets nothing by it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import pytest
import websocket
from dashboard_bokeh.squatter import PAGE, Loot, squatting
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait
from support.ports import free_port
from support.server import Server, start, timecode
from timecode_core.setup.home import Home
from timecode_ingest_http.access.sessions import Sessions

pytestmark = pytest.mark.browser
PATIENCE_S = 240
DAYS = "from=2026-02-02&to=2026-02-03"
TOTAL = "1 h 56 m"
FILTERED = f"?{DAYS}&project=harbour"
OF_HARBOUR = "1 h 20 m"
REFRESH = "document.dispatchEvent(new Event('visibilitychange'))"
CATCH = """
const real = window.fetch;
window.bearers = [];
window.fetch = (path, options) => {
  window.bearers.push(options?.headers?.Authorization);
  return real(path, options);
};
"""
"""Put into a tab: keeps the Bearers that its page sends."""
WORKERS = """
const [done] = arguments;
const { serviceWorker } = navigator;
serviceWorker.getRegistrations().then((all) => done([all.length, serviceWorker.controller !== null]));
"""


class House:
    """A home folder and a port at which its service runs, or does not."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.service = self._started()
        beats = [(minute, "harbour" if minute < 40 else "ledger") for minute in range(0, 60, 2)]
        self.service.post(
            [
                {"time": f"2026-02-0{day}T10:{minute:02}:00+00:00", "entity": "/a.py", "project": project}
                for day in (2, 3)
                for minute, project in beats
            ]
        )

    def _started(self) -> Server:
        return start(self.home, self.port, core__timezone="UTC")

    def stop(self) -> None:
        self.service.stop()

    def start(self) -> None:
        self.service = self._started()

    def link(self, query: str = "") -> str:
        """A link that signs in, with what is to be shown."""
        link: str = self.service.request("POST", "/api/v1/login", {}).json()["link"]
        return link.replace("/#", f"/{query}#")

    def printed_link(self, query: str = "") -> str:
        """One by `timecode open --print`."""
        made = timecode(self.home, "open", "--print", "--port", str(self.port))
        assert made.returncode == 0, made.stderr
        return made.stdout.strip().replace("/#", f"/{query}#")


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with tempfile.TemporaryDirectory(prefix="timecode-") as folder:
        house = House(Path(folder) / "home")
        try:
            yield house
        finally:
            house.stop()


@pytest.fixture
def browser(chromium: Chrome, house: House) -> Iterator[Chrome]:
    """One tab, with nobody signed in; however many a test opens, one is left."""
    yield chromium
    first, *others = chromium.window_handles
    for other in others:
        chromium.switch_to.window(other)
        chromium.close()
    chromium.switch_to.window(first)
    chromium.get("about:blank")
    chromium.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": house.url, "storageTypes": "all"})
    Sessions(Home(house.home), house.service.token, house.port).end(lambda _: True)


def until(browser: Chrome, condition: Callable[[], Any]) -> Any:
    """Wait for something that must come."""
    return WebDriverWait(browser, PATIENCE_S, poll_frequency=0.05).until(lambda _: condition())


def text(browser: Chrome, name: str) -> str:
    """What an element of the page says."""
    return str(browser.execute_script("return document.getElementById(arguments[0])?.innerText ?? ''", name))


def shows(browser: Chrome, total: str) -> None:
    """Wait until the page shows the total."""
    until(browser, lambda: text(browser, "total") == total)


def signed_out(browser: Chrome) -> None:
    """Wait until the page says that nobody is signed in; nothing of the data is on it then."""
    until(browser, lambda: "You are signed out" in text(browser, "message"))
    assert "timecode open" in text(browser, "message")
    whole = browser.execute_script("return document.documentElement.outerHTML + document.title")
    for word in ("harbour ", "ledger", "1 h", "Activity", ">harbour"):
        assert word not in whole


def open_tab(browser: Chrome, url: str) -> str:
    """A new tab, with no tie to the one before."""
    browser.switch_to.new_window("tab")
    browser.get(url)
    return browser.current_window_handle


def test_a_link_signs_in_and_leaves_the_address_as_it_was(browser: Chrome, house: House) -> None:
    """The code goes from the address, the query stays; a second visit needs no link; nothing is in cookies."""
    browser.get(house.printed_link(FILTERED))
    shows(browser, OF_HARBOUR)
    assert browser.current_url == f"{house.url}/{FILTERED}"
    browser.get(f"{house.url}/?{DAYS}")
    shows(browser, TOTAL)
    assert browser.get_cookies() == []
    complaints = [entry for entry in browser.get_log("browser") if entry["level"] in {"SEVERE", "WARNING"}]  # type: ignore[no-untyped-call]
    assert complaints == []


def test_an_old_link_does_not_end_a_session_that_holds(browser: Chrome, house: House) -> None:
    """A bookmark with a used code shows the time all the same; without a session it says what to do."""
    link = house.link(FILTERED)
    browser.get(link)
    shows(browser, OF_HARBOUR)
    browser.get("about:blank")
    browser.get(link)
    shows(browser, OF_HARBOUR)
    assert "#" not in browser.current_url
    timecode(house.home, "keys", "revoke", "--sessions")
    browser.get("about:blank")
    browser.get(link)
    signed_out(browser)
    assert "has been used, or is too old" in text(browser, "message")


def test_a_link_in_an_open_page_is_taken(browser: Chrome, house: House) -> None:
    """Where only the fragment changes nothing is loaded; the page takes the code even so."""
    browser.get(f"{house.url}/{FILTERED}")
    signed_out(browser)
    browser.execute_script("window.stays = true; location.hash = arguments[0]", house.link().partition("#")[2])
    shows(browser, OF_HARBOUR)
    assert browser.execute_script("return window.stays")
    assert browser.current_url == f"{house.url}/{FILTERED}"


def test_another_name_of_this_machine_leads_to_the_one_that_signs_in(browser: Chrome, house: House) -> None:
    """Query and code come along, also where an editor has escaped the link."""
    browser.get(house.link(FILTERED).replace("127.0.0.1", "localhost").replace("#code=", "#code%3D"))
    shows(browser, OF_HARBOUR)
    assert browser.current_url == f"{house.url}/{FILTERED}"


def test_a_session_outlives_a_restart_of_the_service(browser: Chrome, house: House) -> None:
    """The open page signs the new process's challenge without a word; signing out needs no other page before it."""
    browser.get(house.link(f"?{DAYS}"))
    shows(browser, TOTAL)
    browser.execute_script("window.stays = true")
    house.stop()
    browser.execute_script(REFRESH)
    until(browser, lambda: "does not answer" in text(browser, "message"))
    house.start()
    browser.execute_script(REFRESH)
    shows(browser, TOTAL)
    assert browser.execute_script("return window.stays")
    house.stop()
    house.start()
    browser.find_element(By.ID, "sign-out").click()
    signed_out(browser)
    assert "no browser is signed in" in timecode(house.home, "keys", "list").stdout


def test_a_sign_out_that_the_service_does_not_hear_is_told(browser: Chrome, house: House) -> None:
    """The browser forgets its session; the page says how to end it at the service."""
    browser.get(house.link(f"?{DAYS}"))
    shows(browser, TOTAL)
    house.stop()
    try:
        browser.find_element(By.ID, "sign-out").click()
        until(browser, lambda: "timecode keys revoke --sessions" in text(browser, "message"))
    finally:
        house.start()
    browser.get(f"{house.url}/?{DAYS}")
    signed_out(browser)


def test_a_tab_that_is_signed_out_goes_on_when_another_signs_in(browser: Chrome, house: House) -> None:
    """It keeps its address, filters and all, and needs no hand."""
    browser.get(f"{house.url}/{FILTERED}")
    first = browser.current_window_handle
    signed_out(browser)
    open_tab(browser, house.link(f"?{DAYS}"))
    shows(browser, TOTAL)
    browser.switch_to.window(first)
    shows(browser, OF_HARBOUR)
    assert browser.current_url == f"{house.url}/{FILTERED}"


def test_signing_out_ends_it_at_once_in_every_tab_and_at_the_service(browser: Chrome, house: House) -> None:
    """The other tab empties, the Bearer is refused, and back or anew nothing of the data appears."""
    browser.get(house.link(f"?{DAYS}"))
    shows(browser, TOTAL)
    first = browser.current_window_handle
    browser.execute_script(CATCH + REFRESH)
    bearer = until(browser, lambda: browser.execute_script("return window.bearers.find(Boolean)"))
    assert house.service.get("/api/v1/stats", headers={"Authorization": bearer}).status == 200
    left = open_tab(browser, f"{house.url}/{FILTERED}")
    shows(browser, OF_HARBOUR)
    browser.get("about:blank")
    open_tab(browser, f"{house.url}/?{DAYS}")
    shows(browser, TOTAL)
    browser.find_element(By.ID, "sign-out").click()
    signed_out(browser)
    assert house.service.get("/api/v1/stats", headers={"Authorization": bearer}).status == 401
    assert "no browser is signed in" in timecode(house.home, "keys", "list").stdout
    browser.switch_to.window(first)
    signed_out(browser)
    browser.refresh()
    signed_out(browser)
    browser.switch_to.window(left)
    browser.back()
    signed_out(browser)


def test_the_terminal_ends_a_session(browser: Chrome, house: House) -> None:
    """`timecode keys` lists it, and the page knows with its next question."""
    browser.get(house.link(f"?{DAYS}"))
    shows(browser, TOTAL)
    listed = timecode(house.home, "keys", "list").stdout.split()
    assert timecode(house.home, "keys", "revoke", listed[0]).returncode == 0
    browser.execute_script(REFRESH)
    signed_out(browser)


def test_a_new_link_takes_the_place_of_the_session_before(browser: Chrome, house: House) -> None:
    """However often somebody opens the dashboard, a browser has one session."""
    for _ in range(3):
        browser.get("about:blank")
        browser.get(house.link(f"?{DAYS}"))
        shows(browser, TOTAL)
    until(browser, lambda: len(timecode(house.home, "keys", "list").stdout.splitlines()) == 1)


def test_where_the_browser_keeps_nothing_the_session_is_the_tab_s(browser: Chrome, house: House) -> None:
    """The page says so, and works until it is loaded anew."""
    blocked = "Object.defineProperty(window, 'indexedDB', { get() { throw new DOMException('no', 'SecurityError'); } })"
    script = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": blocked})
    try:
        browser.get(house.link(f"?{DAYS}"))
        shows(browser, TOTAL)
        until(browser, lambda: "until the tab is closed or loaded anew" in text(browser, "health"))
        browser.refresh()
        signed_out(browser)
    finally:
        browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)


def test_a_private_window_has_a_session_of_its_own(browser: Chrome, house: House) -> None:
    """It is not signed in by the others, signs in by a link, and neither ends the other."""
    browser.get(house.link(f"?{DAYS}"))
    shows(browser, TOTAL)
    normal = browser.current_window_handle
    with private_window(browser, f"{house.url}/?{DAYS}"):
        signed_out(browser)
        browser.get(house.link(f"?{DAYS}"))
        shows(browser, TOTAL)
        browser.find_element(By.ID, "sign-out").click()
        signed_out(browser)
        browser.close()
    browser.switch_to.window(normal)
    browser.refresh()
    shows(browser, TOTAL)


@contextmanager
def private_window(browser: Chrome, url: str) -> Iterator[None]:
    """A window in a context of its own, which only the browser's own socket can make, and not its driver."""
    address = browser.capabilities["goog:chromeOptions"]["debuggerAddress"]
    with urlopen(f"http://{address}/json/version", timeout=PATIENCE_S) as answer:
        place = json.load(answer)["webSocketDebuggerUrl"]
    before = set(browser.window_handles)
    socket = websocket.create_connection(place, suppress_origin=True, timeout=PATIENCE_S)
    try:
        socket.send(json.dumps({"id": 1, "method": "Target.createBrowserContext"}))
        context = json.loads(socket.recv())["result"]["browserContextId"]
        made = {"url": url, "browserContextId": context}
        socket.send(json.dumps({"id": 2, "method": "Target.createTarget", "params": made}))
        browser.switch_to.window(until(browser, lambda: set(browser.window_handles) - before).pop())
        yield
    finally:
        socket.close()


ELSEWHERE = """
const tell = (what) => fetch("/loot", { method: "POST", body: JSON.stringify(["elsewhere", what]) });
const ours = "%s";
async function everything() {
  for (const path of ["/", "/api/v1/status", "/api/v1/stats?%s", "/api/v1/export/charts?%s"]) {
    for (const options of [{}, { credentials: "include" }, { mode: "no-cors", credentials: "include" }]) {
      await tell(await fetch(ours + path, options).then((one) => one.text(), (error) => error.name));
    }
  }
  for (const path of ["session", "session/challenge"]) {
    const options = { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" };
    await tell(await fetch(`${ours}/api/v1/${path}`, options).then((one) => one.text(), (error) => error.name));
  }
  const script = document.createElement("script");
  await new Promise((done) => {
    script.onload = script.onerror = done;
    script.src = `${ours}/api/v1/status`;
    document.head.append(script);
  });
  const frame = document.createElement("iframe");
  await new Promise((done) => {
    frame.onload = done;
    frame.src = `${ours}/?%s`;
    document.body.append(frame);
  });
  const inside = (one) => one?.documentElement.outerHTML ?? "no document";
  try { await tell(inside(frame.contentDocument)); } catch (error) { await tell(error.name); }
  const opened = window.open(`${ours}/?%s`, "timecode");
  await new Promise((done) => setTimeout(done, 1000));
  try { await tell(inside(opened.document)); } catch (error) { await tell(error.name); }
  opened?.close();
  await tell((await indexedDB.databases()).map((one) => one.name));
  await tell([document.cookie, { ...localStorage }]);
  document.title = "done";
}
addEventListener("load", everything);
"""


def test_a_page_at_another_port_gets_nothing(browser: Chrome, house: House) -> None:
    """By fetch, script, frame, window, storage or cookies, while somebody is signed in beside it."""
    browser.get(house.link(f"?{DAYS}"))
    shows(browser, TOTAL)
    loot, port = Loot(), free_port("127.0.0.1")
    page = PAGE % (ELSEWHERE % (house.url, DAYS, DAYS, DAYS, DAYS))
    with squatting(port, loot, page=page):
        open_tab(browser, f"http://127.0.0.1:{port}/?squatter")
        until(browser, lambda: browser.title == "done")
    found = json.dumps([loot.found, loot.requests])
    for word in ("harbour", "ledger", "total_seconds", "challenge", "Bokeh"):
        assert word not in found
    assert len(loot.of("elsewhere")) > 15
    assert not any(headers.keys() & {"cookie", "authorization"} for _, _, headers, _ in loot.requests)


@pytest.mark.parametrize("by_link", [False, True], ids=["by its address", "by a link"])
def test_who_held_the_port_between_two_starts_holds_nothing_of_use(
    browser: Chrome, house: House, by_link: bool
) -> None:
    """Neither its page nor what the open tab sent it nor what its worker sees at the next visit opens anything."""
    loot, telling = Loot(), free_port("127.0.0.1")
    questions = [f"/api/v1/export/charts?{DAYS}&theme={theme}" for theme in ("light", "dark")]
    questions += ["/api/v1/status", f"/api/v1/stats?{DAYS}"]
    browser.get(house.printed_link(f"?{DAYS}"))
    shows(browser, TOTAL)
    # From here on the tab asks another question, so that nothing of the first comes in the way of what is cached of it.
    browser.find_element(By.CSS_SELECTOR, "button.chip").click()
    shows(browser, OF_HARBOUR)
    still_open = browser.current_window_handle
    with ExitStack() as stack:
        stack.enter_context(squatting(telling, loot))
        house.stop()
        with squatting(house.port, loot, f"http://127.0.0.1:{telling}/loot", questions):
            browser.execute_script(REFRESH)
            until(browser, lambda: any("signature" in body for _, body in loot.bodies))
            open_tab(browser, f"{house.url}/?squatter")
            until(browser, lambda: browser.title == "done")
        house.start()
        assert browser.execute_async_script(WORKERS) == [1, False]
        if by_link:
            browser.get(house.printed_link(f"?{DAYS}"))
            signed_out_or_in = until(browser, lambda: text(browser, "total").strip() or text(browser, "message"))
            assert (
                signed_out_or_in == TOTAL
            )  # the session that was there holds; the link's code is worth nothing any more
        else:
            browser.get(f"{house.url}/?{DAYS}")
        shows(browser, TOTAL)
        until(browser, lambda: browser.execute_async_script(WORKERS) == [0, False])
        until(browser, lambda: "had left a script in this browser" in text(browser, "health"))
        browser.switch_to.window(still_open)
        browser.execute_script(REFRESH)
        shows(browser, OF_HARBOUR)
    seen_by_worker = loot.of("worker")
    assert any(house.url in seen[1] for seen in seen_by_worker), "the worker saw nothing: it was not there"
    assert len(loot.bearers) == 2  # that of the page, and that which it was given here
    assert loot.of("exported key") == ["InvalidAccessError"] * 2
    assert "harbour" not in json.dumps(loot.found), "the browser's cache told something"
    nothing_opens(house.service, loot)


def test_a_worker_that_takes_over_an_open_page_is_thrown_out_by_it(browser: Chrome, house: House) -> None:
    """The page asks nothing through it, unregisters it, and is loaded anew."""
    loot = Loot()
    browser.get(house.link(f"?{DAYS}"))
    shows(browser, TOTAL)
    still_open = browser.current_window_handle
    house.stop()
    with squatting(house.port, loot, claims=True):
        open_tab(browser, f"{house.url}/?squatter")
        until(browser, lambda: browser.title == "done")
        browser.switch_to.window(still_open)
        until(browser, lambda: browser.execute_async_script(WORKERS) == [0, False])
        assert not loot.bearers
    house.start()
    browser.get(f"{house.url}/?{DAYS}")
    shows(browser, TOTAL)


def nothing_opens(service: Server, loot: Loot) -> None:
    """Try all that was collected, in every way in which the service takes something."""
    words = loot.words()
    assert len(words) > 20
    for word in words:
        for path in ("/api/v1/status", "/api/v1/stats"):
            for headers in ({"Authorization": f"Bearer {word}"}, {"Cookie": f"timecode_{service.port}={word}"}):
                assert service.get(path, headers=headers, signed_in=False).status == 401, word
        assert service.get(f"/api/v1/status?api_key={quote(word)}", signed_in=False).status == 401
        assert service.request("POST", "/api/v1/session", {"code": word}, signed_in=False).status == 403
    signed = [body for _, body in loot.bodies if "signature" in body]
    assert signed
    fresh = service.request("POST", "/api/v1/session/challenge", {}, signed_in=False).json()["challenge"]
    for body in signed:
        for challenge in (body["challenge"], fresh):
            again = {**body, "challenge": challenge}
            assert service.request("POST", "/api/v1/session/bearer", again, signed_in=False).status == 403
