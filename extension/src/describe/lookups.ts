import { within } from "./within";

/** What a look-up found. Not sure is what came of a file system that failed or didn't answer in time. */
export interface Answer<T> {
  readonly found: T;
  readonly sure: boolean;
}

export interface LookupOptions<T> {
  readonly look: (path: string) => Promise<Answer<T>>;
  /** What to go by while nothing is known. */
  readonly unknown: (path: string) => T;
  readonly now: () => number;
  readonly patienceMs: number;
  readonly freshMs: number;
  /** After this long what was asked is lost, and asked again. A disk never loses anything; it may take for ever. */
  readonly lostMs: number;
}

interface Kept<T> {
  readonly until: number;
  readonly answer: Answer<T>;
}

interface Run<T> {
  readonly since: number;
  readonly answer: Promise<Answer<T>>;
}

const AGAIN_MS = 5_000;
const MOST_REMEMBERED = 500;

/**
 * Look-ups by path: remembered while fresh, and shared while under way. One that takes longer than the patience goes on,
 * and serves whoever asks later. While the file system can't tell, what was last found for certain holds.
 */
export class Lookups<T> {
  readonly #kept = new Map<string, Kept<T>>();
  readonly #running = new Map<string, Run<T>>();

  constructor(private readonly options: LookupOptions<T>) {}

  async get(path: string): Promise<Answer<T>> {
    const { now, patienceMs, unknown } = this.options;
    const kept = this.#kept.get(path);
    if (kept && now() < kept.until) return kept.answer;
    const answer = await within(patienceMs, this.#run(path), undefined);
    if (answer) return answer;
    return this.#keep(path, kept?.answer.sure ? kept.answer : { found: unknown(path), sure: false }, AGAIN_MS);
  }

  #run(path: string): Promise<Answer<T>> {
    const { look, unknown, now, lostMs } = this.options;
    const running = this.#running.get(path);
    if (running && now() - running.since < lostMs) return running.answer;
    const failed = (): Answer<T> => ({ found: unknown(path), sure: false });
    const run: Run<T> = {
      since: now(),
      answer: look(path).catch(failed).then((answer) => {
        // Given up for another one, which knows better.
        if (this.#running.get(path) !== run) return answer;
        this.#running.delete(path);
        return this.#learn(path, answer);
      }),
    };
    if (this.#running.size >= MOST_REMEMBERED) this.#running.clear();
    this.#running.set(path, run);
    return run.answer;
  }

  #learn(path: string, answer: Answer<T>): Answer<T> {
    if (answer.sure) return this.#keep(path, answer, this.options.freshMs);
    const last = this.#kept.get(path)?.answer;
    return this.#keep(path, last?.sure ? last : answer, AGAIN_MS);
  }

  #keep(path: string, answer: Answer<T>, forMs: number): Answer<T> {
    if (this.#kept.size >= MOST_REMEMBERED) this.#kept.clear();
    this.#kept.set(path, { until: this.options.now() + forMs, answer });
    return answer;
  }
}
