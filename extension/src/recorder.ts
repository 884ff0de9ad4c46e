import { systemClock, Instants } from "./clock";
import type { Describer } from "./describe/describer";
import type { TimecodeEvent } from "./event";
import type { Beat } from "./observe/cadence";
import type { Subject } from "./observe/subject";
import type { Queue } from "./queue/queue";

export interface RecorderOptions {
  readonly describer: Pick<Describer, "describe">;
  readonly queue: Pick<Queue, "append">;
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

  constructor(private readonly options: RecorderOptions) {}

  /** Heartbeats that were never described and so are not recorded. */
  get dropped(): number {
    return this.#dropped;
  }

  record(beat: Beat<Subject>): void {
    const time = this.#instants.text(this.#instants.next());
    if (this.#waiting >= MOST_WAITING) {
      this.#drop("too many wait to be described");
      return;
    }
    this.#waiting++;
    const previous = this.#last;
    this.#last = new Promise((resolve) => {
      setImmediate(() => {
        void previous
          .then(() => this.#keep(beat, time))
          .finally(() => this.#waiting--)
          .then(resolve);
      });
    });
  }

  /** Resolves when everything recorded so far is queued. */
  settled(): Promise<void> {
    return this.#last;
  }

  async #keep(beat: Beat<Subject>, time: string): Promise<void> {
    const { describer, queue, onRecorded } = this.options;
    try {
      const event = await describer.describe(beat, time);
      if (!event) return;
      const text = JSON.stringify(event);
      // What is lost here is counted by the queue.
      if ((await queue.append(text)) !== "lost") onRecorded(event, text);
    } catch (error) {
      this.#drop(String(error));
    }
  }

  #drop(why: string): void {
    this.#dropped++;
    this.options.log(`a heartbeat could not be recorded: ${why}`);
  }
}
