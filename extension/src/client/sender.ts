import { setTimeout as pause } from "node:timers/promises";
import type { Aside, AsideNote } from "../queue/aside";
import type { Batch, Queue } from "../queue/queue";
import { decisions, problem, type Decision, type Verdict } from "./answer";
import { Backoff } from "./backoff";
import { LinkError, type LinkState } from "./link";
import { retryAfter, type Service, type Session } from "./service";

export interface Link {
  readonly state: LinkState;
  readonly detail: string;
}

/** An event that the service settled. */
export interface Settled {
  readonly text: string;
  readonly verdict: Verdict;
  readonly id: string | null;
}

export interface SenderOptions {
  readonly queue: Queue;
  readonly aside: Aside;
  readonly service: Pick<Service, "open">;
  readonly backoff?: Backoff;
  readonly onLink?: (link: Link) => void;
  readonly onSettled?: (settled: readonly Settled[]) => void;
  readonly onAside?: (notes: readonly AsideNote[]) => void;
  readonly log?: (line: string) => void;
}

const MAX_EVENTS = 200;
// Under the service's limit of 1 MiB, with room for the frame.
const MAX_BYTES = 512 << 10;
// So many single events refused in a row are the service's fault more likely than theirs: the next ones are only
// deferred until it accepted one.
const PATIENCE = 10;
// So often the same batch may bring the service down before it is suspected and split.
const TRIES = 2;
// What a closing window gives a request under way. The editor ends its extensions soon after.
const GRACE_MS = 1_000;
// These speak of the batch's content; every other refusal speaks of the service or of the connection.
const CONTENT_REFUSED: ReadonlySet<number> = new Set([400, 413, 422]);

/** Moves events from the queue to the service until nothing waits; after a failure it comes back by itself. */
export class Sender {
  readonly #backoff: Backoff;
  #limit = MAX_EVENTS;
  #refusedInRow = 0;
  #postponed = 0;
  #failedInRow = 0;
  /** The last attempt to send failed. Nothing but a successful one shows otherwise. */
  #failed = false;
  #session: Session | undefined;
  #running: Promise<void> | undefined;
  #again: "no" | "unless a retry is due" | "at once" = "no";
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #link: Link = { state: "unknown", detail: "" };

  constructor(private readonly options: SenderOptions) {
    this.#backoff = options.backoff ?? new Backoff();
  }

  get link(): Link {
    return this.#link;
  }

