import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Instants, type WallClock } from "../src/clock";

function clockOf(times: number[], offset = 60): WallClock {
  let at = 0;
  return { now: () => times[Math.min(at++, times.length - 1)] ?? 0, offsetMinutes: () => offset };
}

test("an instant is local time with microseconds and the offset of the place", () => {
  const at = Date.UTC(2026, 10, 22, 9, 0, 0, 123) * 1000 + 456;
  for (const [offset, text] of [
    [60, "2026-11-22T10:00:00.123456+01:00"],
    [0, "2026-11-22T09:00:00.123456+00:00"],
    [-210, "2026-11-22T05:30:00.123456-03:30"],
    [345, "2026-11-22T14:45:00.123456+05:45"],
    [-720, "2026-11-21T21:00:00.123456-12:00"],
  ] as const) assert.equal(new Instants(clockOf([0], offset)).text(at), text);
});

test("instants rise strictly while the clock does not go back", () => {
  fc.assert(fc.property(fc.array(fc.nat({ max: 3 }), { minLength: 2, maxLength: 3000 }), fc.nat({ max: 999 }), (steps, start) => {
    let now = 1_700_000_000_000;
    const instants = new Instants(clockOf(steps.map((step) => (now += step))), start);
    let last = 0;
    for (const step of steps) {
      assert.ok(step >= 0);
      const next = instants.next();
      assert.ok(next > last);
      last = next;
    }
  }));
});

test("the clock is followed when it is set back or forth, and a time lived twice gives other instants", () => {
  const base = 1_700_000_000_000;
  const run = Array.from({ length: 400 }, (_, n) => base + 10 * n);
  const instants = new Instants(clockOf([...run, ...run, ...run.map((at) => at + 7_200_000)]));
  const seen = Array.from({ length: 1200 }, () => instants.next());
  assert.equal(new Set(seen).size, seen.length);
  assert.equal(Math.floor((seen[400] ?? 0) / 1000), base);
  assert.equal(Math.floor((seen[800] ?? 0) / 1000), base + 7_200_000);
});

test("an instant of a while ago lies there, and after what was handed out just before", () => {
  const base = 1_700_000_000_000;
  const instants = new Instants(clockOf([base, base + 100, base + 5_000]), 0);
  const [now, beforeThat, later] = [instants.next(), instants.next(400), instants.next(700)];
  assert.equal(beforeThat, now + 1);
  assert.equal(Math.floor(later / 1000), base + 4_300);
});
