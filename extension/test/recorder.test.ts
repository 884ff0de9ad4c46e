import assert from "node:assert/strict";
import { test } from "node:test";
import type { Beat } from "../src/observe/cadence";
import type { Subject } from "../src/observe/subject";
import type { TimecodeEvent } from "../src/event";
import type { AsideNote } from "../src/queue/aside";
import type { Kept } from "../src/queue/queue";
import { Recorder } from "../src/recorder";

const beat = { agoMs: 0 } as Beat<Subject>;

interface Made {
  readonly recorder: Recorder;
  readonly recorded: string[];
  readonly notes: AsideNote[];
}

function make(describe: (beat: Beat<Subject>, time: string) => Promise<TimecodeEvent | undefined>, append: () => Promise<Kept>): Made {
  const recorded: string[] = [];
  const notes: AsideNote[] = [];
  const aside = { write: (more: readonly AsideNote[]) => Promise.resolve(void notes.push(...more)) };
  const recorder = new Recorder({ describer: { describe }, queue: { append }, aside, log: () => undefined, onRecorded: (_event, text) => recorded.push(text) });
  return { recorder, recorded, notes };
}

const described = (): Promise<TimecodeEvent> => Promise.resolve({ entity: "a" } as TimecodeEvent);

test("only what is kept counts as recorded", async () => {
  const answers: Kept[] = ["kept", "held", "lost"];
  const { recorder, recorded } = make(described, () => Promise.resolve(answers.shift() ?? "lost"));
  for (let n = 0; n < 3; n++) recorder.record(beat);
  await recorder.settled();
  assert.equal(recorded.length, 2);
  assert.equal(recorder.dropped, 0);
});

test("a heartbeat that can't be described is counted, and the next one is recorded", async () => {
  let first = true;
  const { recorder, recorded } = make(() => {
    if (!first) return described();
    first = false;
    return Promise.reject(new Error("EIO"));
  }, () => Promise.resolve("kept"));
  recorder.record(beat);
  recorder.record(beat);
  await recorder.settled();
  assert.deepEqual([recorder.dropped, recorded.length], [1, 1]);
});

test("behind one that hangs a bounded number waits, the rest is counted", async () => {
  let go = (): void => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  const { recorder, recorded } = make(() => gate.then(described), () => Promise.resolve("kept"));
  for (let n = 0; n < 1_200; n++) recorder.record(beat);
  assert.equal(recorder.dropped, 200);
  go();
  await recorder.settled();
  assert.equal(recorded.length, 1_000);
});

test("what is not described when the window closes is counted, written down once, and recorded no more", async () => {
  let go = (): void => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  const { recorder, recorded, notes } = make(() => gate.then(described), () => Promise.resolve("kept"));
  for (let n = 0; n < 3; n++) recorder.record(beat);
  await recorder.end();
  go();
  await recorder.settled();
  await recorder.note();
  assert.deepEqual([recorder.dropped, recorded.length], [3, 0]);
  assert.deepEqual(notes.map(({ why, count }) => [why, count]), [["undescribed", 3]]);
});

test("a heartbeat that is known only later has the instant at which it was", async () => {
  const { recorder, recorded } = make((_beat, time) => Promise.resolve({ time } as TimecodeEvent), () => Promise.resolve("kept"));
  const before = Date.now();
  recorder.record({ ...beat, agoMs: 5_000 });
  await recorder.settled();
  const { time } = JSON.parse(recorded[0] ?? "{}") as TimecodeEvent;
  const late = Date.parse(time) - (before - 5_000);
  assert.ok(late >= 0 && late <= Date.now() - before + 1, time);
});
