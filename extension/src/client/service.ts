import type { AxiosInstance, AxiosResponse } from "axios" with { "resolution-mode": "import" };
import { isObject, textOf } from "../value";
import { freshNonce, provenToken } from "./hello";
import { LinkError } from "./link";
import { urlOf, type Address } from "./loopback";
import { ConnectionSpent, directTransport, PinnedAgent } from "./pinned";
import { plain } from "./plain";

export interface ServiceOptions {
  readonly address: Address;
  /** Tokens to try, best first. Asked anew for every session, as the file may have changed. */
  readonly tokens: () => Promise<readonly string[]>;
  readonly timeoutMs: number;
}

const HELLO_TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 4 << 20;
const MAX_PICTURE_BYTES = 64 << 20;
const MISSING: ReadonlySet<number> = new Set([404, 405, 410, 501]);

/** The service on this machine. Nothing but a nonce is sent before it has proved that it knows our token. */
export class Service {
  readonly #refused = new Set<string>();

  constructor(private readonly options: ServiceOptions) {}

  /** Opens a connection and has the service prove itself on it. Throws a LinkError. */
  async open(): Promise<Session> {
    const tokens = await this.options.tokens();
    const usable = tokens.filter((token) => !this.#refused.has(token));
    // A refused token is not tried again until it changes or the user says so.
    if (usable.length === 0 && tokens.length > 0) throw new LinkError("unauthorised", "the service refused the token");
    const { address, timeoutMs } = this.options;
    // Loaded with the first request, so that the editor's start doesn't pay for it.
    const { default: axios } = await import("axios");
    const agent = new PinnedAgent(address);
    const http = axios.create({
      baseURL: urlOf(address),
      adapter: "http",
      httpAgent: agent,
      transport: directTransport,
      proxy: false,
      maxRedirects: 0,
      maxContentLength: MAX_ANSWER_BYTES,
      validateStatus: () => true,
    });
    try {
      const { token, version } = await this.#greet(http, usable, Math.min(HELLO_TIMEOUT_MS, timeoutMs));
      return new Session(http, agent, { address, version }, token, timeoutMs, () => this.#refused.add(token));
    } catch (error) {
      agent.destroy();
      throw error;
    }
  }

  /** Gives refused tokens another chance. */
  forgive(): void {
    this.#refused.clear();
  }

  async #greet(http: AxiosInstance, tokens: readonly string[], timeoutMs: number): Promise<{ token: string; version: string }> {
    const nonce = freshNonce();
    const { status, data, headers } = await ask(timeoutMs, (signal) =>
      http.get<unknown>("/api/v1/hello", { params: { nonce }, signal }),
    );
    if (status >= 500) throw new LinkError("failing", `the service answers with ${status}`, retryAfter(headers));
    // Anybody can say so; it only tells apart what to say.
    if (status !== 200 || !isObject(data) || data["service"] !== "timecode" || typeof data["mac"] !== "string") {
      throw new LinkError("stranger", "another program answers there");
    }
    const token = provenToken(tokens, nonce, this.options.address.port, data["mac"]);
    if (token !== undefined) return { token, version: textOf(data["version"], "") };
    if (tokens.length === 0) throw new LinkError("no-token", "there is no token to know the service by");
    throw new LinkError("unproven", "what answers could not prove that it knows the token");
  }
}

/** One connection whose other end has proved itself. */
export class Session {
  constructor(
    private readonly http: AxiosInstance,
    private readonly agent: PinnedAgent,
    private readonly peer: { readonly address: Address; readonly version: string },
    private readonly token: string,
    private readonly timeoutMs: number,
    private readonly onRefused: () => void,
  ) {}

  get address(): Address {
    return this.peer.address;
  }

  get version(): string {
    return this.peer.version;
  }

  /** Sends events, given as JSON texts, and returns whatever the service answers but 401. */
  async send(events: readonly string[]): Promise<AxiosResponse<unknown>> {
    const body = `{"events":[${events.join(",")}]}`;
    const headers = { "Content-Type": "application/json", Authorization: `Bearer ${this.token}` };
    return this.#checked(
      ask(this.timeoutMs, (signal) => this.http.post<unknown>("/api/v1/events", body, { headers, signal })),
    );
  }

