import type { Aside } from "../queue/aside";
import type { Queue } from "../queue/queue";
import { Finder } from "./finder";
import { Polling } from "./polling";
import { Sender, type Link, type Settled } from "./sender";
import { readTokens } from "./token";
import { whereabouts } from "./whereabouts";

/** What a connection goes by; another value of any of these makes a new one. */
export interface Target {
  /** The address that is set, or "" where the service's folder has the say. */
  readonly url: string;
  readonly home: string;
  /** The token that the settings hold. */
  readonly token: string;
  readonly timeoutMs: number;
}

export interface ConnectionOptions {
  readonly queue: Queue;
  readonly aside: Aside;
  readonly target: () => Target;
  /** The token that was typed in. */
  readonly typed: () => Promise<string>;
  /** Whether somebody may be looking: else a service that is up is not asked. */
  readonly looking: () => boolean;
  /** The service was asked, whatever came of it. */
  readonly onAsked: () => void;
  readonly onLink: (link: Link) => void;
  readonly onSettled: (settled: readonly Settled[]) => void;
  /** Something that can be shown may have changed. */
  readonly onChange: () => void;
  readonly log: (line: string) => void;
}

const UP: Link = { state: "up", detail: "" };

/** The service as this window knows it: what is sent to it, and what it is asked from time to time. */
export class Connection {
  readonly polling: Polling;
  #target: Target;
  #finder: Finder;
  #sender: Sender;
  #replacing: Promise<void> = Promise.resolve();
  #misfit: Link | undefined;
  #aside = 0;
  #stopped = false;

  constructor(private readonly options: ConnectionOptions) {
    this.#target = options.target();
    this.#finder = this.#makeFinder();
    this.#sender = this.#makeSender();
    this.polling = new Polling({
      service: () => this.#finder,
      up: () => this.link.state === "up",
      looking: options.looking,
      onAnswer: (link) => {
        // Of another version, and yet ours: events go there.
        this.#misfit = link.state === "misfit" ? link : undefined;
        this.#sender.observe(this.#misfit ? UP : link);
        if (this.#sender.link.state === "up") this.#sender.wake();
        options.onAsked();
      },
    });
  }

  get link(): Link {
    const { link } = this.#sender;
    return link.state === "up" ? (this.#misfit ?? link) : link;
  }

  get finder(): Finder {
    return this.#finder;
  }

  /** Events set aside since the window opened. */
  get aside(): number {
    return this.#aside;
  }

  /** Tokens to know the service by, best first. */
  async tokens(): Promise<string[]> {
    const { home, token } = this.#target;
    return readTokens(home, [token, await this.options.typed()]);
  }

  /** There is something new to send. */
  wake(): void {
    this.#sender.wake();
  }

  /** Tries to send at once, with refused tokens given another chance, and resolves when that is over. */
  async retryNow(): Promise<void> {
    this.#finder.forgive();
    this.#sender.retryNow();
    await this.#sender.idle();
    await this.polling.now();
    // What was recorded meanwhile is sent upon the answer, and only that shows that all is well.
    await this.#sender.idle();
  }

  /** Something happened after which a service that was away may be back. */
  comeBack(why: string): void {
    if (this.link.state !== "up") this.options.log(`trying again: ${why}`);
    this.#sender.retryNow();
    this.polling.soon();
  }

  /** Goes by the settings as they are now. */
  refresh(): void {
    const target = this.options.target();
    if (JSON.stringify(target) === JSON.stringify(this.#target)) return;
    this.#target = target;
    this.#misfit = undefined;
    this.polling.forget();
    this.#finder = this.#makeFinder();
    this.#replacing = this.#replacing.then(() => this.#replaceSender());
  }

  /** Resolves when the settings as they are now have been tried. */
  async settled(): Promise<void> {
    await this.#replacing;
    await this.retryNow();
  }

  /** Asks nothing more; what is to be sent still is, until `stop`. */
  quiet(): void {
    this.#stopped = true;
    this.polling.stop();
  }

  async stop(): Promise<void> {
    this.quiet();
    await this.#replacing;
    await this.#sender.stop();
  }

  /** Two senders at once would send the same events. */
  async #replaceSender(): Promise<void> {
    await this.#sender.stop();
    if (this.#stopped) return;
    this.#sender = this.#makeSender();
    void this.retryNow();
  }

  #makeFinder(): Finder {
    const { url, home, timeoutMs } = this.#target;
    return new Finder({ timeoutMs, where: () => whereabouts(url, home), tokens: () => this.tokens() });
  }

  #makeSender(): Sender {
    const { queue, aside, log, onLink, onSettled, onChange } = this.options;
    return new Sender({
      queue,
      aside,
      service: this.#finder,
      log,
      onLink,
      onSettled: (settled) => {
        onSettled(settled);
        this.polling.soon();
        onChange();
      },
      onAside: (notes) => {
        this.#aside += notes.length;
        for (const { detail } of notes) log(`an event was refused and set aside: ${detail}`);
      },
    });
  }
}
