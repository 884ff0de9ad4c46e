import type { Entry } from "./journal";
import { Tries } from "./tries";

/**
 * Events that the disk would not take: a full disk must not cost time already worked. They are sent from here, and
 * moved to disk once there is room.
 */
export class Memory {
  readonly #held = new Map<number, string>();
  readonly #tries = new Tries();
  #nextSeq = 1;

  constructor(private readonly bound: number) {}

  /** Events that can be sent. */
  get pending(): number {
    return this.#held.size - this.parked;
  }

  get parked(): number {
    return this.#tries.parked;
  }

  get size(): number {
    return this.#held.size;
  }

  /** How often those were tried that `peek` gives. */
  get tries(): number {
    return this.#tries.fewest(this.#held.size);
  }

  /** False when there is no room left here either. */
  hold(text: string): boolean {
    if (this.#held.size >= this.bound) return false;
    this.#held.set(this.#nextSeq++, text);
    return true;
  }

  /** As a journal does. */
  peek(count: number, bytes: number): Entry[] {
    const { tries } = this;
    const entries: Entry[] = [];
    let size = 0;
    if (this.pending === 0) return entries;
    for (const [seq, text] of this.#held) {
      if (this.#tries.of(seq) !== tries) continue;
      size += text.length;
      if (entries.length >= count || (entries.length > 0 && size > bytes)) break;
      entries.push({ seq, text, tries });
    }
    return entries;
  }

  /** All of them, parked ones too. */
  all(): Entry[] {
    return [...this.#held].map(([seq, text]) => ({ seq, text, tries: this.#tries.of(seq) }));
  }

  settle(seqs: readonly number[]): void {
    for (const seq of seqs) {
      this.#held.delete(seq);
      this.#tries.forget(seq);
    }
  }

  /** Passes over events until they are moved to disk. */
  park(seqs: readonly number[]): void {
    for (const seq of seqs) if (this.#held.has(seq)) this.#tries.park(seq);
  }

  /** Puts events behind those that were tried less often. */
  defer(seqs: readonly number[]): void {
    for (const seq of seqs) if (this.#held.has(seq)) this.#tries.add(seq);
  }
}
