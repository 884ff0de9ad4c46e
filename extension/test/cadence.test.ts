import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { Cadence, type Beat } from "../src/observe/cadence";
import { passing } from "./support/passing";

interface Stage {
  readonly cadence: Cadence<string>;
  readonly beats: (Beat<string> & { at: number })[];
  readonly pass: (ms: number) => void;
  readonly start: number;
  attending: boolean;
  front: string;
  category: string;
}

function stage(t: TestContext): Stage {
  const { now, pass } = passing(t, 100);
  const start = now();
  const beats: (Beat<string> & { at: number })[] = [];
  const self: Stage = {
    beats,
    pass,
    start,
    attending: true,
    front: "a",
    category: "coding",
    cadence: new Cadence<string>({
      now,
      everyMs: () => 30_000,
      attended: () => (self.attending ? self.front : undefined),
      categoryOf: () => self.category,
      emit: (beat) => beats.push({ ...beat, at: now() - start - beat.agoMs }),
    }),
  };
  return self;
}

test("typing without pause gives a beat every thirty seconds", (t) => {
  const { cadence, beats, pass } = stage(t);
  for (let n = 0; n < 1000; n++) {
    cadence.signal("a");
    pass(100);
  }
  assert.deepEqual(beats.map(({ at }) => at), [0, 30_000, 60_000, 90_000]);
});

test("another file and a save are recorded at once", (t) => {
  const { cadence, beats, pass } = stage(t);
  cadence.signal("a");
  pass(1000);
  cadence.signal("b");
  pass(1000);
  cadence.saved("b");
  assert.deepEqual(beats.map(({ subject, isWrite, at }) => [subject, isWrite, at]), [["a", false, 0], ["b", false, 1000], ["b", true, 2000]]);
});

test("a person who reads goes on counting while there, and not a beat longer", (t) => {
  const self = stage(t);
  const { cadence, beats, pass } = self;
  cadence.signal("a");
  pass(70_000);
  self.attending = false;
  pass(600_000);
  assert.deepEqual(beats.map(({ at }) => at), [0, 30_000, 60_000]);
  self.attending = true;
  cadence.signal("a");
  assert.equal(beats.at(-1)?.at, 670_000);
});

test("who goes on without a signal is counted for what is in front then", (t) => {
  const self = stage(t);
  self.cadence.signal("b");
  self.pass(30_000);
  assert.deepEqual(self.beats.map(({ subject }) => subject), ["b", "a"]);
});

test("whose time was interrupted by somebody else's is heard of at once, and only once", (t) => {
  const { cadence, beats, pass } = stage(t);
  cadence.signal("a");
  pass(5_000);
  cadence.interrupted();
  for (let n = 0; n < 10; n++) {
    cadence.signal("a");
    pass(100);
  }
  assert.deepEqual(beats.map(({ at }) => at), [0, 5_000]);
});

test("nothing comes while it rests, and the next signal starts it again", (t) => {
  const { cadence, beats, pass } = stage(t);
  cadence.signal("a");
  pass(5_000);
  cadence.rest();
  pass(40_000);
  assert.equal(beats.length, 1);
  cadence.signal("a");
  pass(30_000);
  assert.deepEqual(beats.map(({ at }) => at), [0, 45_000, 75_000]);
});

test("another category is recorded at once", (t) => {
  const self = stage(t);
  self.cadence.look("a");
  self.pass(1_000);
  self.cadence.look("a");
  self.category = "debugging";
  self.cadence.look("a");
  assert.deepEqual(self.beats.map(({ category, at }) => [category, at]), [["coding", 0], ["debugging", 1_000]]);
});

test("what is known only later counts from when it was", (t) => {
  const { cadence, beats, pass, start } = stage(t);
  pass(1_000);
  cadence.signal("a", start + 600);
  pass(29_600);
  cadence.look("b", start + 30_500);
  assert.deepEqual(beats.map(({ subject, at }) => [subject, at]), [["a", 600], ["a", 30_600], ["b", 30_500]]);
});

test("while somebody else is at work silence is theirs, and afterwards it goes on", (t) => {
  const { cadence, beats, pass } = stage(t);
  cadence.signal("a");
  for (let n = 0; n < 10; n++) {
    pass(10_000);
    cadence.yield();
  }
  assert.equal(beats.length, 1);
  pass(30_000);
  assert.deepEqual(beats.map(({ at }) => at), [0, 130_000]);
});
