import * as vscode from "vscode";
import type { App } from "../app";
import type { LinkState } from "../client/link";
import { explainInstall } from "./commands/service";

const TOLD_AT = "timecode.toldAbsentAt";
const AGAIN_MS = 12 * 3_600_000;

/** Says once what keeps events waiting, and offers the remedy; from then on the status bar says it. */
export class Notices {
  readonly #told = new Set<LinkState>();

  constructor(private readonly app: App) {}

  async consider(): Promise<void> {
    const { link, installed, recording } = this.app.facts();
    if (!recording || !vscode.window.state.focused) return;
    if (link === "offline" || link === "no-token") {
      if (installed !== undefined) await this.#once("offline", () => this.#absent(installed));
    } else if (link === "unauthorised" || link === "stranger") {
      await this.#once(link, () => this.#distrust(link));
    }
  }

  async #once(about: LinkState, tell: () => Promise<void>): Promise<void> {
    if (this.#told.has(about)) return;
    this.#told.add(about);
    await tell();
  }

  async #absent(installed: boolean): Promise<void> {
    const { globalState } = this.app.context;
    // Every window sees the same absence; one of them speaks.
    if (Date.now() - globalState.get<number>(TOLD_AT, 0) < AGAIN_MS) return;
    await globalState.update(TOLD_AT, Date.now());
    if (!installed) {
      await explainInstall();
      return;
    }
    const start = "Start it";
    const choice = await vscode.window.showInformationMessage(
      "The Timecode service is not running. Your time is being recorded and will be sent when it runs.",
      start,
      "Not now",
    );
    if (choice === start) await vscode.commands.executeCommand("timecode.startService");
  }

  async #distrust(link: LinkState): Promise<void> {
    const set = "Set the token";
    const text =
      link === "unauthorised"
        ? "The Timecode service refused the token. Your time is being kept until it is set right."
        : `What answers at port ${this.app.address.port} did not prove to be your Timecode service: another program has the port, or the token differs. Nothing was sent to it; your time is being kept.`;
    const choice = await vscode.window.showWarningMessage(text, set, "Show the log");
    if (choice === set) await vscode.commands.executeCommand("timecode.setToken");
    else if (choice !== undefined) this.app.log.show();
  }
}
