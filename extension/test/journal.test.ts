import assert from "node:assert/strict";
import { readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { realDisk } from "../src/queue/disk";
import { Journal } from "../src/queue/journal";
import { scratch, withScratch } from "./support/folders";
import { SmallDisk } from "./support/failingDisk";
import { quickDisk } from "./support/quickDisk";

const texts = fc.array(fc.string({ unit: "binary", maxLength: 60 }).map((text) => JSON.stringify(text)), { minLength: 1, maxLength: 20 });

async function written(path: string, events: readonly string[]): Promise<void> {
  const journal = await Journal.open(path, quickDisk, true);
  await Promise.all(events.map((event) => journal.append(event)));
  await journal.close();
}

async function contents(path: string): Promise<{ texts: string[]; damaged: number }> {
  const journal = await Journal.open(path, realDisk, false);
  const entries = await journal.peek(Infinity, Infinity);
  await journal.close();
  return { texts: entries.map((entry) => entry.text), damaged: journal.damaged };
}

test("a file cut at any byte gives back every whole record before the cut", async () => {
  await fc.assert(fc.asyncProperty(texts, fc.double({ min: 0, max: 1, noNaN: true }), (events, part) =>
    withScratch(async (folder) => {
      const path = join(folder, "a.queue");
      await written(path, events);
      const bytes = await readFile(path);
      const cut = Math.floor(bytes.length * part);
      await truncate(path, cut);
      const whole = bytes.subarray(0, cut).toString("latin1").split("\n").length - 1;
      assert.deepEqual((await contents(path)).texts, events.slice(0, whole));
    })), { numRuns: 60 });
});

test("what is appended after a torn tail is read, and the torn record is counted once", async (t) => {
  const path = join(await scratch(t), "a.queue");
  await written(path, ['"one"', '"two"']);
  await truncate(path, (await readFile(path)).length - 3);
  await written(path, ['"three"']);
  assert.deepEqual(await contents(path), { texts: ['"one"', '"three"'], damaged: 1 });
});

test("flipped bits cost the records they hit, and nothing is read that was not written", async () => {
  await fc.assert(fc.asyncProperty(texts, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 7 })), { minLength: 1, maxLength: 4 }), (events, flips) =>
    withScratch(async (folder) => {
      const path = join(folder, "a.queue");
      await written(path, events);
      const bytes = await readFile(path);
      for (const [at, bit] of flips) bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ (1 << bit);
      await writeFile(path, bytes);
      const { texts: read } = await contents(path);
      const left = [...events];
      for (const text of read) {
        const place = left.indexOf(text);
        assert.notEqual(place, -1, "a record was read that was never written");
        left.splice(place, 1);
      }
      // A flip hits one record, or the newline between two.
      assert.ok(left.length <= 2 * flips.length, `${left.length} records lost to ${flips.length} flips`);
    })), { numRuns: 100 });
});

test("after any mix of appends, settlements and reopenings what waits is what was appended and not settled", async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("append" as const), texts }),
    fc.record({ do: fc.constant("settle" as const), picks: fc.array(fc.nat(), { maxLength: 10 }) }),
    fc.record({ do: fc.constant("reopen" as const) }),
  );
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 12 }), (steps) =>
    withScratch(async (folder) => {
      const path = join(folder, "a.queue");
      let journal = await Journal.open(path, quickDisk, true);
      const model: string[] = [];
      for (const one of steps) {
        if (one.do === "append") {
          await Promise.all(one.texts.map((text) => journal.append(text)));
          model.push(...one.texts);
        } else if (one.do === "settle") {
          const entries = await journal.peek(Infinity, Infinity);
          const chosen = [...new Set(one.picks.map((pick) => pick % Math.max(1, entries.length)))].filter((place) => place < entries.length);
          await journal.settle(chosen.map((place) => entries[place]?.seq ?? -1));
          for (const place of chosen.sort((a, b) => b - a)) model.splice(place, 1);
        } else {
          await journal.close();
          journal = await Journal.open(path, quickDisk, true);
        }
        assert.equal(journal.pending, model.length);
        assert.deepEqual((await journal.peek(Infinity, Infinity)).map((entry) => entry.text), model);
      }
      await journal.close();
    })), { numRuns: 60 });
});

test("an append that the disk refuses leaves no trace, and the next one is whole", async (t) => {
  for (const stuck of [false, true]) {
    const disk = new SmallDisk();
    const path = join(await scratch(t), `${String(stuck)}.queue`);
    const journal = await Journal.open(path, disk, true);
    await journal.append('"one"');
    disk.room = 7;
    disk.stuck = stuck;
    await assert.rejects(journal.append('"two"'), { code: "ENOSPC" });
    assert.equal(journal.pending, 1);
    disk.room = Infinity;
    disk.stuck = false;
    await journal.append('"three"');
    assert.deepEqual((await journal.peek(10, 1000)).map((entry) => entry.text), ['"one"', '"three"']);
    await journal.close();
    assert.deepEqual((await contents(path)).texts, ['"one"', '"three"']);
  }
});

test("a full disk does not keep settled events waiting", async (t) => {
  const disk = new SmallDisk();
  const journal = await Journal.open(join(await scratch(t), "a.queue"), disk, true);
  await journal.append('"one"');
  await journal.append('"two"');
  disk.room = 0;
  await journal.settle([1]);
  assert.deepEqual((await journal.peek(10, 1000)).map((entry) => entry.text), ['"two"']);
  await journal.close();
});

test("a file that rotted under a running window gives what is still whole", async (t) => {
  const path = join(await scratch(t), "a.queue");
  const journal = await Journal.open(path, realDisk, true);
  for (const text of ['"one"', '"two"', '"three"']) await journal.append(text);
  const bytes = await readFile(path);
  bytes[bytes.indexOf("two")] = 0x58;
  await writeFile(path, bytes);
  assert.deepEqual((await journal.peek(10, 1000)).map((entry) => entry.text), ['"one"', '"three"']);
  assert.equal(journal.damaged, 1);
  await journal.close();
});

test("a sent file shrinks to nothing instead of growing for ever", async (t) => {
  const path = join(await scratch(t), "a.queue");
  const journal = await Journal.open(path, realDisk, true);
  for (let round = 0; round < 50; round++) {
    await journal.append(`"${round}"`);
    await journal.settle((await journal.peek(1, 1000)).map((entry) => entry.seq));
  }
  assert.equal((await readFile(path)).length, 0);
  await journal.close();
});

test("a journal read afresh passes over what is parked", async (t) => {
  const path = join(await scratch(t), "a.queue");
  const journal = await Journal.open(path, realDisk, true);
  for (const text of ['"one"', '"two"', '"three"']) await journal.append(text);
  await journal.park([1]);
  const bytes = await readFile(path);
  bytes[bytes.indexOf("two")] = 0x58;
  await writeFile(path, bytes);
  assert.deepEqual((await journal.peek(10, 1000)).map((entry) => entry.text), ['"three"']);
  assert.deepEqual([journal.pending, journal.parked], [1, 1]);
  assert.equal(await journal.settle([1, 3]), true);
  await journal.close();
});
