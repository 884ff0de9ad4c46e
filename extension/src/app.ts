import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import * as vscode from "vscode";
import { findCommand } from "./client/launch";
import { Latest } from "./client/latest";
import { loopback, urlOf, type Address } from "./client/loopback";
import { Overdue } from "./client/overdue";
import { Sender, type Link, type Settled } from "./client/sender";
import { Service } from "./client/service";
import { fetchToday, type Today } from "./client/today";
import { homeFolder, readTokens } from "./client/token";
import { WakeWatch } from "./client/wake";
import { Describer } from "./describe/describer";
import { editorName } from "./describe/editor";
import { keptUuid } from "./describe/secretFile";
import type { TimecodeEvent } from "./event";
import { Observer } from "./observe/observer";
import { Aside } from "./queue/aside";
import { realDisk } from "./queue/disk";
import { Queue } from "./queue/queue";
import { Recorder } from "./recorder";
import { folderSettings, windowSettings, type WindowSettings } from "./settings";
import type { Facts } from "./show/statusView";

const MAX_QUEUE_BYTES = 64 << 20;
const MAX_HELD = 2_000;
const UPKEEP_MS = 60_000;
const POLL_MS = 60_000;
const POLL_DOWN_MS = 10_000;
// Several events settled in a row ask for today's time once.
const REFRESH_MS = 2_000;
// Of the few seconds that the editor gives at its end, this much may go to heartbeats not yet described.
const LAST_BEATS_MS = 1_000;
// A slow line's round trip.
const FAR_MS = 500;
const TOKEN_SECRET = "timecode.token";

/** What a window of the editor consists of, put together once. */
export class App implements vscode.Disposable {
  readonly #recorded = new vscode.EventEmitter<TimecodeEvent>();
  readonly #settled = new vscode.EventEmitter<readonly Settled[]>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[] = [];
  readonly #timers: NodeJS.Timeout[] = [];
  #settings: WindowSettings = windowSettings();
  #service: Service;
  #sender: Sender;
  #replacing: Promise<void> = Promise.resolve();
  #today: Today | undefined;
  #installed: boolean | undefined;
  #asideCount = 0;
  #refresh: NodeJS.Timeout | undefined;
  #polledAt = -Infinity;
  readonly #polls = new Latest();
  #stopped = false;
  readonly #overdue = new Overdue();

  /** An event was recorded: kept on disk, or in memory where the disk is full. */
  readonly onDidRecord = this.#recorded.event;
  /** The service decided on events. */
  readonly onDidSettle = this.#settled.event;
  /** Something that the status bar shows may have changed. */
  readonly onDidChange = this.#changed.event;
  readonly describer: Describer;
  readonly #recorder: Recorder;
  readonly #observer: Observer;

