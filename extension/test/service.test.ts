import assert from "node:assert/strict";
import * as http from "node:http";
import { createRequire } from "node:module";
import { test, type TestContext } from "node:test";
import { isObject } from "../src/value";
import { Latest } from "../src/client/latest";
import { expectedMac, provenToken } from "../src/client/hello";
import { LinkError } from "../src/client/link";
import { loginLink } from "../src/client/loginLink";
import { loopback, urlOf } from "../src/client/loopback";
import { Service } from "../src/client/service";
import { compareVersions } from "../src/client/version";
import { FakeService, TOKEN } from "./support/fakeService";

const OTHER = "99999999-2222-4333-8444-555555555555";
const EVENT = '{"time":"2026-01-01T00:00:00+00:00","entity":"secret/name.py"}';

async function fake(t: TestContext): Promise<FakeService> {
  const service = await new FakeService().listen();
  t.after(() => service.close());
  return service;
}

function client(port: number, tokens: readonly string[] = [TOKEN], timeoutMs = 30_000): Service {
  return new Service({ address: { host: "127.0.0.1", port }, tokens: () => Promise.resolve(tokens), timeoutMs });
}

async function stateOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "up";
  } catch (error) {
    assert.ok(error instanceof LinkError, String(error));
    return error.state;
  }
}

test("an answer that comes after a later question, or after the service was changed, is not heard", async () => {
  const latest = new Latest();
  let answer = (): void => undefined;
  const slow = latest.ask(() => new Promise<{ n: number }>((resolve) => (answer = () => { resolve({ n: 1 }); })));
  assert.equal(latest.busy, true);
  assert.deepEqual(await latest.ask(() => Promise.resolve({ n: 2 })), { n: 2 });
  answer();
  assert.equal(await slow, undefined);
  assert.equal(latest.busy, false);
  const asked = latest.ask(() => Promise.resolve({ n: 3 }));
  latest.forget();
  assert.equal(await asked, undefined);
});

test("only addresses of this machine are accepted, and none is looked up", () => {
  for (const [text, url] of [
    ["http://127.0.0.1:4821", "http://127.0.0.1:4821"],
    ["http://localhost:1", "http://127.0.0.1:1"],
    ["http://[::1]:4821/", "http://[::1]:4821"],
    ["http://127.8.9.1:4821", "http://127.8.9.1:4821"],
    ["http://0x7f.1:80", "http://127.0.0.1:80"],
  ] as const) assert.equal(urlOf(loopback(text)), url);
  for (const text of [
    "http://example.org:4821", "https://127.0.0.1:4821", "http://127.0.0.1.example.org", "http://10.0.0.1:4821", "http://0.0.0.0:4821",
    "http://user:pw@127.0.0.1", "http://[::ffff:10.0.0.1]:1", "http://localhost.example.org", "http://128.0.0.1", "4821", "file:///x", "",
  ]) assert.throws(() => loopback(text), Error, text);
});

test("the link to sign in by is opened as it came, and only where it leads to the service's own origin", () => {
  const address = loopback("http://localhost:4821");
  const link = "http://127.0.0.1:4821/#code=xo_-9";
  assert.equal(loginLink({ link, code: "xo_-9", expires_in: 60 }, address), link);
  assert.equal(loginLink({ link: "http://127.0.0.1/#code=x" }, loopback("http://127.0.0.1:80")), "http://127.0.0.1/#code=x");
  for (const wrong of [
    "http://127.0.0.1:4822/#code=x", "https://127.0.0.1:4821/#code=x", "http://localhost:4821/#code=x", "http://127.0.0.2:4821/#code=x",
    "http://127.0.0.1:4821@evil.example/#code=x", "http://user@127.0.0.1:4821/#code=x", "http://evil.example/", "file:///etc/passwd",
    "command:workbench.action.quit", "javascript:alert(1)", "/#code=x", "", 1, null,
  ]) assert.throws(() => loginLink({ link: wrong }, address), /no link|leads elsewhere/, String(wrong));
  for (const answer of [{}, null, [], "http://127.0.0.1:4821/"]) assert.throws(() => loginLink(answer, address), /no link/);
});

