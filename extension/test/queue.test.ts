import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Aside } from "../src/queue/aside";
import { realDisk, type Disk } from "../src/queue/disk";
import { Journal } from "../src/queue/journal";
import { Liveness, LOOKS } from "../src/queue/liveness";
import { freshName, ownerOf, thisProcess, type Owner } from "../src/queue/name";
import { Queue } from "../src/queue/queue";
import { drain } from "./support/drain";
import { SmallDisk } from "./support/failingDisk";
import { scratch } from "./support/folders";

// Above any pid that Linux, macOS or Windows hands out.
const DEAD: Owner = { ...thisProcess(), pid: 2 ** 31 - 2 };

function open(folder: string, disk: Disk = realDisk, more: { maxBytes?: number; maxHeld?: number; owner?: Owner } = {}): Promise<Queue> {
  return Queue.open({ folder, disk, aside: new Aside(folder, realDisk), maxBytes: 1 << 20, maxHeld: 10, ...more });
}

async function leftBehind(folder: string, events: readonly string[], owner: Owner = DEAD): Promise<string> {
  await realDisk.makeFolder(folder);
  const name = freshName(owner);
  const journal = await Journal.open(join(folder, name), realDisk, true);
  await Promise.all(events.map((event) => journal.append(event)));
  await journal.close();
  return name;
}

test("events come out in the order they went in, and a closed queue leaves no file", async (t) => {
  const folder = await scratch(t);
  const queue = await open(folder);
  for (const text of ["1", "2", "3"]) assert.equal(await queue.append(text), "kept");
  assert.equal(queue.pending, 3);
  assert.deepEqual(await drain(queue, 2), ["1", "2", "3"]);
  await queue.close();
  assert.deepEqual(await readdir(folder), []);
});

test("a window that died is adopted, and its file goes once it is sent", async (t) => {
  const folder = await scratch(t);
  await leftBehind(folder, ["1", "2"]);
  const queue = await open(folder);
  await queue.append("3");
  assert.equal(queue.pending, 3);
  assert.deepEqual((await drain(queue)).sort(), ["1", "2", "3"]);
  await queue.close();
  assert.deepEqual(await readdir(folder), []);
});

test("adopted events that were not sent wait for the next window", async (t) => {
  const folder = await scratch(t);
  await leftBehind(folder, ["1", "2"]);
  const first = await open(folder);
  const batch = await first.take(1, 1000);
  await batch?.settle([0]);
  await first.close();
  // The file bears this process's own id, as after a container's restart; but this process has it not open.
  const second = await open(folder);
  assert.deepEqual(await drain(second), ["2"]);
  await second.close();
});

test("a living window's file is left alone, in this process and in another", async (t) => {
  const folder = await scratch(t);
  const own = await Journal.open(join(folder, freshName(thisProcess())), realDisk, true);
  await own.append("1");
  const name = await leftBehind(folder, ["1"], { ...thisProcess(), pid: process.ppid });
  const queue = await open(folder);
  assert.equal(queue.pending, 0);
  await queue.close();
  await own.close();
  assert.deepEqual((await readdir(folder)).sort(), [name, basename(own.path)].sort());
});

test("an owner whose pid lives on in another program counts as dead after its file stood untouched for long", () => {
  const liveness = new Liveness({ ...thisProcess(), pid: -1 }, () => true);
  const looks = Array.from({ length: LOOKS + 1 }, () => liveness.isDead("a", thisProcess(), 5n));
  assert.deepEqual(looks, [...Array<boolean>(LOOKS).fill(false), true]);
  assert.equal(liveness.isDead("a", thisProcess(), 6n), false, "a touch shows life");
});

test("a pid of another host proves nothing", () => {
  const liveness = new Liveness(thisProcess(), () => false);
  assert.equal(liveness.isDead("a", { host: "00000000", pid: 1 }, 5n), false);
  assert.equal(liveness.isDead("b", thisProcess(), 5n), true);
});

