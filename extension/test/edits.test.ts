import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Authorship, type Author, type Edit } from "../src/observe/edits";

/** Somebody, or nobody, before a document. */
class Desk {
  at = 1_000_000;
  lastHand = -Infinity;
  atKeyboard = true;
  assistant = false;
  readonly authorship = new Authorship({
    lastHand: () => this.lastHand,
    handWithin: (ms) => this.at - this.lastHand <= ms,
    atKeyboard: () => this.atKeyboard,
    assistant: () => this.assistant,
  });

  of(edit: Partial<Edit> = {}): Author {
    return this.authorship.of({ ...small, at: this.at, ...edit });
  }

  /** In the end, when all signs have come. */
  finally(edit: Partial<Edit> = {}, dirty = true): Author {
    const author = this.of(edit);
    this.at += 400;
    return author === "unclear" ? this.authorship.afterwards({ ...small, at: this.at, ...edit }, dirty) : author;
  }
}

const small: Edit = { document: {}, at: 0, size: 1, lines: 0, undo: false, inView: true, atCursor: () => false, focused: true, dirty: true, saving: false, hasCursor: true };
const large: Partial<Edit> = { size: 500, lines: 12 };

test("keys are a person's, and so is what they undo", () => {
  assert.equal(new Desk().of(), "person");
  assert.equal(new Desk().of({ ...large, undo: true }), "person");
  assert.equal(new Desk().of({ dirty: false, atCursor: () => true }), "person", "the first letter in a saved file");
});

test("what a formatter does in a save is nobody's", () => {
  assert.equal(new Desk().of({ ...large, saving: true }), "nobody");
});

test("a large edit is a program's only by a second sign", () => {
  for (const inView of [true, false]) {
    const ordinary = new Desk();
    assert.equal(ordinary.finally({ ...large, inView }), inView ? "person" : "nobody", "a command of somebody at the keyboard");
    const helped = new Desk();
    helped.assistant = true;
    assert.equal(helped.finally({ ...large, inView }), "program", "an assistant is active");
    const deserted = new Desk();
    deserted.atKeyboard = false;
    assert.equal(deserted.finally({ ...large, inView }), "program", "nobody is at the keyboard");
    const away = new Desk();
    assert.equal(away.finally({ ...large, inView, focused: false }), "program", "the window is out of focus");
  }
});

test("with an assistant too a paste, a completion and what a key brings are the person's", () => {
  const paste = new Desk();
  paste.assistant = true;
  assert.equal(paste.of({ ...large, atCursor: () => true }), "person");
  const later = new Desk();
  later.assistant = true;
  assert.equal(later.of(large), "unclear");
  later.lastHand = later.at;
  assert.equal(later.authorship.afterwards({ ...small, ...large }, true), "person", "the cursor moved by keyboard afterwards");
  const key = new Desk();
  key.assistant = true;
  key.lastHand = key.at - 1_000;
  assert.equal(key.of(large), "person");
  assert.equal(key.of({ ...large, inView: false }), "program", "a hand here is none elsewhere");
});

test("a reload from disk is nobody's, an edit that was not yet unsaved is somebody's", () => {
  for (const focused of [true, false]) {
    assert.equal(new Desk().finally({ ...large, dirty: false, focused }, false), "nobody");
    const desk = new Desk();
    desk.assistant = true;
    assert.equal(desk.finally({ ...large, dirty: false, focused }, true), "program");
  }
});

test("small edits where nobody is at the keyboard are a program's, unless a key turns out to have made them", () => {
  const desk = new Desk();
  desk.atKeyboard = false;
  assert.equal(desk.finally(), "program");
  desk.at += 10_000;
  assert.equal(desk.of(), "unclear");
  desk.atKeyboard = true;
  assert.equal(desk.authorship.afterwards(small, true), "person", "the editor told of the key behind the edit");
});

test("a program that writes piece by piece is told by a second sign, in front and behind", () => {
  const piece = { size: 20 };
  for (const inView of [true, false]) {
    const desk = new Desk();
    desk.assistant = true;
    const authors = Array.from({ length: 8 }, () => {
      desk.at += 100;
      return desk.of({ ...piece, inView });
    });
    const tail = inView ? "unclear" : "program";
    assert.deepEqual(authors.slice(4), [tail, tail, tail, tail]);
    assert.equal(desk.authorship.afterwards({ ...small, ...piece, inView }, true), "program");
    desk.at += 100;
    assert.equal(desk.of({ ...piece, inView }), "program", "its next piece is known by it");
    desk.lastHand = desk.at;
    desk.at += 100;
    if (inView) assert.equal(desk.of(), "person", "a key between");
    const alone = new Desk();
    for (let n = 0; n < 8; n++) {
      alone.at += 100;
      alone.of({ ...piece, inView });
    }
    assert.equal(alone.finally({ ...piece, inView }), inView ? "person" : "nobody", "without an assistant, before somebody");
  }
});

test("who types fast is no stream", () => {
  const desk = new Desk();
  desk.assistant = true;
  for (let n = 0; n < 500; n++) {
    desk.at += 50;
    assert.equal(desk.of(), "person");
    desk.lastHand = desk.at;
  }
});

test("boxes tell of no cursor", () => {
  const desk = new Desk();
  desk.assistant = true;
  for (let n = 0; n < 200; n++) {
    desk.at += 50;
    assert.equal(desk.of({ hasCursor: false }), "person");
  }
});

test("no edit is a program's while somebody is at the keyboard of a window in focus and no assistant is active", () => {
  const edit = fc.record({
    size: fc.nat(1000), lines: fc.nat(50), undo: fc.boolean(), inView: fc.boolean(), dirty: fc.boolean(), saving: fc.boolean(),
    hasCursor: fc.boolean(), at: fc.boolean(), ms: fc.nat(1000), hand: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 60 }), (edits) => {
      const desk = new Desk();
      for (const { at, ms, hand, ...one } of edits) {
        desk.at += ms;
        if (hand) desk.lastHand = desk.at;
        assert.notEqual(desk.finally({ ...one, atCursor: () => at }), "program");
      }
    }),
  );
});