test("the proof holds token, nonce and port", () => {
  const mac = expectedMac(TOKEN, "nonce", 4821);
  assert.equal(provenToken([OTHER, TOKEN], "nonce", 4821, mac), TOKEN);
  for (const [nonce, port] of [["nonce2", 4821], ["nonce", 4822]] as const) assert.equal(provenToken([TOKEN], nonce, port, mac), undefined);
  assert.equal(provenToken([TOKEN], "nonce", 4821, ""), undefined);
});

test("a service that proves itself is sent the token and the events, all on the connection of the proof", async (t) => {
  const service = await fake(t);
  const session = await client(service.port, [OTHER, TOKEN]).open();
  for (let round = 0; round < 3; round++) assert.equal((await session.send([EVENT])).status, 200);
  session.close();
  assert.equal(service.connections, 1);
  assert.deepEqual(new Set(service.requests.map(({ socket }) => socket)), new Set([1]));
  const post = service.requests[1];
  assert.equal(post?.headers["content-type"], "application/json");
  assert.equal(Number(post.headers["content-length"]), Buffer.byteLength(post.body));
});

test("a program that squats the port sees a nonce and nothing else", async (t) => {
  const squatters: [string, string, FakeService["rule"]][] = [
    ["another token", "unproven", () => "pass"],
    ["no proof", "unproven", () => ({ status: 200, body: { service: "timecode", version: "9", mac: "" } })],
    ["a proof that is no text", "stranger", () => ({ status: 200, body: { service: "timecode", mac: [TOKEN] } })],
    ["another service", "stranger", () => ({ status: 200, body: { service: "lighthouse", mac: "" } })],
    ["not found", "stranger", () => ({ status: 404 })],
    ["a redirect", "stranger", () => ({ status: 307, headers: { Location: "http://127.0.0.1:1/api/v1/events" } })],
    ["unauthorised", "stranger", () => ({ status: 401 })],
  ];
  for (const [name, state, rule] of squatters) {
    const squatter = await fake(t);
    squatter.token = OTHER;
    squatter.rule = rule;
    assert.equal(await stateOf(client(squatter.port).open()), state, name);
    assert.equal(squatter.requests.length, 1, name);
    assert.ok(!squatter.wire.includes(TOKEN) && !squatter.wire.includes("authorization"), name);
  }
});

test("a proof passed on from a service at another port does not count", async (t) => {
  const genuine = await fake(t);
  const squatter = await fake(t);
  const nonceOf = (path: string): string => new URL(path, "http://x").searchParams.get("nonce") ?? "";
  const seen: string[] = [];
  squatter.rule = () => {
    const nonce = nonceOf(squatter.requests.at(-1)?.path ?? "");
    seen.push(nonce);
    return { status: 200, body: { service: "timecode", mac: expectedMac(TOKEN, nonce, genuine.port) } };
  };
  assert.equal(await stateOf(client(squatter.port).open()), "unproven");
  assert.match(seen[0] ?? "", /^[A-Za-z0-9_-]{16,128}$/);
});

test("every session asks with a new nonce", async (t) => {
  const service = await fake(t);
  for (let round = 0; round < 3; round++) (await client(service.port).open()).close();
  assert.equal(new Set(service.requests.map(({ path }) => path)).size, 3);
});

test("when the connection of the proof is gone, nothing goes down a new one", async (t) => {
  const service = await fake(t);
  service.rule = (path) => (path.endsWith("/hello") ? "pass" : "reset");
  const session = await client(service.port).open();
  assert.equal(await stateOf(session.send([EVENT])), "failing");
  const before = service.requests.length;
  assert.equal(await stateOf(session.send([EVENT])), "failing");
  assert.equal(service.requests.length, before, "the second send reached somebody");
  session.close();
});

test("a program that takes the port between proof and events is not sent to", async (t) => {
  const service = await fake(t);
  const { port } = service;
  const session = await client(port).open();
  await service.close();
  const squatter = await new FakeService().listen(port);
  t.after(() => squatter.close());
  assert.equal(await stateOf(session.send([EVENT])), "failing");
  assert.deepEqual(squatter.requests, []);
  session.close();
  t.diagnostic("the squatter saw no request");
});

