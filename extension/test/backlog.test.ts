import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Sender } from "../src/client/sender";
import { Service } from "../src/client/service";
import { Aside } from "../src/queue/aside";
import { Journal } from "../src/queue/journal";
import { freshName, thisProcess } from "../src/queue/name";
import { Queue } from "../src/queue/queue";
import { TOKEN } from "./support/fakeService";
import { scratch } from "./support/folders";
import { quickDisk } from "./support/quickDisk";
import { until } from "./support/until";

const COUNT = 100_000;
const POISON_EVERY = 100;
// The texts alone, all at once, would be 30 MB and more.
const MOST_MB = 20;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Megabytes in use. What the process holds besides is garbage, and how much of it depends on who else runs. */
function inUse(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}

/** The tally of the receiving process. */
interface Tally {
  readonly stored: number;
  readonly doubled: number;
  readonly poison: number;
  readonly posts: number;
}

function text(n: number): string {
  const mark = n % POISON_EVERY === 37 ? "poison" : "fine";
  return JSON.stringify({
    time: `2026-01-01T00:00:00.${String(n).padStart(6, "0")}+01:00`,
    entity: `src/some/folder/of/usual/depth/${mark}-${n}.ts`,
    type: "file", category: "coding", project: "timecode", branch: "main", language: "TypeScript",
    editor: "VS Code", machine_id: "5d1f5c3e-7f0d-4c2b-9d3d-0d5a2c9f1b11", is_write: false, source: "vscode",
  });
}

// A refused batch is halved until its poison stands alone, and grows again from there: 18 requests for each.
for (const [manner, mostPosts] of [["by verdict", COUNT / 200], ["by refusing the batch", 20 * (COUNT / POISON_EVERY)]] as const) {
  test(`100,000 events with 1 % poison, named ${manner}, drain exactly once, in few requests, without a pause, and in little memory`, async (t) => {
    const folder = await scratch(t);
    const left = await Journal.open(join(folder, freshName({ ...thisProcess(), pid: 2 ** 31 - 2 })), quickDisk, true);
    for (let n = 0; n < COUNT; n += 1000) await Promise.all(Array.from({ length: 1000 }, (_, k) => left.append(text(n + k))));
    await left.close();

    // In another process, so that the memory measured is the client's alone.
    const receiver = fork(join(__dirname, "support", "receiver.ts"), [manner], { execArgv: ["--import", "tsx"] });
    t.after(() => receiver.kill());
    const [port] = (await once(receiver, "message")) as [number];

    const before = inUse();
    const began = performance.now();
    const aside = new Aside(folder, quickDisk);
    const queue = await Queue.open({ folder, disk: quickDisk, aside, maxBytes: 64 << 20, maxHeld: 10 });
    assert.equal(queue.pending, COUNT);
    let peak = inUse();
    let looked = COUNT;
    const states: string[] = [];
    const sender = new Sender({
      queue, aside,
      service: new Service({ address: { host: "127.0.0.1", port }, tokens: () => Promise.resolve([TOKEN]), timeoutMs: 60_000 }),
      onLink: ({ state }) => states.push(state),
      onSettled: () => {
        if (queue.pending > looked - COUNT / 20) return;
        looked = queue.pending;
        peak = Math.max(peak, inUse());
      },
    });
    sender.wake();
    await until(() => queue.pending === 0, 480_000);
    await sender.stop();
    const seconds = (performance.now() - began) / 1000;
    await queue.close();

    receiver.send("tally");
    const [tally] = (await once(receiver, "message")) as [Tally];
    const { posts, ...rest } = tally;
    assert.deepEqual(rest, { stored: COUNT - COUNT / POISON_EVERY, doubled: 0, poison: 0 });
    const notes = await aside.read();
    assert.equal(notes.length, COUNT / POISON_EVERY);
    assert.equal(new Set(notes.map(({ event }) => event)).size, COUNT / POISON_EVERY);
    assert.ok(notes.every(({ event }) => event?.includes("poison")));
    const grown = peak - before;
    t.diagnostic(`${seconds.toFixed(1)} s, ${posts} requests, ${grown.toFixed(0)} MB at most`);
    assert.ok(posts <= mostPosts, `${posts} requests`);
    assert.deepEqual(states, ["up"], "it paused only where a request failed");
    assert.ok(grown < MOST_MB, `${grown} MB`);
  });
}
