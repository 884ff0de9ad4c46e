import type { Entry } from "./journal";

/**
 * Events that the disk would not take: a full disk must not cost time already worked. They are sent from here, and
 * moved to disk once there is room.
 */
export class Memory {
  readonly #held = new Map<number, string>();
  readonly #parked = new Set<number>();
  readonly #deferred = new Set<number>();
  #nextSeq = 1;

  constructor(private readonly bound: number) {}

  /** Events that can be sent. */
  get pending(): number {
    return this.#held.size - this.#parked.size;
  }

  get parked(): number {
    return this.#parked.size;
  }

  get size(): number {
    return this.#held.size;
  }

  /** False when there is no room left here either. */
  hold(text: string): boolean {
    if (this.#held.size >= this.bound) return false;
    this.#held.set(this.#nextSeq++, text);
    return true;
  }

  peek(count: number, bytes: number, deferred = false): Entry[] {
    const entries: Entry[] = [];
    let size = 0;
    for (const seq of deferred ? this.#deferred : this.#held.keys()) {
      const text = this.#held.get(seq);
      if (text === undefined || this.#parked.has(seq) || this.#deferred.has(seq) !== deferred) continue;
      size += text.length;
      if (entries.length >= count || (entries.length > 0 && size > bytes)) break;
      entries.push({ seq, text });
    }
    return entries;
  }

  /** All of them, parked and deferred ones too. */
  all(): Entry[] {
    return [...this.#held].map(([seq, text]) => ({ seq, text }));
  }

  settle(seqs: readonly number[]): void {
    for (const seq of seqs) {
      this.#held.delete(seq);
      this.#parked.delete(seq);
      this.#deferred.delete(seq);
    }
  }

  /** Passes over events until they are moved to disk. */
  park(seqs: readonly number[]): void {
    for (const seq of seqs) {
      this.#deferred.delete(seq);
      if (this.#held.has(seq)) this.#parked.add(seq);
    }
  }

  /** Puts events behind all others. */
  defer(seqs: readonly number[]): void {
    for (const seq of seqs) {
      this.#deferred.delete(seq);
      if (this.#held.has(seq)) this.#deferred.add(seq);
    }
  }
}
