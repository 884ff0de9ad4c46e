import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import * as vscode from "vscode";
import { Connection } from "./client/connection";
import { Installed } from "./client/installed";
import { urlOf } from "./client/loopback";
import { Overdue } from "./client/overdue";
import type { Link, Settled } from "./client/sender";
import { homeFolder } from "./client/token";
import { WakeWatch } from "./client/wake";
import { Describer } from "./describe/describer";
import { editorName } from "./describe/editor";
import type { TimecodeEvent } from "./event";
import { Kept } from "./kept";
import type { Observer } from "./observe/observer";
import { observing } from "./observing";
import { Aside } from "./queue/aside";
import { realDisk } from "./queue/disk";
import { Queue } from "./queue/queue";
import { Recorder } from "./recorder";
import { enabledIn, windowSettings, type WindowSettings } from "./settings";
import type { Facts } from "./show/statusView";

const MAX_QUEUE_BYTES = 64 << 20;
const MAX_HELD = 2_000;
const UPKEEP_MS = 60_000;
// Of the few seconds that the editor gives at its end, this much may go to heartbeats not yet described.
const LAST_BEATS_MS = 1_000;
const TOKEN_SECRET = "timecode.token";

/** What a window of the editor consists of, put together once. */
export class App implements vscode.Disposable {
  readonly #recorded = new vscode.EventEmitter<TimecodeEvent>();
  readonly #settled = new vscode.EventEmitter<readonly Settled[]>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[] = [];
  readonly #overdue = new Overdue();
  readonly #recorder: Recorder;
  readonly #observer: Observer;
  readonly #version: string;
  #settings: WindowSettings = windowSettings();

  /** An event was recorded: kept on disk, or in memory where the disk is full. */
  readonly onDidRecord = this.#recorded.event;
  /** The service decided on events. */
  readonly onDidSettle = this.#settled.event;
  /** Something that the status bar shows may have changed. */
  readonly onDidChange = this.#changed.event;
  readonly describer: Describer;
  readonly connection: Connection;
  readonly installed = new Installed({
    command: () => this.#settings.command,
    home: () => this.home,
    tokens: () => this.connection.tokens(),
  });

