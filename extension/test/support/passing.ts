import { mock, type TestContext } from "node:test";

export interface Passing {
  readonly now: () => number;
  readonly pass: (ms: number) => void;
}

/** A clock and timers that go on only when told to, in steps so small that timers set by timers come in time. */
export function passing(t: TestContext, step = 10): Passing {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => { mock.timers.reset(); });
  let now = 1_000_000;
  return {
    now: () => now,
    pass: (ms) => {
      for (const end = now + ms; now < end; ) {
        const ahead = Math.min(step, end - now);
        now += ahead;
        mock.timers.tick(ahead);
      }
    },
  };
}
