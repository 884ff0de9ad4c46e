import { systemClock, Instants } from "./clock";
import type { Describer } from "./describe/describer";
import type { TimecodeEvent } from "./event";
import type { Beat } from "./observe/cadence";
import type { Subject } from "./observe/subject";
import type { Aside } from "./queue/aside";
import type { Queue } from "./queue/queue";

export interface RecorderOptions {
  readonly describer: Pick<Describer, "describe">;
  readonly queue: Pick<Queue, "append">;
  readonly aside: Pick<Aside, "write">;
  /** Called for what is kept, on disk or in memory. */
  readonly onRecorded: (event: TimecodeEvent, text: string) => void;
  readonly log: (line: string) => void;
}

// Beats come every few seconds at most: so many in wait mean that a file system hangs.
const MOST_WAITING = 1_000;

/** Fixes each heartbeat's instant as it happens, then describes and queues it, in order and off the typing path. */
export class Recorder {
  readonly #instants = new Instants(systemClock);
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #dropped = 0;
  #noted = 0;
  #over = false;

  constructor(private readonly options: RecorderOptions) {}

  /** Heartbeats that were never described and so are not recorded. */
  get dropped(): number {
    return this.#dropped;
  }

  record(beat: Beat<Subject>): void {
    const time = this.#instants.text(this.#instants.next(beat.agoMs));
    if (this.#waiting >= MOST_WAITING) {
      this.#drop("too many wait to be described");
      return;
    }
    this.#waiting++;
    const previous = this.#last;
    this.#last = new Promise((resolve) => {
      setImmediate(() => {
        void previous.then(() => this.#keep(beat, time)).then(resolve);
      });
    });
  }

  /** Resolves when everything recorded so far is queued. */
  settled(): Promise<void> {
    return this.#last;
  }

  /** The window closes: what is still not described goes unrecorded, and is counted. */
  async end(): Promise<void> {
    this.#over = true;
    if (this.#waiting > 0) this.#drop("the window closed", this.#waiting);
    await this.note();
  }

  /** Writes down how many were dropped since the last time. */
  async note(): Promise<void> {
    const count = this.#dropped - this.#noted;
    if (count === 0) return;
    this.#noted += count;
    const note = { at: new Date().toISOString(), why: "undescribed", detail: "their files could not be looked at", count } as const;
    await this.options.aside.write([note]).catch(() => (this.#noted -= count));
  }

  async #keep(beat: Beat<Subject>, time: string): Promise<void> {
    const { queue, onRecorded } = this.options;
    try {
      const event = await this.#describe(beat, time);
      if (!event) return;
      const text = JSON.stringify(event);
      // What is lost here is counted by the queue.
      if ((await queue.append(text)) !== "lost") onRecorded(event, text);
    } catch (error) {
      if (!this.#over) this.#drop(String(error));
    }
  }

  async #describe(beat: Beat<Subject>, time: string): Promise<TimecodeEvent | undefined> {
    const event = this.#over ? undefined : await this.options.describer.describe(beat, time).finally(() => this.#waiting--);
    // Too late, and counted already.
    return this.#over ? undefined : event;
  }

  #drop(why: string, count = 1): void {
    this.#dropped += count;
    this.options.log(`${count} ${count === 1 ? "heartbeat" : "heartbeats"} could not be recorded: ${why}`);
  }
}
