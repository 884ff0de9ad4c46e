import * as vscode from "vscode";
import type { App } from "../app";
import type { LinkState } from "../client/link";
import { offer } from "./offer";
import { situation } from "./situation";

const TOLD_AT = "timecode.toldAbsentAt";
const AGAIN_MS = 12 * 3_600_000;
const KEPT = "Your time is being kept here until then.";

/** Says once what keeps events waiting, and offers the remedy; from then on the status bar says it. */
export class Notices {
  readonly #told = new Set<LinkState>();

  constructor(private readonly app: App) {}

  async consider(): Promise<void> {
    const facts = this.app.facts();
    const { link, installed, recording } = facts;
    // What failed may work with the next try; and what is installed decides on what is said.
    if (!recording || !vscode.window.state.focused || installed === undefined || link === "failing") return;
    const trouble = situation(facts);
    if (!trouble || this.#told.has(link)) return;
    this.#told.add(link);
    if (link === "offline" && !(await this.#speaks())) return;
    await offer(link === "offline" ? "information" : "warning", `${trouble.sentence} ${KEPT}`, trouble.remedy);
  }

  /** Every window sees the same absence; one of them speaks. */
  async #speaks(): Promise<boolean> {
    const { globalState } = this.app.context;
    if (Date.now() - globalState.get<number>(TOLD_AT, 0) < AGAIN_MS) return false;
    await globalState.update(TOLD_AT, Date.now());
    return true;
  }
}
