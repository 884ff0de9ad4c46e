import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decode, encode } from "../src/queue/record";

const record = fc.record({
  kind: fc.constantFrom("e" as const, "s" as const),
  seq: fc.nat({ max: 2 ** 40 }),
  payload: fc.string({ unit: "binary" }).map((text) => JSON.stringify(text)),
}, { noNullPrototype: true });

test("a record reads as it was written", () => {
  fc.assert(fc.property(record, (one) => {
    assert.deepEqual(decode(encode(one).subarray(0, -1)), one);
  }));
});

test("a record with any one bit flipped is not read at all", () => {
  fc.assert(fc.property(record, fc.nat(), fc.nat({ max: 7 }), (one, at, bit) => {
    const line = encode(one).subarray(0, -1);
    const place = at % line.length;
    line[place] = (line[place] ?? 0) ^ (1 << bit);
    assert.equal(decode(line), undefined);
  }), { numRuns: 2000 });
});

test("a record cut short is not read at all", () => {
  fc.assert(fc.property(record, fc.nat(), (one, at) => {
    const line = encode(one);
    assert.equal(decode(line.subarray(0, at % (line.length - 1))), undefined);
  }));
});
