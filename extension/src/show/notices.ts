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
    if (link === "offline") {
      if (installed !== undefined) await this.#once("offline", () => this.#absent(installed));
    } else if (link === "unauthorised" || link === "stranger" || link === "no-token") {
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

  async #distrust(link: "unauthorised" | "stranger" | "no-token"): Promise<void> {
    const set = "Set the token";
    const { port } = this.app.connection.address;
    const reasons = {
      unauthorised: "The Timecode service refused the token. Your time is being kept until it is set right.",
      stranger: `What answers at port ${port} did not prove to be your Timecode service: another program has the port, or the token differs. Nothing was sent to it; your time is being kept.`,
      "no-token": `There is no token to know the Timecode service at port ${port} by. Nothing was sent to it; your time is being kept until the token is set.`,
    };
    const choice = await vscode.window.showWarningMessage(reasons[link], set, "Show the log");
    if (choice === set) await vscode.commands.executeCommand("timecode.setToken");
    else if (choice !== undefined) this.app.log.show();
  }
}
