export type Kind = "building" | "testing";

// What runs for longer watches for changes: it says nothing of what the person does meanwhile.
const LONGEST_MS = 15 * 60_000;

/** The builds and test runs under way. */
export class Work {
  readonly #running = new Map<object, { kind: Kind; owner: object; since: number }>();

  constructor(private readonly now: () => number) {}

  start(run: object, kind: Kind, owner: object = run): void {
    this.#running.set(run, { kind, owner, since: this.now() });
  }

  /** Whether it was known. */
  end(run: object): boolean {
    return this.#running.delete(run);
  }

  /** All that ran in it ends with its owner, as a terminal's command does with the terminal. */
  close(owner: object): boolean {
    const ended = [...this.#running].filter(([, run]) => run.owner === owner);
    for (const [key] of ended) this.#running.delete(key);
    return ended.length > 0;
  }

  has(kind: Kind): boolean {
    // Small: what runs at the same time in one window.
    for (const run of this.#running.values()) if (run.kind === kind && this.now() - run.since < LONGEST_MS) return true;
    return false;
  }
}
