import type { Finder } from "./finder";
import { Latest } from "./latest";
import type { Link } from "./sender";
import { fetchToday, type Today } from "./today";

const UP_MS = 60_000;
const DOWN_MS = 10_000;
// Several events settled in a row ask for today's time once.
const SOON_MS = 2_000;

export interface PollingOptions {
  readonly service: () => Finder;
  readonly up: () => boolean;
  /** Whether somebody may be looking: else a service that is up is not asked. */
  readonly looking: () => boolean;
  readonly onAnswer: (link: Link) => void;
}

/** Asks the service for today's time from time to time, and learns from the answer how things stand. */
export class Polling {
  readonly #latest = new Latest();
  readonly #timer: NodeJS.Timeout;
  #soon: NodeJS.Timeout | undefined;
  #askedAt = -Infinity;
  #asking = Promise.resolve();
  #today: Today | undefined;
  #stopped = false;

  constructor(private readonly options: PollingOptions) {
    this.#timer = setInterval(() => { this.#ifDue(); }, DOWN_MS / 2);
  }

  /** Today's time, when last heard. */
  get today(): Today | undefined {
    return this.#today;
  }

  /** Asks, and resolves when the answer is heard: that to a later question, where one was asked meanwhile. */
  async now(): Promise<void> {
    this.#asking = this.#ask();
    let heard;
    while (heard !== this.#asking) {
      heard = this.#asking;
      await heard;
    }
  }

  soon(): void {
    if (!this.#stopped) this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      void this.now();
    }, SOON_MS);
  }

  /** The answer to what is asked now is of no interest any more. */
  forget(): void {
    this.#latest.forget();
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
  }

  async #ask(): Promise<void> {
    this.#askedAt = performance.now();
    // A later question, perhaps to another service, has the say.
    const answer = await this.#latest.ask(() => fetchToday(this.options.service()));
    if (!answer) return;
    if (answer.today) this.#today = answer.today;
    this.options.onAnswer(answer.link);
  }

  #ifDue(): void {
    if (this.#latest.busy) return;
    const { up, looking } = this.options;
    const since = performance.now() - this.#askedAt;
    if (since >= (up() ? UP_MS : DOWN_MS) && (looking() || !up())) void this.now();
  }
}