test("a refused token is not tried again until it changes or is forgiven", async (t) => {
  const service = await fake(t);
  service.rule = (path) => (path.endsWith("/hello") ? "pass" : { status: 401 });
  const one = client(service.port);
  const session = await one.open();
  assert.equal(await stateOf(session.send([EVENT])), "unauthorised");
  session.close();
  const before = service.requests.length;
  for (let round = 0; round < 5; round++) assert.equal(await stateOf(one.open()), "unauthorised");
  assert.equal(service.requests.length, before);
  one.forgive();
  (await one.open()).close();
  assert.equal(service.requests.length, before + 1);
});

test("without a token only a nonce is sent, which tells a service that isn't there from one that can't be known", async (t) => {
  const service = await fake(t);
  assert.equal(await stateOf(client(service.port, []).open()), "no-token");
  assert.deepEqual(service.requests.map(({ path, body, headers }) => [path.split("?")[0], body, headers.authorization]), [["/api/v1/hello", "", undefined]]);
  service.rule = () => ({ status: 200, body: "hello" });
  assert.equal(await stateOf(client(service.port, []).open()), "stranger");
  await service.close();
  assert.equal(await stateOf(client(service.port, []).open()), "offline");
});

test("a service that proved itself and lacks what is asked for is one of another version", async (t) => {
  const service = await fake(t);
  const session = await client(service.port).open();
  for (const [status, state] of [[404, "misfit"], [405, "misfit"], [400, "failing"], [500, "failing"]] as const) {
    service.rule = () => ({ status });
    assert.equal(await stateOf(session.get("/api/v1/status")), state, String(status));
  }
  assert.equal(session.version, "0");
  session.close();
});

test("of two versions the older one is known by its numbers, and nothing is said of what has none", () => {
  const order = [["0.1.0", "0.1.1"], ["0.9.0", "0.10.0"], ["1.0.0", "2.0.0"], ["0.9.9", "1.0.0-rc.1"]] as const;
  for (const [older, newer] of order) assert.ok(compareVersions(older, newer) < 0 && compareVersions(newer, older) > 0, newer);
  for (const [a, b] of [["0.1.0", "0.1.0"], ["", "0.1.0"], ["0.1.0", "main"], ["0.1", "0.2"]] as const) assert.equal(compareVersions(a, b), 0);
});

test("nothing there is offline; errors, silence and resets are a failing service", async (t) => {
  const service = await fake(t);
  for (const [rule, state] of [[{ status: 500 }, "failing"], [{ status: 503 }, "failing"], ["hang", "failing"], ["reset", "failing"]] as const) {
    service.rule = () => rule;
    assert.equal(await stateOf(client(service.port, [TOKEN], rule === "hang" ? 300 : undefined).open()), state, JSON.stringify(rule));
  }
  // A port that no program is given by chance, as one that the fake had given up might be.
  assert.equal(await stateOf(client(1).open()), "offline");
});

test("an answer that drips for ever is cut off", async (t) => {
  const server = http.createServer((_request, response) => {
    response.writeHead(200, { "Content-Type": "application/json" });
    const drip = setInterval(() => response.write(" "), 20);
    response.on("close", () => { clearInterval(drip); });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => { server.closeAllConnections(); server.close(); });
  const address = server.address();
  // The drip has no end, so that only the limit of the whole exchange brings one.
  await assert.rejects(client(isObject(address) ? Number(address.port) : 0, [TOKEN], 300).open(), { state: "failing", message: "the service does not answer in time" });
});

test("proxy settings of the environment are not followed", async (t) => {
  const service = await fake(t);
  const proxy = await fake(t);
  const names = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];
  const before = names.map((name) => process.env[name]);
  for (const name of names) process.env[name] = `http://127.0.0.1:${proxy.port}`;
  try {
    (await client(service.port).open()).close();
  } finally {
    names.forEach((name, index) => {
      const value = before[index];
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    });
  }
  assert.equal(proxy.connections, 0);
  assert.equal(service.connections, 1);
});

test("a replaced http.request, as editors put in place for proxies, is gone around", async (t) => {
  const service = await fake(t);
  // The module object itself, as extensions get it; an import would be a copy.
  const patched = createRequire(__filename)("node:http") as { request: unknown; get: unknown };
  const { request, get } = patched;
  t.after(() => Object.assign(patched, { request, get }));
  patched.request = patched.get = () => assert.fail("went through the replaced function");
  (await client(service.port).open()).close();
  assert.equal(service.connections, 1);
});
