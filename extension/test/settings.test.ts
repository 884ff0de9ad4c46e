import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { flagOf, listOf, secondsOf, textOf } from "../src/value";

test("whatever a settings file holds, a setting has its type and its bounds", () => {
  fc.assert(fc.property(fc.anything(), (value) => {
    assert.equal(typeof textOf(value, ""), "string");
    assert.equal(typeof flagOf(value, true), "boolean");
    assert.ok(listOf(value).every((one) => typeof one === "string"));
    const ms = secondsOf(value, 30, 1, 300);
    assert.ok(ms >= 1_000 && ms <= 300_000);
  }));
  for (const value of [null, 7, {}, undefined]) assert.equal(textOf(value, "as before"), "as before");
  assert.equal(textOf(" a ", ""), "a");
  assert.deepEqual([Number.NaN, "x", 0, 1e12, 45].map((value) => secondsOf(value, 30, 1, 300)), [30_000, 30_000, 1_000, 300_000, 45_000]);
  assert.deepEqual(listOf(["a", 1, "b"]), ["a", "b"]);
});

test("the manifest's bounds are those that hold", () => {
  const read = (name: string): string => readFileSync(join(__dirname, "..", name), "utf8");
  const manifest = JSON.parse(read("package.json")) as {
    contributes: { configuration: { properties: { [name: string]: { default: unknown; minimum?: number; maximum?: number } } }[] };
  };
  const numbers = manifest.contributes.configuration.flatMap(({ properties }) => Object.entries(properties)).filter(([, { minimum }]) => minimum !== undefined);
  assert.equal(numbers.length, 3);
  for (const [name, bounds] of numbers) {
    const call = `seconds("${name.replace("timecode.", "")}", ${String(bounds.default)}, ${String(bounds.minimum)}, ${String(bounds.maximum)})`;
    assert.ok(read("src/settings.ts").includes(call), call);
  }
});
