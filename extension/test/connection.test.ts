import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { Connection, type Target } from "../src/client/connection";
import { Kept } from "../src/kept";
import { Aside } from "../src/queue/aside";
import { Queue } from "../src/queue/queue";
import { FakeService, TOKEN } from "./support/fakeService";
import { scratch } from "./support/folders";
import { quickDisk } from "./support/quickDisk";
import { until } from "./support/until";

const OTHER = "99999999-2222-4333-8444-555555555555";

async function fake(t: TestContext, token: string): Promise<FakeService> {
  const service = await new FakeService().listen();
  service.token = token;
  t.after(() => service.close());
  return service;
}

/** A home whose service runs: with its token, and the record of where it is. */
async function homeOf(t: TestContext, service: FakeService): Promise<string> {
  const home = join(await scratch(t), "home");
  await mkdir(home, { mode: 0o700 });
  await writeFile(join(home, "token"), `${service.token}\n`);
  await writeFile(join(home, "service.json"), JSON.stringify({ address: "127.0.0.1", port: service.port, command: [] }));
  return home;
}

interface Bench {
  readonly connection: Connection;
  readonly queue: Queue;
  /** Changes the settings. */
  readonly go: (to: Partial<Target>) => void;
  /** What was typed in, and what happens before that is told. */
  readonly typed: { token: string; before?: () => Promise<void> };
}

async function connect(t: TestContext, target: Partial<Target> & { home: string }): Promise<Bench> {
  let end = (): Promise<void> => Promise.resolve();
  // Hooks run in the order in which they were given: the folder goes when nobody writes to it any more.
  t.after(() => end());
  const folder = await scratch(t);
  const aside = new Aside(folder, quickDisk);
  const queue = await Queue.open({ folder, disk: quickDisk, aside, maxBytes: 1 << 20, maxHeld: 10 });
  let now: Target = { url: "", token: "", timeoutMs: 30_000, ...target };
  const typed: Bench["typed"] = { token: "" };
  const nothing = (): void => undefined;
  const connection = new Connection({
    queue, aside, target: () => now, looking: () => false,
    typed: async () => {
      await typed.before?.();
      return typed.token;
    },
    onAsked: nothing, onLink: nothing, onSettled: nothing, onChange: nothing, log: nothing,
  });
  end = async () => {
    await connection.stop();
    await queue.close();
  };
  const go = (to: Partial<Target>): void => {
    now = { ...now, ...to };
    connection.refresh();
  };
  return { connection, queue, go, typed };
}

async function send(queue: Queue, connection: Connection, entity: string): Promise<void> {
  await queue.append(JSON.stringify({ time: "2026-01-01T00:00:00+00:00", entity }));
  connection.wake();
}

test("another home takes effect at once: its token, its service, and its own values", async (t) => {
  const [one, two] = [await fake(t, TOKEN), await fake(t, OTHER)];
  const [first, second] = [await homeOf(t, one), await homeOf(t, two)];
  const { connection, queue, go } = await connect(t, { home: first });
  await send(queue, connection, "a");
  await until(() => one.stored.size === 1);
  go({ home: second });
  await connection.settled();
  await send(queue, connection, "b");
  await until(() => two.stored.size === 1);
  assert.equal(connection.finder.address.port, two.port);
  assert.equal(one.stored.size, 1);

  let home = first;
  const kept = new Kept(() => home, (line) => assert.fail(line));
  const value = await kept.value("machine_id");
  home = second;
  const other = await kept.value("machine_id");
  assert.notEqual(other, value);
  home = first;
  assert.equal(await kept.value("machine_id"), value);
});

test("a service that was started again on another port is found without a word from anybody", async (t) => {
  const one = await fake(t, TOKEN);
  const home = await homeOf(t, one);
  const { connection, queue } = await connect(t, { home });
  await connection.retryNow();
  await one.close();
  const two = await fake(t, TOKEN);
  await writeFile(join(home, "service.json"), JSON.stringify({ address: "127.0.0.1", port: two.port, command: [] }));
  await send(queue, connection, "a");
  await until(() => two.stored.size === 1);
});

test("an address that can't be used is told with its reason, and mended by another", async (t) => {
  const service = await fake(t, TOKEN);
  const { connection, queue, go } = await connect(t, { home: await homeOf(t, service), url: "https://127.0.0.1:4821" });
  await send(queue, connection, "a");
  await until(() => connection.link.state === "bad-address");
  assert.match(connection.link.detail, /must start with http:/);
  assert.equal(service.connections, 0);
  go({ url: `http://127.0.0.1:${service.port}` });
  await until(() => service.stored.size === 1);
});

test("a service of another version gets its events, and that it doesn't fit stays told", async (t) => {
  const service = await fake(t, TOKEN);
  service.rule = (path) => (path === "/api/v1/status" ? { status: 404 } : "pass");
  const { connection, queue } = await connect(t, { home: await homeOf(t, service) });
  await connection.retryNow();
  assert.equal(connection.link.state, "misfit");
  await send(queue, connection, "a");
  await until(() => service.stored.size === 1 && queue.pending === 0);
  assert.equal(connection.link.state, "misfit");
  service.rule = () => "pass";
  await connection.retryNow();
  assert.equal(connection.link.state, "up");
  assert.equal(connection.polling.today?.seconds, 3700);
});

test("an event that comes while the service is asked is sent before the settings count as tried", async (t) => {
  const [one, two] = [await fake(t, OTHER), await fake(t, TOKEN)];
  const { connection, queue, go, typed } = await connect(t, { home: await homeOf(t, two), url: `http://127.0.0.1:${one.port}` });
  await connection.retryNow();
  assert.equal(connection.link.state, "elsewhere");
  typed.before = async () => {
    delete typed.before;
    await queue.append(JSON.stringify({ time: "2026-01-01T00:00:00+00:00", entity: "a" }));
  };
  go({ url: "" });
  await connection.settled();
  assert.equal(connection.link.state, "up");
  assert.equal(two.stored.size, 1);
});

test("a token that is typed in is used with the next try", async (t) => {
  const service = await fake(t, TOKEN);
  const home = await scratch(t);
  const { connection, queue, typed } = await connect(t, { home, url: `http://127.0.0.1:${service.port}` });
  await send(queue, connection, "a");
  await until(() => connection.link.state === "no-token");
  typed.token = OTHER;
  await connection.retryNow();
  assert.equal(connection.link.state, "unproven");
  typed.token = TOKEN;
  await connection.retryNow();
  assert.equal(connection.link.state, "up");
  assert.equal(service.stored.size, 1);
});

test("who asked how things stand and was overtaken by another question hears the answer to that", async (t) => {
  const service = await fake(t, TOKEN);
  const { connection } = await connect(t, { home: await homeOf(t, service) });
  const asked = connection.retryNow();
  await until(() => service.requests.some(({ path }) => path.startsWith("/api/v1/hello")));
  void connection.polling.now();
  await asked;
  assert.equal(connection.link.state, "up");
  assert.equal(connection.polling.today?.seconds, 3700);
});
