import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { hasCode } from "../../src/queue/disk";

export const TOKEN = "11111111-2222-4333-8444-555555555555";

export type Answer = { status: number; body?: unknown; headers?: http.OutgoingHttpHeaders } | "hang" | "reset" | "pass";

/**
 * Speaks the service's protocol over real HTTP and misbehaves as it is told. For what a client must bear; that it works
 * with the service itself is for the tests with an editor.
 */
export class FakeService {
  token = TOKEN;
  /** What happens to a request, by its path and its body; "pass" is a proper answer. */
  rule: (path: string, body: string) => Answer = () => "pass";
  /** The verdict on an event. */
  judge: (event: string) => string = () => "stored";
  readonly stored = new Map<string, string>();
  readonly requests: { method: string; path: string; headers: http.IncomingHttpHeaders; body: string; socket: number }[] = [];
  port = 0;
  #sockets = 0;
  readonly #server = http.createServer((request, response) => void this.#serve(request, response));
  readonly #numbers = new WeakMap<object, number>();

  async listen(port = 0): Promise<this> {
    // A client whose disk is slow must find its connection where it left it.
    this.#server.keepAliveTimeout = 0;
    this.#server.on("connection", (socket) => this.#numbers.set(socket, ++this.#sockets));
    for (let tries = 1; !this.#server.listening; tries++) {
      try {
        await once(this.#server.listen(port, "127.0.0.1"), "listening");
      } catch (error) {
        // A port given up a moment ago may be the near end of somebody's connection by now; those pass.
        if (!hasCode(error, "EADDRINUSE") || tries > 300) throw error;
        await pause(100);
      }
    }
    this.port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  get connections(): number {
    return this.#sockets;
  }

  /** Everything the client sent, as bytes would show it. */
  get wire(): string {
    return this.requests.map(({ method, path, headers, body }) => `${method} ${path} ${JSON.stringify(headers)} ${body}`).join("\n");
  }

  posts(): number {
    return this.requests.filter(({ method }) => method === "POST").length;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    try {
      for await (const part of request) parts.push(part as Buffer);
    } catch {
      return; // the client hung up
    }
    const body = Buffer.concat(parts).toString();
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const { method = "", headers } = request;
    this.requests.push({ method, path: url.pathname + url.search, headers, body, socket: this.#numbers.get(request.socket) ?? 0 });
    const answer = this.rule(url.pathname, body);
    if (answer === "hang") return;
    if (answer === "reset") {
      request.socket.resetAndDestroy();
      return;
    }
    const { status, body: content, headers: extra } = answer === "pass" ? this.#proper(url, headers, body) : answer;
    const bytes = JSON.stringify(content ?? {});
    response.writeHead(status, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(bytes), ...extra });
    response.end(bytes);
  }

  #proper(url: URL, headers: http.IncomingHttpHeaders, body: string): { status: number; body?: unknown; headers?: undefined } {
    if (url.pathname === "/api/v1/hello") {
      const nonce = url.searchParams.get("nonce") ?? "";
      const mac = createHmac("sha256", this.token).update(`timecode-hello\n${nonce}\n${this.port}`).digest("hex");
      return { status: 200, body: { service: "timecode", version: "0", mac } };
    }
    if (headers.authorization !== `Bearer ${this.token}`) return { status: 401, body: { title: "Unauthorized" } };
    if (url.pathname === "/api/v1/status") {
      return { status: 200, body: { today: { total_seconds: 3700, projects: [{ project: "a", seconds: 3700 }] } } };
    }
    const { events } = JSON.parse(body) as { events: unknown[] };
    const ids: (string | null)[] = [];
    const rejected: { index: number; error: string }[] = [];
    const verdicts = events.map((event, index) => {
      const text = JSON.stringify(event);
      const verdict = this.judge(text);
      const id = createHash("sha256").update(text).digest("hex").slice(0, 32);
      ids.push(verdict === "stored" || verdict === "duplicate" ? id : null);
      if (verdict === "rejected") rejected.push({ index, error: "made up by the test" });
      if (verdict !== "stored") return verdict;
      if (this.stored.has(id)) return "duplicate";
      this.stored.set(id, text);
      return "stored";
    });
    return { status: 200, body: { ids, verdicts, rejected, stored: 0, duplicate: 0, excluded: 0 } };
  }
}
