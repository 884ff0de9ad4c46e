import type { Aside } from "../queue/aside";
import type { Queue } from "../queue/queue";
import { Sender, type Link, type Settled } from "./sender";
import { Service } from "./service";
import { Polling } from "./polling";
import type { Address } from "./loopback";
import { readTokens } from "./token";

/** What a connection goes by; another value of any of these makes a new one. */
export interface Target {
  readonly address: Address;
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
  readonly onAsked: (link: Link) => void;
  readonly onLink: (link: Link) => void;
  readonly onSettled: (settled: readonly Settled[]) => void;
  /** Something that can be shown may have changed. */
  readonly onChange: () => void;
  readonly log: (line: string) => void;
}

/** The service as this window knows it: what is sent to it, and what it is asked from time to time. */
export class Connection {
  readonly polling: Polling;
  #target: Target;
  #service: Service;
  #sender: Sender;
  #replacing: Promise<void> = Promise.resolve();
  #aside = 0;
  #stopped = false;

  constructor(private readonly options: ConnectionOptions) {
    this.#target = options.target();
    this.#service = this.#makeService();
    this.#sender = this.#makeSender();
    this.polling = new Polling({
      service: () => this.#service,
      up: () => this.link.state === "up",
      looking: options.looking,
      onAnswer: (link) => {
        this.#sender.observe(link);
        if (link.state === "up") this.#sender.wake();
        options.onAsked(link);
      },
    });
  }

  get link(): Link {
    return this.#sender.link;
  }

  get service(): Service {
    return this.#service;
  }

  get address(): Address {
    return this.#target.address;
  }

  /** Events set aside since the window opened. */
  get aside(): number {
    return this.#aside;
  }

  /** There is something new to send. */
  wake(): void {
    this.#sender.wake();
  }

  /** Tries to send at once, with refused tokens given another chance, and resolves when that is over. */
  async retryNow(): Promise<void> {
    this.#service.forgive();
    this.#sender.retryNow();
    await this.#sender.idle();
    await this.polling.now();
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
    this.polling.forget();
    this.#service = this.#makeService();
    this.#replacing = this.#replacing.then(() => this.#replaceSender());
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

  #makeService(): Service {
    const { address, home, token, timeoutMs } = this.#target;
    return new Service({ address, timeoutMs, tokens: async () => readTokens(home, [token, await this.options.typed()]) });
  }

  #makeSender(): Sender {
    const { queue, aside, log, onLink, onSettled, onChange } = this.options;
    return new Sender({
      queue,
      aside,
      service: this.#service,
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
