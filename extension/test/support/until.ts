import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

/** Resolves when the condition holds. The deadline ends a test that has failed; no test is about its length. */
export async function until(condition: () => boolean, timeoutMs = 60_000): Promise<void> {
  for (const end = performance.now() + timeoutMs; !condition(); ) {
    assert.ok(performance.now() < end, `waited ${timeoutMs} ms for ${condition.toString()}`);
    await pause(5);
  }
}
