import { hasCode } from "./disk";
import type { Owner } from "./name";

/** How many looks in a row must find a file untouched before its owner counts as dead whatever its pid says. */
export const LOOKS = 10;

/**
 * Tells whether the window that owns a queue file, one that this process has not open, is gone. A dead pid on this
 * host is proof, and so is our own, which containers hand out again and again. A living pid may be another program's by now, and a pid of another host says nothing: then the owner counts as dead after it left its
 * file untouched, which a living one does at every tick, through several of *our* ticks. Those stand still while the
 * machine sleeps, so that waking up kills nobody, and clocks don't come into it.
 */
export class Liveness {
  readonly #seen = new Map<string, { changedNs: bigint; looks: number }>();

  constructor(
    private readonly self: Owner,
    private readonly runs: (pid: number) => boolean = pidRuns,
  ) {}

  isDead(name: string, owner: Owner, changedNs: bigint): boolean {
    if (owner.host === this.self.host && (owner.pid === this.self.pid || !this.runs(owner.pid))) return true;
    const seen = this.#seen.get(name);
    const looks = seen?.changedNs === changedNs ? seen.looks + 1 : 0;
    this.#seen.set(name, { changedNs, looks });
    return looks >= LOOKS;
  }

  forget(present: ReadonlySet<string>): void {
    for (const name of this.#seen.keys()) if (!present.has(name)) this.#seen.delete(name);
  }
}

function pidRuns(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, "ESRCH");
  }
}
