import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import fc from "fast-check";
import { Backoff } from "../src/client/backoff";
import { Sender, type Settled } from "../src/client/sender";
import { Service } from "../src/client/service";
import { Aside } from "../src/queue/aside";
import { realDisk } from "../src/queue/disk";
import { Queue } from "../src/queue/queue";
import { SmallDisk } from "./support/failingDisk";
import { FakeService, TOKEN, type Answer } from "./support/fakeService";
import { scratch } from "./support/folders";
import { quickDisk } from "./support/quickDisk";
import { until } from "./support/until";

interface Bench {
  readonly service: FakeService;
  readonly queue: Queue;
  readonly aside: Aside;
  readonly sender: Sender;
  readonly settled: Settled[];
  readonly states: string[];
}

// Short waits: the tests are about what happens, the lengths are tested apart.
const QUICK = (): number => 0;
// No retry comes by itself within a test, however slow the machine.
const NEVER = (): number => 1000;

async function bench(t: TestContext, more: { tokens?: () => Promise<string[]>; asideDisk?: SmallDisk; random?: () => number; timeoutMs?: number } = {}): Promise<Bench> {
  let end = (): Promise<void> => Promise.resolve();
  // Hooks run in the order in which they were given: the folder goes when nobody writes to it any more.
  t.after(() => end());
  const folder = await scratch(t);
  const service = await new FakeService().listen();
  const aside = new Aside(folder, more.asideDisk ?? quickDisk);
  const queue = await Queue.open({ folder: join(folder, "queue"), disk: quickDisk, aside, maxBytes: 64 << 20, maxHeld: 10 });
  const settled: Settled[] = [];
  const states: string[] = [];
  const sender = new Sender({
    queue,
    aside,
    service: new Service({
      address: { host: "127.0.0.1", port: service.port },
      tokens: more.tokens ?? (() => Promise.resolve([TOKEN])),
      // None runs out on a busy machine, unless a test is about that.
      timeoutMs: more.timeoutMs ?? 30_000,
    }),
    backoff: new Backoff(more.random ?? QUICK),
    onSettled: (list) => settled.push(...list),
    onLink: ({ state }) => states.push(state),
  });
  end = async () => {
    await sender.stop();
    await service.close();
    await queue.close();
  };
  return { service, queue, aside, sender, settled, states };
}

function event(n: number, extra = ""): string {
  const time = `2026-01-01T00:00:${String(n % 60).padStart(2, "0")}.${String(n).padStart(6, "0")}+01:00`;
  return JSON.stringify({ time, entity: `src/file${n}.ts${extra}`, type: "file", category: "coding", project: "p", branch: "main", language: "TypeScript", editor: "VS Code", machine_id: "m", is_write: false, source: "vscode" });
}

async function fill(queue: Queue, count: number, make: (n: number) => string = event): Promise<string[]> {
  const events = Array.from({ length: count }, (_, n) => make(n));
  for (const text of events) await queue.append(text);
  return events;
}

/** Stops the sender and lets that much time pass for its timers, whatever time passes for the machine. */
async function stopWithin(t: TestContext, sender: Sender, ms: number): Promise<void> {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let stopped = false;
  void sender.stop().then(() => (stopped = true));
  t.mock.timers.tick(ms);
  t.mock.timers.reset();
  await until(() => stopped);
}

const idOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 32);
const empty = (queue: Queue) => (): boolean => queue.pending === 0;
const isBad = (text: string): boolean => text.includes("poison");

test("events are stored once, the queue empties, and the ids come back by event", async (t) => {
  const { service, queue, sender, settled } = await bench(t);
  const events = await fill(queue, 450);
  sender.wake();
  await until(empty(queue));
  await sender.idle();
  assert.deepEqual([...service.stored.values()].sort(), [...events].sort());
  assert.deepEqual(settled.map(({ text }) => text), events);
  for (const { text, id } of settled) assert.equal(service.stored.get(id ?? ""), text);
});

test("verdicts settle: stored, duplicate and excluded go, rejected is set aside with its reason", async (t) => {
  const { service, queue, aside, sender } = await bench(t);
  const words = ["stored", "duplicate", "excluded", "rejected"];
  service.judge = (text) => words.find((word) => text.includes(word)) ?? "stored";
  for (const [n, word] of words.entries()) await queue.append(event(n, word));
  sender.wake();
  await until(empty(queue));
  const notes = await aside.read();
  assert.deepEqual(notes.map(({ why, detail, event: text }) => [why, detail, text]), [["refused", "made up by the test", event(3, "rejected")]]);
});