  private constructor(
    readonly context: vscode.ExtensionContext,
    readonly log: vscode.LogOutputChannel,
    readonly queue: Queue,
    readonly aside: Aside,
  ) {
    this.describer = new Describer({
      settings: () => this.#settings,
      editor: editorName(vscode.env.appName),
      machineId: this.#once("machine_id"),
      hashKey: this.#once("editor_hash_key"),
      log: (line) => { log.warn(line); },
    });
    this.#recorder = new Recorder({
      describer: this.describer,
      queue,
      aside,
      log: (line) => { log.warn(line); },
      onRecorded: (event) => {
        this.#recorded.fire(event);
        this.#sender.wake();
        this.#changed.fire();
      },
    });
    this.#service = this.#makeService();
    this.#sender = this.#makeSender();
    this.#observer = new Observer(vscode, {
      everyMs: () => this.#settings.everyMs,
      idleMs: () => this.#settings.idleMs,
      aiCoding: () => this.#settings.aiCoding,
      recording: () => this.#settings.recording,
      // globalStorage lies beside the settings.
      ownFolder: vscode.Uri.joinPath(context.globalStorageUri, "..", "..").path,
      now: () => performance.now(),
      latencyMs: isFarFromScreen(context) ? FAR_MS : 0,
      emit: (beat) => { this.#recorder.record(beat); },
    });
    this.#listen();
  }

  /** Returns at once: the editor's start must not wait for a disk or a service. */
  static start(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): App {
    const folder = join(context.globalStorageUri.fsPath, "queue");
    const aside = new Aside(folder, realDisk);
    const say = (line: string): void => { log.info(line); };
    const options = { folder, disk: realDisk, aside, maxBytes: MAX_QUEUE_BYTES, maxHeld: MAX_HELD, log: say };
    const queue = Queue.start(options, () => { app.#sender.wake(); });
    const app = new App(context, log, queue, aside);
    return app;
  }

  get settings(): WindowSettings {
    return this.#settings;
  }

  get service(): Service {
    return this.#service;
  }

  get home(): string {
    return homeFolder(this.#settings.home, process.env);
  }

  get link(): Link {
    return this.#sender.link;
  }

  get address(): Address {
    try {
      return loopback(this.#settings.url);
    } catch (error) {
      this.log.error(`the setting timecode.url is not used: ${String(error)}`);
      return { host: "127.0.0.1", port: 4821 };
    }
  }

  facts(): Facts {
    return {
      link: this.link.state,
      detail: this.link.detail,
      address: urlOf(this.address),
      waiting: this.queue.pending,
      overdue: this.#overdue.seen(this.queue.pending),
      held: this.queue.held,
      lost: this.queue.lost,
      dropped: this.#recorder.dropped,
      damaged: this.queue.damaged,
      aside: this.#asideCount,
      parked: this.queue.parked,
      recording: this.#settings.recording,
      folderEnabled: folderSettings(currentUri()).enabled,
      installed: this.#installed,
      today: this.#today,
    };
  }

  /** Tries to send at once, with refused tokens given another chance. */
  async retryNow(): Promise<void> {
    this.#service.forgive();
    this.#sender.retryNow();
    await this.#sender.idle();
    await this.poll();
  }

  /** Asks the service for today's time, and learns from the answer how things stand. */
  async poll(): Promise<void> {
    this.#polledAt = performance.now();
    // A later question, perhaps to another service, has the say.
    const answer = await this.#polls.ask(() => fetchToday(this.#service));
    if (!answer) return;
    const { today, link } = answer;
    if (today) this.#today = today;
    if (link.state === "offline") await this.#lookForCommand();
    this.#sender.observe(link);
    if (link.state === "up") this.#sender.wake();
    this.#changed.fire();
  }

  async storeToken(token: string): Promise<void> {
    await this.context.secrets.store(TOKEN_SECRET, token);
    await this.retryNow();
  }

  command(): Promise<string | undefined> {
    return findCommand(this.#settings.command, process.env);
  }

  /** What is recorded comes to disk before anything waits for the service: the editor does not give long. */
  async stop(): Promise<void> {
    this.dispose();
    const late = pause(LAST_BEATS_MS, true, { ref: false });
    await Promise.race([this.#recorder.settled(), late]);
    await this.#recorder.end();
    await this.queue.save();
    await this.#replacing;
    await this.#sender.stop();
    await this.queue.close();
  }

  dispose(): void {
    this.#stopped = true;
    this.#observer.dispose();
    clearTimeout(this.#refresh);
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    for (const subscription of this.#subscriptions.splice(0)) subscription.dispose();
  }

  #makeService(): Service {
    return new Service({
      address: this.address,
      timeoutMs: this.#settings.timeoutMs,
      tokens: async () => {
        const typed = (await this.context.secrets.get(TOKEN_SECRET)) ?? "";
        return readTokens(this.home, [this.#settings.token, typed]);
      },
    });
  }

  #makeSender(): Sender {
    return new Sender({
      queue: this.queue,
      aside: this.aside,
      service: this.#service,
      log: (line) => { this.log.info(line); },
      onLink: () => { this.#linkChanged(); },
      onSettled: (settled) => {
        this.#settled.fire(settled);
        this.#refreshSoon();
        this.#changed.fire();
      },
      onAside: (notes) => {
        this.#asideCount += notes.length;
        for (const { detail } of notes) this.log.warn(`an event was refused and set aside: ${detail}`);
      },
    });
  }

  async #upkeep(): Promise<void> {
    await this.queue.tick();
    await this.#recorder.note();
    this.#sender.wake();
    this.#changed.fire();
  }

  #linkChanged(): void {
    this.log.info(`service: ${this.link.state}${this.link.detail === "" ? "" : `, ${this.link.detail}`}`);
    if (this.#installed === undefined) void this.#lookForCommand();
    this.#changed.fire();
  }

  #listen(): void {
    const wake = new WakeWatch(() => {
      this.#observer.wokeUp();
      this.#comeBack("the machine woke up");
    });
    this.#timers.push(
      setInterval(() => void this.#upkeep(), UPKEEP_MS),
      setInterval(() => { this.#pollIfDue(); }, POLL_DOWN_MS / 2),
    );
    this.#subscriptions.push(
      new vscode.Disposable(() => { wake.stop(); }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration("timecode")) this.#reconfigure();
      }),
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) this.#comeBack("the window got the focus");
      }),
      vscode.window.onDidChangeActiveTextEditor(() => { this.#changed.fire(); }),
      vscode.extensions.onDidChange(() => { this.describer.forgetLanguages(); }),
      this.context.secrets.onDidChange(({ key }) => { if (key === TOKEN_SECRET) this.#comeBack("the token changed"); }),
    );
    void this.poll();
  }

  #comeBack(why: string): void {
    if (this.link.state !== "up") this.log.info(`trying again: ${why}`);
    this.#sender.retryNow();
    this.#refreshSoon();
  }

  #pollIfDue(): void {
    const since = performance.now() - this.#polledAt;
    const due = this.link.state === "up" ? POLL_MS : POLL_DOWN_MS;
    if (this.#polls.busy) return;
    if (since >= due && (vscode.window.state.focused || this.link.state !== "up")) void this.poll();
  }

  #refreshSoon(): void {
    if (!this.#stopped) this.#refresh ??= setTimeout(() => {
      this.#refresh = undefined;
      void this.poll();
    }, REFRESH_MS);
  }

  #reconfigure(): void {
    const before = this.#settings;
    this.#settings = windowSettings();
    this.#observer.refresh();
    const { url, token, home, timeoutMs, command } = this.#settings;
    if (command !== before.command) this.#installed = undefined;
    if (url !== before.url || token !== before.token || home !== before.home || timeoutMs !== before.timeoutMs) {
      this.#polls.forget();
      this.#service = this.#makeService();
      this.#replacing = this.#replacing.then(() => this.#replaceSender());
    }
    this.#changed.fire();
  }

  /** Two senders at once would send the same events. */
  async #replaceSender(): Promise<void> {
    await this.#sender.stop();
    if (this.#stopped) return;
    this.#sender = this.#makeSender();
    void this.retryNow();
  }

  async #lookForCommand(): Promise<void> {
    const tokens = await readTokens(this.home, []);
    this.#installed = tokens.length > 0 || (await this.command()) !== undefined;
    this.#changed.fire();
  }

  /** A value of the service's folder, read or made on first use; empty until the folder can be written. */
  #once(name: string): () => Promise<string> {
    let known = "";
    return async () => {
      if (known !== "") return known;
      try {
        known = await keptUuid(this.home, name);
      } catch (error) {
        this.log.warn(`${name} could not be read or made: ${String(error)}`);
      }
      return known;
    };
  }
}

/** Whether a network may lie between this host and the window. */
function isFarFromScreen({ extension }: vscode.ExtensionContext): boolean {
  const { uiKind, remoteName } = vscode.env;
  return extension.extensionKind === vscode.ExtensionKind.Workspace && (uiKind === vscode.UIKind.Web || remoteName !== undefined);
}

export function currentUri(): vscode.Uri | undefined {
  return vscode.window.activeTextEditor?.document.uri ?? vscode.workspace.workspaceFolders?.[0]?.uri;
}
