import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { fetchDay, type Day } from "../../client/day";
import { Latest } from "../../client/latest";
import type { Finder } from "../../client/finder";
import { commandFor, DASHBOARD } from "../statusBar";
import { statusView, type Facts } from "../statusView";
import { page } from "./page";

export interface TodayOptions {
  readonly facts: () => Facts;
  readonly service: () => Finder;
  /** The facts may have changed. */
  readonly onDidChange: vscode.Event<void>;
  readonly log: (line: string) => void;
}

/** The view of today by hour and project. It asks the service only while it is seen. */
export class TodayView implements vscode.WebviewViewProvider, vscode.Disposable {
  readonly #subscriptions: vscode.Disposable[];
  readonly #latest = new Latest();
  readonly #nonce = randomBytes(16).toString("base64url");
  #view: vscode.WebviewView | undefined;
  #day: Day | undefined;
  /** The status bar's figures at the last question: newer ones are the cue for the next. */
  #asked: Facts["today"];
  #due = true;

  constructor(private readonly options: TodayOptions) {
    this.#subscriptions = [
      vscode.window.registerWebviewViewProvider("timecode.today", this),
      options.onDidChange(() => { this.#refresh(); }),
    ];
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.#view = view;
    view.onDidChangeVisibility(() => {
      this.#due = true;
      this.#refresh();
    });
    view.onDidDispose(() => { this.#view = undefined; });
    this.#refresh();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #refresh(): void {
    if (!this.#view?.visible) return;
    const facts = this.options.facts();
    this.#show(facts);
    if (facts.link !== "up" || (!this.#due && this.#asked === facts.today)) return;
    this.#due = false;
    this.#asked = facts.today;
    void this.#ask();
  }

  async #ask(): Promise<void> {
    try {
      const day = await this.#latest.ask(() => fetchDay(this.options.service()));
      if (!day) return;
      this.#day = day;
      if (this.#view?.visible) this.#show(this.options.facts());
    } catch (error) {
      // The status bar's own question will tell how things stand.
      this.options.log(`today by hour and project is not known: ${String(error)}`);
    }
  }

  #show(facts: Facts): void {
    if (!this.#view) return;
    const { lines, warning } = statusView(facts);
    const command = commandFor(facts);
    const content = {
      sentence: lines[0],
      warning,
      remedy: command === DASHBOARD ? undefined : command,
      dashboard: DASHBOARD,
      day: this.#day,
    };
    const text = page(content, this.#nonce);
    // Loaded anew only where it differs: the reader's place in it would be lost.
    if (this.#view.webview.html === text) return;
    // No command but those of its buttons can be run from the page.
    this.#view.webview.options = { enableScripts: false, enableCommandUris: [command.command, DASHBOARD.command], localResourceRoots: [] };
    this.#view.webview.html = text;
  }
}