test("an event without a verdict that is understood stays until it gets one", async (t) => {
  const { service, queue, sender } = await bench(t);
  let word = "postponed";
  service.judge = (text) => (text.includes("file1.") ? word : "stored");
  await fill(queue, 3);
  sender.wake();
  await until(() => queue.pending === 1);
  const before = service.posts();
  // The request after the next shows that the next was answered and settled nothing.
  await until(() => service.posts() > before + 2);
  assert.equal(queue.pending, 1);
  word = "stored";
  await until(empty(queue));
  assert.equal(service.stored.size, 3);
});

test("answers that are no answer settle nothing", async (t) => {
  const { service, queue, sender, states } = await bench(t, { timeoutMs: 1000 });
  const wrong: (Answer | "one verdict short")[] = [
    { status: 200, body: {} },
    "one verdict short",
    { status: 200, body: { verdicts: "stored,stored", ids: [] } },
    { status: 204 },
    { status: 302, headers: { Location: "/elsewhere" } },
    { status: 403 }, { status: 404 }, { status: 415 }, { status: 421 }, { status: 429 }, { status: 500 }, { status: 502 },
    "reset", "hang",
  ];
  // What waits when a request comes is what the answers before it left.
  const waiting: number[] = [];
  service.rule = (path, body) => {
    if (!path.endsWith("/events")) return "pass";
    const answer = wrong[waiting.push(queue.pending) - 1] ?? "pass";
    if (answer !== "one verdict short") return answer;
    const { events } = JSON.parse(body) as { events: unknown[] };
    return { status: 200, body: { verdicts: events.slice(1).map(() => "stored") } };
  };
  await fill(queue, 2);
  sender.wake();
  await until(empty(queue));
  await sender.idle();
  assert.deepEqual(waiting.slice(0, wrong.length + 1), Array(wrong.length + 1).fill(2));
  assert.equal(service.stored.size, 2);
  assert.deepEqual([states[0], states.at(-1)], ["failing", "up"]);
});

test("a batch refused whole loses only its bad events, whatever their number and place", async (t) => {
  for (const status of [400, 413, 422]) {
    await fc.assert(fc.asyncProperty(fc.uniqueArray(fc.nat({ max: 58 }), { maxLength: 25 }), async (bad) => {
      const { service, queue, aside, sender } = await bench(t);
      service.rule = (_path, body) => (isBad(body) ? { status, body: { title: "no", detail: "such" } } : "pass");
      const events = await fill(queue, 60, (n) => event(n, bad.includes(n) ? "poison" : ""));
      sender.wake();
      // Refusals that no acceptance follows are put off until one does.
      for (let n = 60; queue.pending > 0; n++) {
        assert.ok(n < 70);
        const late = event(n);
        events.push(late);
        await queue.append(late);
        sender.retryNow();
        await until(() => service.stored.has(idOf(late)));
        await sender.idle();
      }
      assert.deepEqual([...service.stored.values()].sort(), events.filter((text) => !isBad(text)).sort());
      const notes = await aside.read();
      assert.deepEqual(notes.map((note) => note.event).sort(), events.filter(isBad).sort());
      assert.ok(notes.every(({ detail }) => detail === `status ${status}: no: such`));
    }), { numRuns: 5 });
  }
});

test("an event that can't be set aside is not let go, and does not hold up the others", async (t) => {
  const asideDisk = new SmallDisk();
  asideDisk.room = 0;
  const { service, queue, sender } = await bench(t, { asideDisk });
  service.judge = (text) => (isBad(text) ? "rejected" : "stored");
  await fill(queue, 10, (n) => event(n, n === 0 ? "poison" : ""));
  sender.wake();
  await until(empty(queue));
  await sender.idle();
  assert.equal(service.stored.size, 9);
  const folder = (queue as unknown as { options: { folder: string } }).options.folder;
  await queue.close();
  const again = await Queue.open({ folder, disk: realDisk, aside: new Aside(folder, realDisk), maxBytes: 1 << 20, maxHeld: 1, owner: { host: "00000000", pid: 1 }, liveness: { isDead: () => true, forget: () => undefined } as never });
  assert.equal(again.pending, 1, "it waits for the next window");
  await again.close();
});

test("a service that refuses every single event is given time instead of the whole queue", async (t) => {
  const { service, queue, sender, states } = await bench(t, { random: NEVER });
  service.rule = (path) => (path.endsWith("/events") ? { status: 400 } : "pass");
  await fill(queue, 300);
  sender.wake();
  await until(() => states.includes("failing"));
  await sender.idle();
  assert.ok(queue.pending >= 280, `${queue.pending} left`);
});

