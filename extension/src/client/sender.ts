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
// What a closing window gives a request under way. The editor ends its extensions soon after.
const GRACE_MS = 1_000;
// These speak of the batch's content; every other refusal speaks of the service or of the connection.
const CONTENT_REFUSED: ReadonlySet<number> = new Set([400, 413, 422]);

/** Moves events from the queue to the service until nothing waits; after a failure it comes back by itself. */
export class Sender {
  readonly #backoff: Backoff;
  /** Events set aside since the service last accepted one. */
  #refusals = 0;
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

  /** What another request than the sender's tells about the link. While something waits, only sending it shows that all is well. */
  observe(link: Link): void {
    if (link.state !== "up" || this.options.queue.pending === 0) this.#show(link);
    // It answers everything but events, perhaps: that waits its time.
    else if (this.#link.state === "failing") this.wake();
    else this.#start("at once");
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
        const batch = await this.options.queue.take(MAX_EVENTS, MAX_BYTES);
        if (!batch) break;
        try {
          this.#session ??= await this.options.service.open();
          // One event may be what the service stumbles over: the more often a batch failed, the smaller its parts.
          for (const part of cut([...batch.events.keys()], batch.tries)) await this.#deliver(this.#session, batch, part);
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

  async #deliver(session: Session, batch: Batch, places: readonly number[]): Promise<void> {
    if (this.#stopped) return;
    const events = places.map((place) => batch.events[place] ?? "");
    const response = await session.send(events).catch(async (error: unknown) => {
      if (error instanceof LinkError && error.state === "failing") await batch.defer(places);
      throw error;
    });
    if (CONTENT_REFUSED.has(response.status)) {
      await this.#refused(session, batch, places, problem(response.status, response.data));
      return;
    }
    const decided = response.status === 200 ? decisions(response.data, places.length) : undefined;
    if (!decided) {
      if (response.status === 200 || response.status >= 500) await batch.defer(places);
      const detail = `the service answers with ${problem(response.status, response.data)}`;
      throw new LinkError("failing", detail, retryAfter(response.headers));
    }
    await this.#settle(batch, places, decided);
  }

  async #settle(batch: Batch, places: readonly number[], decided: readonly Decision[]): Promise<void> {
    const settled: Settled[] = [];
    const done: number[] = [];
    const undecided: number[] = [];
    const bad: { place: number; detail: string }[] = [];
    decided.forEach(({ verdict, id, error }, index) => {
      const place = places[index] ?? -1;
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
    this.#refusals = 0;
    this.#backoff.reset();
    this.#show({ state: "up", detail: "" });
  }

  /** What is refused whole is halved until the one bad event stands alone; that one is set aside. */
  async #refused(session: Session, batch: Batch, places: readonly number[], detail: string): Promise<void> {
    const [place = -1, ...others] = places;
    if (this.#refusals >= PATIENCE) {
      await batch.defer(places);
      throw new LinkError("failing", `the service refuses every event (${detail})`);
    }
    if (others.length > 0) {
      for (const half of cut(places, 2)) await this.#deliver(session, batch, half);
      return;
    }
    await this.#setAside(batch, [{ place, detail }]);
    this.options.onSettled?.([{ text: batch.events[place] ?? "", verdict: "rejected", id: null }]);
    this.#refusals++;
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

/** The places in so many parts of about the same size, in order; none is empty. */
function cut(places: readonly number[], parts: number): number[][] {
  const size = Math.ceil(places.length / Math.max(1, parts));
  return Array.from({ length: Math.ceil(places.length / size) }, (_, n) => places.slice(n * size, (n + 1) * size));
}