  /** There is something new to send. Does nothing while a retry is due later. */
  wake(): void {
    if (this.#timer === undefined) this.#start("unless a retry is due");
  }

  /** Tries at once, as after a wake-up of the machine, on focus, or when the user asks. */
  retryNow(): void {
    this.#backoff.reset();
    this.#start("at once");
  }

  /** Other requests than the sender's tell about the link too, but not that sending works again. */
  observe(link: Link): void {
    if (link.state !== "up" || !this.#failed) {
      this.#show(link);
      return;
    }
    // The service is back, or it answers everything but events: only sending tells, and the latter waits its time.
    if (this.#link.state !== "failing") this.#start("at once");
  }

  /** Resolves when the run under way, if any, is over. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  /** Sends no more. A request under way is given a moment, then cut off: its events stay in the queue. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const cut = setTimeout(() => this.#session?.close(), GRACE_MS);
    const end = new AbortController();
    await Promise.race([this.idle(), pause(2 * GRACE_MS, undefined, { signal: end.signal }).catch(() => undefined)]);
    end.abort();
    clearTimeout(cut);
  }

  #start(why: "unless a retry is due" | "at once"): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#running) {
      if (this.#again !== "at once") this.#again = why;
      return;
    }
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      const again = this.#again;
      this.#again = "no";
      if (again === "at once" || (again !== "no" && this.#timer === undefined)) this.#start(again);
    });
  }

  async #run(): Promise<void> {
    try {
      while (!this.#stopped) {
        const batch = await this.options.queue.take(this.#limit, MAX_BYTES);
        if (!batch) {
          this.#failed = false;
          break;
        }
        try {
          this.#session ??= await this.options.service.open();
          await this.#deliver(this.#session, batch);
        } finally {
          batch.release();
        }
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#session?.close();
      this.#session = undefined;
    }
  }

  async #deliver(session: Session, batch: Batch): Promise<void> {
    const response = await session.send(batch.events).catch(async (error: unknown) => {
      if (error instanceof LinkError && error.state === "failing") await this.#suspect(batch);
      throw error;
    });
    if (CONTENT_REFUSED.has(response.status)) {
      await this.#refused(batch, problem(response.status, response.data));
      return;
    }
    const decided = response.status === 200 ? decisions(response.data, batch.events.length) : undefined;
    if (!decided) {
      if (response.status === 200 || response.status >= 500) await this.#suspect(batch);
      const detail = `the service answers with ${problem(response.status, response.data)}`;
      throw new LinkError("failing", detail, retryAfter(response.headers));
    }
    await this.#settle(batch, decided);
  }

  /** One event may be what the service stumbles over: the batch is halved, and that event then waits behind all others. */
  async #suspect(batch: Batch): Promise<void> {
    this.#failedInRow++;
    if (this.#stopped || this.#failedInRow < TRIES) return;
    this.#failedInRow = 0;
    if (batch.events.length > 1) this.#limit = Math.floor(batch.events.length / 2);
    else await batch.defer([0]);
  }

  async #settle(batch: Batch, decided: readonly Decision[]): Promise<void> {
    const settled: Settled[] = [];
    const done: number[] = [];
    const undecided: number[] = [];
    const bad: { place: number; detail: string }[] = [];
    decided.forEach(({ verdict, id, error }, place) => {
      if (verdict === undefined) {
        undecided.push(place);
        return;
      }
      settled.push({ text: batch.events[place] ?? "", verdict, id });
      if (verdict === "rejected") bad.push({ place, detail: error });
      else done.push(place);
    });
    await batch.defer(undecided);
    await batch.settle(done);
    await this.#setAside(batch, bad);
    if (settled.length > 0) this.options.onSettled?.(settled);
    // Nothing decided is no progress: without a pause the same batch would go round and round.
    if (settled.length === 0) throw new LinkError("failing", "the service's answer decides on no event");
    this.#limit = Math.min(MAX_EVENTS, this.#limit * 2);
    // It accepts some, so those put off meanwhile may be refused for what they are.
    this.#refusedInRow = -Math.min(this.#postponed, this.options.queue.pending);
    this.#postponed = 0;
    this.#failedInRow = 0;
    this.#failed = false;
    this.#backoff.reset();
    this.#show({ state: "up", detail: "" });
  }

  /** A batch refused whole is halved until the one bad event stands alone; that one is set aside. */
  async #refused(batch: Batch, detail: string): Promise<void> {
    if (batch.events.length > 1) {
      this.#limit = Math.floor(batch.events.length / 2);
      return;
    }
    if (this.#refusedInRow >= PATIENCE) {
      await batch.defer([0]);
      this.#postponed++;
      throw new LinkError("failing", `the service refuses every event (${detail})`);
    }
    await this.#setAside(batch, [{ place: 0, detail }]);
    const settled: Settled[] = [{ text: batch.events[0] ?? "", verdict: "rejected", id: null }];
    this.options.onSettled?.(settled);
    this.#limit = 2;
    this.#refusedInRow++;
  }

  async #setAside(batch: Batch, bad: readonly { place: number; detail: string }[]): Promise<void> {
    if (bad.length === 0) return;
    const at = new Date().toISOString();
    const notes = bad.map(({ place, detail }): AsideNote => {
      return { at, why: "refused", detail, count: 1, event: batch.events[place] ?? "" };
    });
    const places = bad.map(({ place }) => place);
    try {
      await this.options.aside.write(notes);
    } catch (error) {
      // Not written down, so not let go: it waits for the next start, out of the way of the others.
      this.#say(`setting an event aside failed: ${String(error)}`);
      await batch.park(places);
      return;
    }
    await batch.settle(places);
    this.options.onAside?.(notes);
  }

  #fail(error: unknown): void {
    if (this.#stopped) return;
    this.#failed = true;
    const link =
      error instanceof LinkError
        ? { state: error.state, detail: error.message }
        : { state: "failing" as const, detail: String(error) };
    const wait = Math.max(this.#backoff.next(), error instanceof LinkError ? (error.retryAfterMs ?? 0) : 0);
    this.#say(`${link.state}: ${link.detail}; ${this.options.queue.pending} waiting, next try in ${Math.round(wait)} ms`);
    this.#show(link);
    this.#timer = setTimeout(() => {
      this.#start("at once");
    }, wait);
    // A window that closes need not wait for this.
    this.#timer.unref();
  }

  #show(link: Link): void {
    if (link.state === this.#link.state && link.detail === this.#link.detail) return;
    this.#link = link;
    this.options.onLink?.(link);
  }

  #say(line: string): void {
    this.options.log?.(line);
  }
}
