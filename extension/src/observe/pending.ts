/**
 * Decisions put off, one for each document. A later one neither delays the one that waits nor, unless it weighs more,
 * replaces it: a large edit behind a small one is the one that tells who wrote.
 */
export class Pending {
  readonly #waiting = new Map<object, { timer: NodeJS.Timeout; weight: number; decide: () => void }>();

  add(document: object, ms: number, weight: number, decide: () => void): void {
    const known = this.#waiting.get(document);
    if (known) {
      if (weight > known.weight) Object.assign(known, { weight, decide });
      return;
    }
    const timer = setTimeout(() => { this.decide(document); }, ms);
    this.#waiting.set(document, { timer, weight, decide });
  }

  /** Whether anything waits for a document. */
  has(document: object): boolean {
    return this.#waiting.has(document);
  }

  /** Decides at once what waits for a document. */
  decide(document: object): void {
    const due = this.#waiting.get(document);
    if (!due) return;
    clearTimeout(due.timer);
    this.#waiting.delete(document);
    due.decide();
  }

  clear(): void {
    for (const { timer } of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
  }
}
