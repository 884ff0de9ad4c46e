const FIRST_MS = 1_000;
const MOST_MS = 60_000;
// Full jitter may draw zero; a retry in the same millisecond helps nobody.
const LEAST_MS = 50;

/** Full-jitter exponential backoff: the n-th wait is drawn evenly from 0 to min(60 s, 1 s × 2ⁿ). */
export class Backoff {
  #failures = 0;

  constructor(private readonly random: () => number = Math.random) {}

  next(): number {
    const most = Math.min(MOST_MS, FIRST_MS * 2 ** this.#failures);
    this.#failures++;
    return Math.max(LEAST_MS, this.random() * most);
  }

  reset(): void {
    this.#failures = 0;
  }
}
