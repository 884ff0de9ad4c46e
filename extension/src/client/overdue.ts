const LONG_MS = 60_000;

/** Tells whether something has been waiting without a break for longer than sending takes. */
export class Overdue {
  #since: number | undefined;

  constructor(private readonly now: () => number = () => performance.now()) {}

  seen(waiting: number): boolean {
    if (waiting === 0) this.#since = undefined;
    else this.#since ??= this.now();
    return this.#since !== undefined && this.now() - this.#since > LONG_MS;
  }
}