  private constructor(
    readonly context: vscode.ExtensionContext,
    readonly log: vscode.LogOutputChannel,
    readonly queue: Queue,
    readonly aside: Aside,
  ) {
    const warn = (line: string): void => { log.warn(line); };
    const { version } = context.extension.packageJSON as { version: string };
    this.#version = version;
    const kept = new Kept(() => this.home, warn);
    this.describer = new Describer({
      settings: () => this.#settings,
      editor: editorName(vscode.env.appName),
      machineId: () => kept.value("machine_id"),
      hashKey: () => kept.value("editor_hash_key"),
      log: warn,
    });
    this.#recorder = new Recorder({
      describer: this.describer,
      queue,
      aside,
      log: warn,
      onRecorded: (event) => {
        this.#recorded.fire(event);
        this.connection.wake();
        this.#changed.fire();
      },
    });
    this.connection = new Connection({
      queue,
      aside,
      target: () => {
        const { url, token, timeoutMs } = this.#settings;
        return { url, home: this.home, token, timeoutMs };
      },
      typed: async () => (await context.secrets.get(TOKEN_SECRET)) ?? "",
      looking: () => vscode.window.state.focused,
      onAsked: () => { this.#lookForService(); },
      onLink: (link) => { this.#linkChanged(link); },
      onSettled: (settled) => { this.#settled.fire(settled); },
      onChange: () => { this.#changed.fire(); },
      log: (line) => { log.info(line); },
    });
    this.#observer = observing(context, () => this.#settings, this.#recorder);
    this.#listen();
  }

  /** Returns at once: the editor's start must not wait for a disk or a service. */
  static start(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): App {
    const folder = join(context.globalStorageUri.fsPath, "queue");
    const aside = new Aside(folder, realDisk);
    const say = (line: string): void => { log.info(line); };
    const options = { folder, disk: realDisk, aside, maxBytes: MAX_QUEUE_BYTES, maxHeld: MAX_HELD, log: say };
    const queue = Queue.start(options, () => { app.connection.wake(); });
    const app = new App(context, log, queue, aside);
    return app;
  }

  get settings(): WindowSettings {
    return this.#settings;
  }

  get home(): string {
    return homeFolder(this.#settings.home, process.env);
  }

  /** Everything that is shown follows from these. */
  facts(): Facts {
    const { connection, queue } = this;
    return {
      link: connection.link.state,
      detail: connection.link.detail,
      address: urlOf(connection.finder.address),
      addressSet: this.#settings.url !== "",
      versions: { service: connection.finder.version, extension: this.#version },
      waiting: queue.pending,
      overdue: this.#overdue.seen(queue.pending),
      held: queue.held,
      lost: queue.lost,
      dropped: this.#recorder.dropped,
      damaged: queue.damaged,
      aside: connection.aside,
      parked: queue.parked,
      recording: this.#settings.recording,
      folderEnabled: enabledIn(currentUri()),
      installed: this.installed.found,
      today: connection.polling.today,
    };
  }

  /** Keeps a token, or with an empty one none. */
  async storeToken(token: string): Promise<void> {
    const { secrets } = this.context;
    await (token === "" ? secrets.delete(TOKEN_SECRET) : secrets.store(TOKEN_SECRET, token));
    await this.connection.retryNow();
  }

  /** What is recorded comes to disk before anything waits for the service: the editor does not give long. */
  async stop(): Promise<void> {
    this.dispose();
    const late = pause(LAST_BEATS_MS, true, { ref: false });
    await Promise.race([this.#recorder.settled(), late]);
    await this.#recorder.end();
    await this.queue.save();
    await this.connection.stop();
    await this.queue.close();
  }

  dispose(): void {
    this.#observer.dispose();
    this.connection.quiet();
    for (const subscription of this.#subscriptions.splice(0)) subscription.dispose();
  }

  #listen(): void {
    const { connection } = this;
    const wake = new WakeWatch(() => {
      this.#observer.wokeUp();
      connection.comeBack("the machine woke up");
    });
    const upkeep = setInterval(() => void this.#upkeep(), UPKEEP_MS);
    const first = setImmediate(() => void connection.polling.now());
    this.#subscriptions.push(
      new vscode.Disposable(() => { wake.stop(); }),
      new vscode.Disposable(() => { clearImmediate(first); }),
      new vscode.Disposable(() => { clearInterval(upkeep); }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration("timecode")) this.#reconfigure();
      }),
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) connection.comeBack("the window got the focus");
      }),
      vscode.window.onDidChangeActiveTextEditor(() => { this.#changed.fire(); }),
      vscode.extensions.onDidChange(() => { this.describer.forgetLanguages(); }),
      this.context.secrets.onDidChange(({ key }) => { if (key === TOKEN_SECRET) connection.comeBack("the token changed"); }),
    );
  }

  async #upkeep(): Promise<void> {
    await this.queue.tick();
    await this.#recorder.note();
    this.connection.wake();
    this.#changed.fire();
  }

  #linkChanged({ state, detail }: Link): void {
    this.log.info(`service: ${state}${detail === "" ? "" : `, ${detail}`}`);
    this.#lookForService();
  }

  /** What is installed matters only where the service is missed. */
  #lookForService(): void {
    this.#changed.fire();
    if (this.connection.link.state !== "up") void this.installed.look().then(() => { this.#changed.fire(); });
  }

  #reconfigure(): void {
    this.#settings = windowSettings();
    this.#observer.refresh();
    this.connection.refresh();
    this.#lookForService();
  }
}

export function currentUri(): vscode.Uri | undefined {
  return vscode.window.activeTextEditor?.document.uri ?? vscode.workspace.workspaceFolders?.[0]?.uri;
}