test("a window whose file was taken by mistake goes on in a new one, and no event is lost or doubled", async (t) => {
  const folder = await scratch(t);
  const queue = await open(folder);
  await queue.append("1");
  const [name = ""] = await readdir(folder);
  await rename(join(folder, name), join(folder, freshName(DEAD)));
  await queue.append("2");
  const other = await open(folder);
  const all = [...(await drain(other)), ...(await drain(queue))].sort();
  assert.deepEqual(all, ["1", "2"]);
  await Promise.all([queue.close(), other.close()]);
  assert.deepEqual(await readdir(folder), []);
});

test("events appended by an owner after its file was adopted are still found before the file is removed", async (t) => {
  const folder = await scratch(t);
  const name = await leftBehind(folder, ["1"]);
  const slow = await realDisk.open(join(folder, name));
  const queue = await open(folder);
  const batch = await queue.take(10, 1000);
  // The owner's handle follows the renamed file; such a write can be under way during the adoption.
  const source = await Journal.open(join(await scratch(t), "copy"), realDisk, true);
  await source.append("1");
  await source.append("2");
  const late = (await readFile(source.path)).toString().split("\n")[1] ?? "";
  await slow.append(Buffer.from(`${late}\n`));
  await batch?.settle([0]);
  assert.deepEqual(await drain(queue), ["2"]);
  await Promise.all([queue.close(), slow.close(), source.close()]);
});

