const WITHOUT_END = Infinity;

/** How often each waiting event was sent in vain. A parked one counts as sent in vain without end: it is passed over. */
export class Tries {
  // Holds those alone that were tried: nearly all never are.
  readonly #counts = new Map<number, number>();
  #parked = 0;

  get parked(): number {
    return this.#parked;
  }

  of(seq: number): number {
    return this.#counts.get(seq) ?? 0;
  }

  add(seq: number): void {
    this.#counts.set(seq, this.of(seq) + 1);
  }

  park(seq: number): void {
    if (this.of(seq) !== WITHOUT_END) this.#parked++;
    this.#counts.set(seq, WITHOUT_END);
  }

  forget(seq: number): void {
    if (this.of(seq) === WITHOUT_END) this.#parked--;
    this.#counts.delete(seq);
  }

  /** Forgets all but these. */
  keep(seqs: { has(seq: number): boolean }): void {
    for (const seq of this.#counts.keys()) if (!seqs.has(seq)) this.forget(seq);
  }

  /** The fewest tries that one of so many waiting events has; infinite where all are parked. */
  fewest(waiting: number): number {
    return waiting > this.#counts.size ? 0 : [...this.#counts.values()].reduce((least, one) => Math.min(least, one), WITHOUT_END);
  }
}
