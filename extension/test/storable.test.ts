import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LONGEST } from "../src/describe/limits";
import { storable, storableEntity } from "../src/describe/storable";

const FIELDS = Object.keys(LONGEST) as (keyof typeof LONGEST)[];
// Halves of pairs, NUL, blanks that Python knows and JavaScript does not, and letters that one form writes as several.
const odd = fc.constantFrom("\0", "\ud800", "\udc00", "\x1c", "\x85", " ", "\u0958", "e\u0301", "\u{1d15e}", "\u{1f600}", "a", "/", "%00", "file:");
const text = fc.array(fc.oneof(odd, fc.string({ unit: "binary", maxLength: 4 })), { maxLength: 60 }).map((parts) => parts.join(""));
const long = fc.tuple(text, fc.nat({ max: 300 })).map(([one, times]) => one.repeat(times));

/** Why the service would refuse it, as its step *validate* says; it composes the text before. */
function refusal(field: keyof typeof LONGEST, value: string): string | undefined {
  const composed = value.normalize("NFC");
  if (Array.from(composed).length > LONGEST[field]) return "too long";
  if (composed.includes("\0")) return "NUL";
  if (/\p{Surrogate}/u.test(composed)) return "half of a pair";
  return field === "entity" && /^[\s\x1c-\x1f\x85]*$/.test(composed.replaceAll("\ufeff", "x")) ? "empty" : undefined;
}

test("no text is one that the service refuses", () => {
  fc.assert(fc.property(fc.oneof(text, long), fc.constantFrom(...FIELDS), (one, field) => {
    assert.equal(refusal(field, field === "entity" ? storableEntity(one) : storable(field, one)), undefined);
  }));
});

test("what the service takes stays as it is, down to the last character", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme", minLength: 1 }).map((one) => one.normalize("NFC")), fc.constantFrom(...FIELDS), (one, field) => {
    assert.equal(storable(field, one), one);
  }));
  for (const field of FIELDS) {
    const most = "\u{1f600}".repeat(LONGEST[field]);
    assert.equal(storable(field, most), most);
    assert.equal(storable(field, `${most}x`), most);
    assert.equal(storable(field, `${"e\u0301".repeat(LONGEST[field])}x`), "é".repeat(LONGEST[field]));
  }
});

test("a path that looks like a URL with a NUL in it, and a file that is named by a blank, have an entity", () => {
  for (const url of ["file:/a%00b", " FILE:/a%2500b", "\x1cfile:/a%252500b"]) {
    assert.ok(storableEntity(url).endsWith("a\ufffdb"));
    assert.ok(storable("project", url).endsWith("a\ufffdb"));
  }
  assert.equal(storableEntity(" "), "\ufffd");
  assert.equal(storableEntity("a%00b"), "a%00b");
});
