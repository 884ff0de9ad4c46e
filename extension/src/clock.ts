/** Wall clock in milliseconds since the epoch, and minutes that local time is ahead of UTC at an instant. */
export interface WallClock {
  now(): number;
  offsetMinutes(atMs: number): number;
}

export const systemClock: WallClock = {
  now: () => Date.now(),
  offsetMinutes: (atMs) => -new Date(atMs).getTimezoneOffset(),
};

// A step back of more than this is a clock that was set, not two events in one millisecond.
const SET_BACK_US = 1_000_000;

/**
 * Hands out instants, no two alike, in microseconds since the epoch.
 *
 * Within a run of the clock they rise strictly. When the clock is set back they follow it: holding on to the old
 * time would pile an hour of work onto one instant. The digits below a millisecond, which the system clock lacks,
 * are a counter that starts at random, so that a second lived twice still gives different instants.
 */
export class Instants {
  #last = 0;
  #count: number;

  constructor(
    private readonly clock: WallClock,
    start: number = Math.floor(Math.random() * 1000),
  ) {
    this.#count = start;
  }

  /** An instant of now, or of so many milliseconds ago if nothing later was handed out within a second of that. */
  next(agoMs = 0): number {
    this.#count = (this.#count + 1) % 1000;
    const at = Math.floor(this.clock.now() - agoMs) * 1000 + this.#count;
    const risen = at > this.#last || this.#last - at > SET_BACK_US ? at : this.#last + 1;
    this.#last = risen;
    return risen;
  }

  /** The instant as RFC 3339 with the local offset, e.g. 2026-11-22T10:00:00.123456+01:00. */
  text(atUs: number): string {
    const atMs = Math.floor(atUs / 1000);
    const offset = this.clock.offsetMinutes(atMs);
    const local = new Date(atMs + offset * 60_000).toISOString().slice(0, 23);
    const micros = String(atUs - atMs * 1000).padStart(3, "0");
    return `${local}${micros}${offsetText(offset)}`;
  }
}

function offsetText(minutes: number): string {
  // "-00:00" would mean that the offset is unknown, so zero is always positive.
  const sign = minutes < 0 ? "-" : "+";
  const whole = Math.abs(Math.trunc(minutes));
  const pad = (n: number): string => String(n).padStart(2, "0");
  return `${sign}${pad(Math.floor(whole / 60))}:${pad(whole % 60)}`;
}
