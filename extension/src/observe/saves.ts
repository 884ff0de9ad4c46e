// A save that failed never ends; after this it is over all the same.
const LONGEST_SAVE_MS = 2_000;

/** Knows which documents are being saved, and which saves count: an editor that saves by itself is no person. */
export class Saves {
  readonly #begun = new WeakMap<object, { at: number; counts: boolean }>();
  readonly #counted = new WeakMap<object, number>();
  readonly #latest = new WeakMap<object, number>();

  constructor(private readonly now: () => number) {}

  begin(document: object, manual: boolean, everyMs: number): void {
    const at = this.now();
    const last = this.#counted.get(document) ?? -Infinity;
    this.#begun.set(document, { at, counts: manual || at - last >= everyMs });
    this.#latest.set(document, at);
  }

  /** Whether a save has begun since then: what it wrote was unsaved until then. */
  since(document: object, at: number): boolean {
    return (this.#latest.get(document) ?? -Infinity) >= at;
  }

  running(document: object): boolean {
    const begun = this.#begun.get(document);
    return begun !== undefined && this.now() - begun.at < LONGEST_SAVE_MS;
  }

  /** Whether the save that ends here counts as activity. */
  end(document: object): boolean {
    const begun = this.#begun.get(document);
    this.#begun.delete(document);
    if (begun && !begun.counts) return false;
    this.#counted.set(document, this.now());
    return true;
  }
}