test("refused events are set aside no further than patience goes until the service accepts one", async (t) => {
  const { service, queue, aside, sender } = await bench(t);
  let broken = true;
  service.rule = (path, body) => (path.endsWith("/events") && (broken || isBad(body)) ? { status: 400 } : "pass");
  await fill(queue, 30, (n) => event(n, n === 12 ? "poison" : ""));
  sender.wake();
  await until(() => service.posts() > 60);
  assert.equal((await aside.read()).length, 10);
  assert.equal(queue.pending, 20);
  broken = false;
  await until(empty(queue));
  assert.equal(service.stored.size, 19);
  assert.equal((await aside.read()).length, 11);
});

test("a service that refuses everything is asked once a try", async (t) => {
  const { service, queue, sender } = await bench(t, { random: NEVER });
  service.rule = (path) => (path.endsWith("/events") ? { status: 400 } : "pass");
  await fill(queue, 300);
  sender.wake();
  await until(() => sender.link.state === "failing");
  await sender.idle();
  for (let n = 0; n < 5; n++) {
    const before = service.posts();
    sender.retryNow();
    await sender.idle();
    assert.equal(service.posts(), before + 1);
  }
});

test("an event that the service breaks down on is found in a few failures", async (t) => {
  const { service, queue, sender } = await bench(t);
  let failures = 0;
  service.rule = (path, body) => {
    if (!path.endsWith("/events") || !isBad(body)) return "pass";
    failures++;
    return { status: 500 };
  };
  await fill(queue, 200, (n) => event(n, n === 150 ? "poison" : ""));
  sender.wake();
  // Counted when the last of the others comes, which no failure follows but the event's own.
  await until(() => service.stored.size === 199);
  assert.ok(failures <= 8, `${failures} failures`);
});

for (const [manner, answer] of [["answers 500 to", { status: 500 }], ["answers 503 to", { status: 503 }], ["hangs on", "hang"], ["breaks down on", "reset"]] as const) {
  test(`an event that the service ${manner} does not hold up the others, old or new`, async (t) => {
    const { service, queue, aside, sender } = await bench(t, answer === "hang" ? { timeoutMs: 200 } : {});
    let mended = false;
    service.rule = (path, body) => (path.endsWith("/events") && isBad(body) && !mended ? answer : "pass");
    await fill(queue, 40, (n) => event(n, n === 0 || n === 7 ? "poison" : ""));
    sender.wake();
    // The service counts an event before the client hears of it and settles it.
    await until(() => service.stored.size === 38 && queue.pending <= 2);
    assert.equal(queue.pending, 2);
    await queue.append(event(50));
    sender.wake();
    await until(() => service.stored.size === 39 && queue.pending <= 2);
    assert.equal(queue.pending, 2);
    mended = true;
    await until(empty(queue));
    assert.equal(service.stored.size, 41);
    assert.deepEqual(await aside.read(), []);
  });
}

test("more undecided events than a batch holds don't keep newer ones from being sent", async (t) => {
  const { service, queue, sender } = await bench(t);
  service.judge = (text) => (isBad(text) ? "postponed" : "stored");
  await fill(queue, 210, (n) => event(n, n < 205 ? "poison" : ""));
  sender.wake();
  await until(() => service.stored.size === 5 && queue.pending <= 205);
  assert.equal(queue.pending, 205);
});

test("new events during a failing run don't cut the wait short", async (t) => {
  const { service, queue, sender } = await bench(t, { random: NEVER });
  service.rule = (path) => {
    if (!path.endsWith("/events")) return "pass";
    sender.wake();
    return { status: 503 };
  };
  await fill(queue, 2);
  sender.wake();
  await sender.idle();
  assert.equal(service.posts(), 1);
});

test("what another request tells does not hide that sending fails", async (t) => {
  const { service, queue, sender } = await bench(t, { random: NEVER });
  let broken = true;
  service.rule = (path) => (broken && path.endsWith("/events") ? { status: 500 } : "pass");
  await fill(queue, 2);
  sender.wake();
  await sender.idle();
  sender.observe({ state: "up", detail: "" });
  await sender.idle();
  assert.equal(sender.link.state, "failing");
  assert.equal(service.posts(), 1, "nor does it cut the wait short");
  broken = false;
  sender.retryNow();
  await until(empty(queue));
  await sender.idle();
  assert.equal(sender.link.state, "up");
});

