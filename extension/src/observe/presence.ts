export interface PresenceOptions {
  /** Milliseconds of a clock that only moves forward. */
  readonly now: () => number;
  /** After so many milliseconds without a sign one counts as away. */
  readonly idleMs: () => number;
  /** What the editor says at the start. */
  readonly active: boolean;
}

/** How long after a wake-up the editor may still call active who was there before it: a minute, and some. */
export const DOUBT_MS = 70_000;
// Scrolling has no key, and programs scroll too: alone it brings nobody back, and keeps nobody there for longer.
const SCROLLING_MS = 10 * 60_000;
// A key or a click so recent is somebody's at the keyboard, though the editor has yet to say so.
const JUST_NOW_MS = 2_000;

/**
 * Whether somebody is there. Keys and clicks show it, and so does the editor's own word `active`, which reaches where
 * extensions don't see (terminals, web views, the debugger) and lasts for up to a minute after the last of them.
 */
export class Presence {
  #lastSign = -Infinity;
  /** The last sign that was a key, a click or the editor's word, and so no mere scrolling. */
  #lastSure = -Infinity;
  #lastHand = -Infinity;
  #active: boolean;
  #doubtUntil = -Infinity;

  constructor(private readonly options: PresenceOptions) {
    this.#active = options.active;
  }

  /** A key or a click. */
  hand(): void {
    this.#lastHand = this.#lastSign = this.#lastSure = this.options.now();
    this.#doubtUntil = -Infinity;
  }

  /** The view moved, and nothing was edited. */
  scrolled(): void {
    const now = this.options.now();
    if (this.here && now - this.#lastSure <= SCROLLING_MS) this.#lastSign = now;
  }

  /** The editor says that somebody began or ceased to be active in its window. */
  says(active: boolean): void {
    this.#hear(this.options.now());
    const begins = active && !this.#active;
    this.#active = active;
    if (begins) this.hand();
  }

  /** The clocks stood still, or the host did: who was there before is not there for it. */
  wokeUp(): void {
    this.#lastSign = this.#lastSure = this.#lastHand = -Infinity;
    this.#doubtUntil = this.options.now() + DOUBT_MS;
  }

  /** Whether the last sign is no longer ago than the idle threshold. */
  get here(): boolean {
    const now = this.options.now();
    return this.#hear(now) || now - this.#lastSign <= this.options.idleMs();
  }

  /** Whether the editor calls the window active, or a hand moved just now. */
  get atKeyboard(): boolean {
    return this.#believed(this.options.now()) || this.handWithin(JUST_NOW_MS);
  }

  /** When the last key or click came, by the clock. */
  get lastHand(): number {
    return this.#lastHand;
  }

  handWithin(ms: number): boolean {
    return this.options.now() - this.#lastHand <= ms;
  }

  #believed(now: number): boolean {
    return this.#active && now >= this.#doubtUntil;
  }

  /** The editor's word is a sign for as long as it lasts. */
  #hear(now: number): boolean {
    const there = this.#believed(now);
    if (there) this.#lastSign = this.#lastSure = now;
    return there;
  }
}