test("two processes that adopt the same files share them without loss or double", async (t) => {
  const folder = await scratch(t);
  const expected: string[] = [];
  for (let file = 0; file < 40; file++) {
    const events = Array.from({ length: 5 }, (_, n) => `"${file}-${n}"`);
    expected.push(...events);
    await leftBehind(folder, events);
  }
  const script = join(__dirname, "support", "adopter.ts");
  const outputs = await Promise.all([1, 2, 3].map(async () => {
    const child = spawn(process.execPath, ["--import", "tsx", script, folder], { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.on("data", (part: Buffer) => (text += part.toString()));
    const [code] = (await once(child, "close")) as [number];
    assert.equal(code, 0);
    return JSON.parse(text) as string[];
  }));
  assert.deepEqual(outputs.flat().sort(), expected.sort());
  assert.deepEqual(await readdir(folder), []);
});

test("while the disk is full events wait in memory, are sent from there, and move to disk when there is room", async (t) => {
  const folder = await scratch(t);
  const disk = new SmallDisk();
  const queue = await open(folder, disk);
  await queue.append("1");
  disk.room = 3;
  assert.equal(await queue.append("2"), "held");
  assert.equal(await queue.append("3"), "held");
  assert.deepEqual([queue.pending, queue.held, queue.lost], [3, 2, 0]);
  disk.room = Infinity;
  await queue.tick();
  assert.deepEqual([queue.pending, queue.held], [3, 0]);
  assert.deepEqual((await drain(queue)).sort(), ["1", "2", "3"]);
  await queue.close();
});

test("events that fit nowhere are counted and written down as lost", async (t) => {
  const folder = await scratch(t);
  const disk = new SmallDisk();
  const queue = await open(folder, disk, { maxHeld: 2 });
  disk.room = 0;
  const kept = [];
  for (const text of ["1", "2", "3", "4"]) kept.push(await queue.append(text));
  assert.deepEqual(kept, ["held", "held", "lost", "lost"]);
  assert.equal(queue.lost, 2);
  await queue.tick();
  const notes = await new Aside(folder, realDisk).read();
  assert.deepEqual(notes.map(({ why, count }) => ({ why, count })), [{ why: "full", count: 2 }]);
  await queue.close();
});

test("the bound refuses the newest and keeps every event it accepted", async (t) => {
  const folder = await scratch(t);
  const queue = await open(folder, realDisk, { maxBytes: 400 });
  const kept: string[] = [];
  for (let n = 0; n < 50; n++) if ((await queue.append(`"${n}"`)) === "kept") kept.push(`"${n}"`);
  assert.ok(kept.length > 5 && kept.length < 50);
  assert.equal(queue.lost, 50 - kept.length);
  assert.deepEqual(await drain(queue), kept);
  assert.equal(await queue.append('"again"'), "kept", "room comes back with sending");
  await queue.close();
});

test("no folder, no disk: the queue opens all the same and holds events in memory", async (t) => {
  const folder = await scratch(t);
  await writeFile(join(folder, "in-the-way"), "");
  const queue = await open(join(folder, "in-the-way", "queue"));
  assert.equal(await queue.append("1"), "held");
  assert.deepEqual(await drain(queue), ["1"]);
  await queue.close();
});

test("damage in a dead window's file is counted and written down", async (t) => {
  const folder = await scratch(t);
  const name = await leftBehind(folder, ["1", "2"]);
  const file = await realDisk.open(join(folder, name));
  await file.append(Buffer.from("e 3 9 00000000 garbage\n"));
  await file.close();
  const queue = await open(folder);
  assert.deepEqual(await drain(queue), ["1", "2"]);
  assert.equal(queue.damaged, 1);
  const notes = await new Aside(folder, realDisk).read();
  assert.deepEqual(notes.map(({ why, count }) => ({ why, count })), [{ why: "damaged", count: 1 }]);
  await queue.close();
});

test("damage in the window's own file is written down when it closes, and only once", async (t) => {
  const folder = await scratch(t);
  const queue = await open(folder);
  await queue.append("1");
  const [name = ""] = await readdir(folder);
  const file = await realDisk.open(join(folder, name));
  await file.append(Buffer.from("e 3 9 00000000 garbage\n"));
  await file.close();
  await queue.append("2");
  await queue.close();
  assert.deepEqual(await new Aside(folder, realDisk).read(), [], "what waits is read again by the next window");
  const next = await open(folder);
  assert.deepEqual(await drain(next), ["1", "2"]);
  await next.close();
  const notes = await new Aside(folder, realDisk).read();
  assert.deepEqual(notes.map(({ why, count }) => ({ why, count })), [{ why: "damaged", count: 1 }]);
});

test("a line of the list that is no note is passed over", async (t) => {
  const folder = await scratch(t);
  const aside = new Aside(folder, realDisk);
  const note = { at: "2026-01-01T00:00:00Z", why: "refused", detail: "d", count: 1, event: "{}" } as const;
  await aside.write([note]);
  await writeFile(aside.path, ["null", "7", "{}", '{"at":"x","why":"magic","detail":"","count":1}', '{"at":"torn', ""].join("\n"), { flag: "a" });
  await aside.write([note]);
  assert.deepEqual(await aside.read(), [note, note]);
});

test("a queue file's name tells its owner and nothing readable of the machine", () => {
  const name = freshName(thisProcess());
  assert.deepEqual(ownerOf(name), thisProcess());
  assert.equal(ownerOf("set-aside.jsonl"), undefined);
});

test("the bound counts adopted files too, and what is over it is counted as lost", async (t) => {
  const folder = await scratch(t);
  await leftBehind(folder, Array.from({ length: 20 }, (_, n) => `"${n}"`));
  const queue = await open(folder, realDisk, { maxBytes: 400 });
  assert.equal(await queue.append('"new"'), "lost");
  assert.equal(queue.lost, 1);
  assert.equal((await drain(queue)).length, 20, "accepted events stay");
  assert.equal(await queue.append('"new"'), "kept");
  await queue.close();
});

test("a file that can't be taken over does not keep others from it", async (t) => {
  const folder = await scratch(t);
  const names = [await leftBehind(folder, ["1"]), await leftBehind(folder, ["2"]), await leftBehind(folder, ["3"])].sort();
  const disk = new SmallDisk();
  const bad: Disk = Object.assign(Object.create(disk) as SmallDisk, {
    rename: (from: string, to: string) => (from.endsWith(names[0] ?? "") ? Promise.reject(new Error("EBUSY")) : realDisk.rename(from, to)),
  });
  const queue = await open(folder, bad);
  assert.equal(queue.pending, 2);
  await queue.close();
});

test("a removed folder costs nothing: what waited is written anew", async (t) => {
  const folder = join(await scratch(t), "queue");
  await leftBehind(folder, ["1"]);
  const queue = await open(folder);
  await queue.append("2");
  await queue.append("3");
  const parked = await queue.take(1, 1000);
  await parked?.park([0]);
  await rm(folder, { recursive: true });
  await queue.append("4");
  await queue.tick();
  assert.equal(queue.pending, 4);
  await queue.close();
  const again = await open(folder);
  assert.deepEqual((await drain(again)).sort(), ["1", "2", "3", "4"]);
  await again.close();
});

test("saving what memory holds and recording at once make one file", async (t) => {
  const parent = await scratch(t);
  const folder = join(parent, "queue");
  await writeFile(folder, "in the way");
  const disk: Disk = Object.assign(Object.create(new SmallDisk()) as SmallDisk, {
    makeFolder: async (path: string) => {
      await pause(50);
      await realDisk.makeFolder(path);
    },
  });
  const queue = await open(folder, disk);
  assert.equal(await queue.append("1"), "held");
  await rm(folder);
  await Promise.all([queue.tick(), queue.append("2"), queue.tick(), queue.append("3")]);
  assert.equal(queue.pending, 3);
  assert.equal((await readdir(folder)).length, 1);
  await queue.close();
});

test("parked events of memory are kept and counted, and reach the disk with the others", async (t) => {
  const folder = await scratch(t);
  const disk = new SmallDisk();
  const queue = await open(folder, disk);
  disk.room = 0;
  await queue.append("1");
  await queue.append("2");
  const batch = await queue.take(1, 1000);
  await batch?.park([0]);
  batch?.release();
  assert.deepEqual([queue.pending, queue.parked, queue.held], [1, 1, 2]);
  disk.room = Infinity;
  await queue.tick();
  assert.deepEqual([queue.pending, queue.parked, queue.held], [2, 0, 0]);
  await queue.close();
});

test("events of memory that are being sent are not moved meanwhile", async (t) => {
  const folder = await scratch(t);
  const disk = new SmallDisk();
  const queue = await open(folder, disk);
  disk.room = 0;
  for (const text of ["1", "2"]) await queue.append(text);
  const batch = await queue.take(1, 1000);
  disk.room = Infinity;
  await queue.tick();
  assert.equal(queue.held, 1);
  await batch?.settle([0]);
  batch?.release();
  assert.deepEqual(await drain(queue), ["2"]);
  await queue.close();
});

test("events sent in vain come after those that were tried less often, whatever file they are in", async (t) => {
  const folder = await scratch(t);
  await leftBehind(folder, ["1", "2", "3"]);
  const queue = await open(folder);
  await queue.append("4");
  await (await queue.take(3, 1000))?.defer([2, 0]);
  await (await queue.take(1, 1000))?.defer([0]);
  await (await queue.take(1, 1000))?.defer([0]);
  await queue.append("5");
  const first = await queue.take(1, 1000);
  assert.deepEqual([first?.events, first?.tries], [["5"], 0]);
  await first?.defer([0]);
  assert.equal((await queue.take(1, 1000))?.tries, 1);
  assert.deepEqual(await drain(queue, 2), ["1", "2", "3", "4", "5"]);
  await queue.close();
  assert.deepEqual(await readdir(folder), []);
});

test("what was set aside is read from both files, and what a rotation drops is counted", async (t) => {
  const folder = await scratch(t);
  const aside = new Aside(folder, realDisk, 1000);
  const note = { at: "", why: "refused", detail: "x".repeat(100), count: 1 } as const;
  for (let n = 0; n < 60; n++) await aside.write([note]);
  const notes = await aside.read();
  assert.equal(notes.reduce((sum, { count }) => sum + count, 0), 60);
  assert.ok(notes.filter(({ why }) => why === "refused").length > 7, "the older file is shown too");
  assert.ok(notes.some(({ why, count }) => why === "full" && count > 1));
});
