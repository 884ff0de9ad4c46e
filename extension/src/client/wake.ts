const TICK_MS = 5_000;
// A busy machine delays timers by some; a sleeping one by more than this.
const LATE_MS = 10_000;

/** Notices that the machine slept: a timer comes much later by the wall clock than it was set for. */
export class WakeWatch {
  readonly #timer: NodeJS.Timeout;
  #last: number;

  constructor(onWake: () => void, now: () => number = Date.now, tickMs: number = TICK_MS) {
    this.#last = now();
    this.#timer = setInterval(() => {
      const at = now();
      const late = at - this.#last - tickMs;
      this.#last = at;
      if (late > LATE_MS) onWake();
    }, tickMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