test("a service that is back is sent to as soon as another request finds it", async (t) => {
  const { service, queue, sender } = await bench(t, { random: NEVER });
  const { port } = service;
  await service.close();
  await fill(queue, 2);
  sender.wake();
  await until(() => sender.link.state === "offline");
  const back = await new FakeService().listen(port);
  t.after(() => back.close());
  sender.observe({ state: "up", detail: "" });
  assert.equal(sender.link.state, "offline", "until events were sent");
  await sender.idle();
  assert.equal(sender.link.state, "up");
  assert.equal(back.stored.size, 2);
});

test("stopping cuts off a service that hangs, and keeps what was not answered", async (t) => {
  const { service, queue, sender } = await bench(t, { timeoutMs: 600_000 });
  service.rule = (path) => (path.endsWith("/events") ? "hang" : "pass");
  await fill(queue, 2);
  sender.wake();
  await until(() => service.posts() === 1);
  await stopWithin(t, sender, 1_000);
  await sender.idle();
  assert.equal(queue.pending, 2);
});

test("stopping does not wait long for a service that hangs before it proved itself", async (t) => {
  const { service, queue, sender } = await bench(t);
  // The limit of the proof's request would end the wait too.
  t.mock.method(AbortSignal, "timeout", () => new AbortController().signal);
  service.rule = () => "hang";
  await fill(queue, 2);
  sender.wake();
  await until(() => service.requests.length === 1);
  await stopWithin(t, sender, 2_000);
});

test("a service's words can't become a link in a notification", async (t) => {
  const { service, queue, sender } = await bench(t);
  service.rule = (path) => (path.endsWith("/events") ? { status: 500, body: { detail: "see\n[this](command:evil)" } } : "pass");
  await fill(queue, 1);
  sender.wake();
  await until(() => sender.link.state === "failing");
  assert.match(sender.link.detail, /see \(this\)\(command:evil\)/);
});

test("401 asks once and then waits for another token", async (t) => {
  let tokens = [TOKEN];
  const { service, queue, sender, states } = await bench(t, { tokens: () => Promise.resolve(tokens) });
  service.rule = (path) => (path.endsWith("/events") && tokens[0] === TOKEN ? { status: 401 } : "pass");
  await fill(queue, 3);
  sender.wake();
  await until(() => states.includes("unauthorised"));
  for (let n = 0; n < 20; n++) {
    sender.retryNow();
    await sender.idle();
  }
  assert.equal(service.posts(), 1);
  assert.equal(queue.pending, 3);
  tokens = ["aaaaaaaa-2222-4333-8444-555555555555"];
  service.token = tokens[0] ?? "";
  sender.retryNow();
  await until(empty(queue));
});

test("Retry-After is waited for, and a retry that is asked for does not wait", async (t) => {
  const { service, queue, sender, states } = await bench(t);
  let busy = true;
  service.rule = (path) => (busy && path.endsWith("/events") ? { status: 503, headers: { "Retry-After": "30" } } : "pass");
  await fill(queue, 1);
  sender.wake();
  await until(() => states.includes("failing"));
  await sender.idle();
  busy = false;
  sender.wake();
  await sender.idle();
  assert.equal(service.posts(), 1, "new events alone don't cut the wait short");
  sender.retryNow();
  await until(empty(queue));
});

test("a lost answer means a second sending, and still one stored event", async (t) => {
  const { service, queue, sender } = await bench(t);
  const { stored } = service;
  let lost = 0;
  service.rule = (path, body) => {
    if (!path.endsWith("/events") || lost >= 2) return "pass";
    lost++;
    for (const one of (JSON.parse(body) as { events: unknown[] }).events) stored.set(JSON.stringify(one), JSON.stringify(one));
    return "reset";
  };
  await fill(queue, 5);
  sender.wake();
  await until(empty(queue));
  assert.equal(lost, 2);
  // After the second failure the batch is suspected and goes in two.
  assert.equal(service.posts(), 4);
});

test("events that arrive during a run are sent in it", async (t) => {
  const { service, queue, sender } = await bench(t);
  for (let n = 0; n < 30; n++) {
    await queue.append(event(n));
    sender.wake();
  }
  await until(empty(queue));
  await sender.idle();
  assert.equal(service.stored.size, 30);
});

test("the waits are drawn from zero to a minute, grow, and start over after a success", () => {
  fc.assert(fc.property(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), fc.nat({ max: 40 }), (random, failures) => {
    const backoff = new Backoff(() => random);
    let wait = 0;
    for (let n = 0; n <= failures; n++) wait = backoff.next();
    assert.ok(wait >= 50 && wait <= 60_000);
    assert.ok(wait <= Math.max(50, 1000 * 2 ** failures));
    backoff.reset();
    assert.ok(backoff.next() <= 1000);
  }));
  assert.equal(new Backoff(() => 0.999999).next() > 900, true);
});
