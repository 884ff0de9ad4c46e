/** What a heartbeat is about; told apart by identity, so that a keystroke costs one comparison. */
export interface Beat<S> {
  readonly subject: S;
  readonly category: string;
  readonly isWrite: boolean;
}

export interface CadenceOptions<S> {
  /** Milliseconds of a clock that only moves forward. */
  readonly now: () => number;
  readonly everyMs: () => number;
  readonly idleMs: () => number;
  /** Whether the window has the person's attention. */
  readonly attended: () => boolean;
  /** Whether the person is known to be there though nothing signals it. */
  readonly present: () => boolean;
  /** Called only when a beat is due, so that the typing path doesn't pay for it. */
  readonly categoryOf: (subject: S) => string;
  readonly emit: (beat: Beat<S>) => void;
}

/**
 * Turns a person's signals into heartbeats: at once on another subject, another category or a save, else one every
 * so often, going on without signals (somebody reads) until the idle threshold.
 */
export class Cadence<S> {
  #subject: S | undefined;
  #category = "";
  #lastBeat = -Infinity;
  #lastSignal = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: CadenceOptions<S>) {}

  signal(subject: S): void {
    const now = this.options.now();
    this.#lastSignal = now;
    const left = this.#lastBeat + this.options.everyMs() - now;
    if (subject !== this.#subject || left <= 0) this.#beat(subject, now, false);
    else if (this.#timer === undefined) this.#arm(left);
  }

  /** A sign of the person that says nothing of what it is about. */
  again(): void {
    if (this.#subject !== undefined) this.signal(this.#subject);
  }

  saved(subject: S): void {
    const now = this.options.now();
    this.#lastSignal = now;
    this.#beat(subject, now, true);
  }

  /** The category may have changed: a debug session or a task started or ended. That alone shows nobody's presence. */
  recheck(present: boolean): void {
    const subject = this.#subject;
    if (subject === undefined) return;
    const now = this.options.now();
    if (present) this.#lastSignal = now;
    else if (now - this.#lastSignal > this.options.idleMs()) return;
    if (this.options.categoryOf(subject) !== this.#category) this.#beat(subject, now, false);
  }

  /** The person looks elsewhere: nothing more until the next signal. */
  rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** The person is gone, whatever the clock says. */
  leave(): void {
    this.rest();
    this.#lastSignal = -Infinity;
  }

  #beat(subject: S, now: number, isWrite: boolean): void {
    this.#subject = subject;
    this.#category = this.options.categoryOf(subject);
    this.#lastBeat = now;
    this.options.emit({ subject, category: this.#category, isWrite });
    this.#arm(this.options.everyMs());
  }

  #arm(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#due();
    }, ms);
  }

  #due(): void {
    this.#timer = undefined;
    const now = this.options.now();
    if (this.options.present()) this.#lastSignal = now;
    const idle = now - this.#lastSignal > this.options.idleMs();
    if (this.#subject === undefined || idle || !this.options.attended()) return;
    this.#beat(this.#subject, now, false);
  }
}
