import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DOUBT_MS, Presence } from "../src/observe/presence";

const IDLE_MS = 120_000;
const MINUTE = 60_000;

class Somebody {
  at = 1_000_000;
  readonly presence: Presence;

  constructor(active = false) {
    this.presence = new Presence({ now: () => this.at, idleMs: () => IDLE_MS, active });
  }
}

test("a key shows somebody until the idle threshold, and not longer", () => {
  const one = new Somebody();
  assert.equal(one.presence.here, false);
  one.presence.hand();
  one.at += IDLE_MS;
  assert.equal(one.presence.here, true);
  one.at += 1;
  assert.equal(one.presence.here, false);
});

test("as long as the editor calls the window active somebody is there, and then until the idle threshold", () => {
  const one = new Somebody(true);
  one.at += 60 * MINUTE;
  assert.equal(one.presence.here, true);
  one.presence.says(false);
  one.at += IDLE_MS;
  assert.equal(one.presence.here, true);
  one.at += 1;
  assert.equal(one.presence.here, false);
  one.presence.says(true);
  assert.equal(one.presence.here, true);
});

test("who only turns the wheel reads for ten minutes after the last key, and is away some time later", () => {
  const one = new Somebody();
  one.presence.scrolled();
  assert.equal(one.presence.here, false, "the wheel alone shows nobody");
  one.presence.hand();
  for (let n = 0; n < 10; n++) {
    one.at += MINUTE;
    one.presence.scrolled();
    assert.equal(one.presence.here, true);
  }
  for (let n = 0; n < 3; n++) {
    one.at += MINUTE;
    one.presence.scrolled();
  }
  assert.equal(one.presence.here, false);
  one.presence.scrolled();
  assert.equal(one.presence.here, false, "and it brings nobody back");
});

test("after a wake-up the editor's word from before counts for nobody, and again once it must be a new one", () => {
  const one = new Somebody(true);
  one.at += 8 * 60 * MINUTE;
  one.presence.wokeUp();
  assert.deepEqual([one.presence.here, one.presence.atKeyboard], [false, false]);
  one.at += DOUBT_MS - 1;
  assert.equal(one.presence.here, false);
  one.at += 1;
  assert.deepEqual([one.presence.here, one.presence.atKeyboard], [true, true]);
});

test("after a wake-up with nobody there the editor's word runs out, and nobody was there", () => {
  const one = new Somebody(true);
  one.presence.wokeUp();
  one.at += MINUTE;
  one.presence.says(false);
  one.at += DOUBT_MS;
  assert.equal(one.presence.here, false);
});

test("a key after a wake-up ends the doubt", () => {
  const one = new Somebody(true);
  one.presence.wokeUp();
  one.at += 1_000;
  one.presence.hand();
  one.at += 3 * MINUTE;
  assert.equal(one.presence.here, true, "the editor still calls the window active");
});

test("somebody is at the keyboard while the editor says so, or just after a key", () => {
  const one = new Somebody();
  one.presence.hand();
  assert.equal(one.presence.atKeyboard, true);
  one.at += 2_001;
  assert.equal(one.presence.atKeyboard, false);
  assert.equal(one.presence.here, true, "reading");
  one.presence.says(true);
  one.at += 30_000;
  assert.equal(one.presence.atKeyboard, true);
});

test("nobody is ever there for longer after the last sign of theirs than scrolling and the idle threshold allow", () => {
  const act = fc.oneof(
    fc.record({ ms: fc.nat(20 * MINUTE), what: fc.constantFrom("hand", "scrolled", "wokeUp", "active", "inactive") }),
    fc.record({ ms: fc.nat(MINUTE), what: fc.constantFrom("hand", "scrolled", "active", "inactive") }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 50 }), (acts) => {
      const one = new Somebody();
      let sign = -Infinity;
      let active = false;
      for (const { ms, what } of acts) {
        one.at += ms;
        if (active) sign = one.at;
        if (what === "hand") one.presence.hand();
        else if (what === "scrolled") one.presence.scrolled();
        else if (what === "wokeUp") one.presence.wokeUp();
        else one.presence.says(what === "active");
        if (what === "hand" || (what === "active" && !active)) sign = one.at;
        if (what === "active" || what === "inactive") active = what === "active";
        if (one.presence.here) assert.ok(one.at - sign <= 10 * MINUTE + IDLE_MS);
      }
    }),
  );
});