  async get(path: string, params: { [key: string]: string } = {}): Promise<unknown> {
    const headers = { Authorization: `Bearer ${this.token}` };
    const response = await this.#checked(
      ask(this.timeoutMs, (signal) => this.http.get<unknown>(path, { params, headers, signal })),
    );
    return succeeded(response, path);
  }

  async post(path: string): Promise<unknown> {
    const headers = { "Content-Type": "application/json", Authorization: `Bearer ${this.token}` };
    const response = await this.#checked(
      ask(this.timeoutMs, (signal) => this.http.post<unknown>(path, "{}", { headers, signal })),
    );
    return succeeded(response, path);
  }

  /** Bytes of a picture; drawing one may take a browser's start. */
  async picture(path: string, params: { [key: string]: string }, timeoutMs: number): Promise<Uint8Array> {
    const headers = { Authorization: `Bearer ${this.token}` };
    const response = await this.#checked(
      ask(timeoutMs, (signal) =>
        this.http.get<Buffer>(path, {
          params,
          headers,
          signal,
          responseType: "arraybuffer",
          maxContentLength: MAX_PICTURE_BYTES,
        }),
      ),
    );
    if (response.status !== 200) {
      const text = Buffer.from(response.data).toString("utf8").slice(0, 500);
      throw new LinkError("failing", detailOf(text) ?? `the service answers with ${response.status}`);
    }
    return response.data;
  }

  close(): void {
    this.agent.destroy();
  }

  async #checked<T>(response: Promise<AxiosResponse<T>>): Promise<AxiosResponse<T>> {
    const got = await response;
    if (got.status !== 401) return got;
    this.onRefused();
    throw new LinkError("unauthorised", "the service refused the token");
  }
}

/** Asks on a connection of its own. Throws a LinkError. */
export async function withSession<T>(service: Pick<Service, "open">, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await service.open();
  try {
    return await work(session);
  } finally {
    session.close();
  }
}

/** What keeps the service from being used, if anything does. */
export async function troubleOf(service: Pick<Service, "open">): Promise<LinkError | undefined> {
  try {
    (await service.open()).close();
    return undefined;
  } catch (error) {
    if (error instanceof LinkError) return error;
    throw error;
  }
}

/** Milliseconds to wait as a Retry-After header says, at most five minutes. */
export function retryAfter(headers: unknown): number | undefined {
  const value: unknown = isObject(headers) ? headers["retry-after"] : undefined;
  const seconds = Number(value);
  return value !== undefined && Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 300) * 1000 : undefined;
}

function succeeded(response: AxiosResponse<unknown>, path: string): unknown {
  if (response.status === 200) return response.data;
  // It proved itself, so that it is another version of ours that doesn't have it.
  if (MISSING.has(response.status)) throw new LinkError("misfit", `it has no ${path}`);
  throw new LinkError("failing", `the service answers with ${response.status}`, retryAfter(response.headers));
}

async function ask<T>(timeoutMs: number, request: (signal: AbortSignal) => Promise<T>): Promise<T> {
  // axios' own timeout restarts with every byte that drips in; this one bounds the whole exchange.
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    return await request(signal);
  } catch (error) {
    throw asLinkError(error, signal.aborted);
  }
}

function asLinkError(error: unknown, timedOut: boolean): LinkError {
  if (timedOut) return new LinkError("failing", "the service does not answer in time", undefined, { cause: error });
  const code = isObject(error) || error instanceof Error ? (error as { code?: unknown }).code : undefined;
  if (code === "ECONNREFUSED" || code === "EADDRNOTAVAIL" || code === "ENETUNREACH") {
    return new LinkError("offline", "nothing listens there", undefined, { cause: error });
  }
  if (code === ConnectionSpent.code) return new LinkError("failing", "the connection closed early", 0, { cause: error });
  return new LinkError("failing", `the connection broke (${String(code)})`, undefined, { cause: error });
}

function detailOf(text: string): string | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) && typeof body["detail"] === "string" ? plain(body["detail"]) : undefined;
  } catch {
    return undefined;
  }
}
