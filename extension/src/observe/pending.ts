/** Decisions put off, one for each document: a later edit neither replaces nor delays the one that waits. */
export class Pending {
  readonly #timers = new Map<object, NodeJS.Timeout>();

  add(document: object, ms: number, decide: () => void): void {
    if (this.#timers.has(document)) return;
    const timer = setTimeout(() => {
      this.#timers.delete(document);
      decide();
    }, ms);
    this.#timers.set(document, timer);
  }

  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
