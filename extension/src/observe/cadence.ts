/** What a heartbeat is about; told apart by identity, so that a keystroke costs one comparison. */
export interface Beat<S> {
  readonly subject: S;
  readonly category: string;
  readonly isWrite: boolean;
  /** How many milliseconds ago it was, where only what followed told whose or what it was. */
  readonly agoMs: number;
}

export interface CadenceOptions<S> {
  /** Milliseconds of a clock that only moves forward. */
  readonly now: () => number;
  readonly everyMs: () => number;
  /** What somebody is there for and looks at, if anybody is: while that is so, it goes on without signals. */
  readonly attended: () => S | undefined;
  /** Called only when a beat may be due, so that the typing path doesn't pay for it. */
  readonly categoryOf: (subject: S) => string;
  readonly emit: (beat: Beat<S>) => void;
}

/**
 * Turns signals into heartbeats: at once on another subject, another category, a save or after an interruption, else
 * one every so often, going on without signals (somebody reads) while there is somebody.
 */
export class Cadence<S> {
  #subject: S | undefined;
  #category = "";
  #lastBeat = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: CadenceOptions<S>) {}

  /** Something was done on a subject, at that instant by the clock. Answers whether that made a heartbeat. */
  signal(subject: S, at = this.options.now()): boolean {
    const next = this.#lastBeat + this.options.everyMs();
    const due = subject !== this.#subject || at >= next;
    if (due) this.#beat(subject, false, at);
    else if (this.#timer === undefined) this.#arm(next);
    return due;
  }

  /** Whether a signal at that instant would change nothing. */
  isBusyWith(subject: S, at: number): boolean {
    return subject === this.#subject && this.#timer !== undefined && at < this.#lastBeat + this.options.everyMs();
  }

  /** The same, where the category may have changed: a debug session or a task started or ended. */
  look(subject: S, at = this.options.now()): void {
    if (this.options.categoryOf(subject) === this.#category) this.signal(subject, at);
    else this.#beat(subject, false, at);
  }

  /** Always makes a heartbeat, and answers as a signal does. */
  saved(subject: S): true {
    this.#beat(subject, true);
    return true;
  }

  /** Somebody else's time came between: the next signal says at once whose the time is again. */
  interrupted(): void {
    this.#lastBeat = -Infinity;
  }

  /** Somebody else is at work: silence is theirs, until it has lasted. */
  yield(): void {
    if (this.#timer !== undefined) this.#arm(this.options.now() + this.options.everyMs());
  }

  /** Nothing more until the next signal. */
  rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #beat(subject: S, isWrite: boolean, at = this.options.now()): void {
    this.#subject = subject;
    this.#category = this.options.categoryOf(subject);
    this.#lastBeat = at;
    this.options.emit({ subject, category: this.#category, isWrite, agoMs: this.options.now() - at });
    this.#arm(at + this.options.everyMs());
  }

  #arm(at: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const subject = this.options.attended();
      if (subject !== undefined) this.#beat(subject, false);
    }, at - this.options.now());
  }
}
