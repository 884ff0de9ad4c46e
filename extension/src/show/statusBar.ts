import * as vscode from "vscode";
import { escaped } from "./escaped";
import { situation, type Remedy } from "./situation";
import { statusView, type Facts, type Line } from "./statusView";

/** The item in the status bar. A click opens the dashboard, or what helps in the state it shows. */
export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem("timecode.today", vscode.StatusBarAlignment.Left, 1);
  #shown = "";

  constructor() {
    this.#item.name = "Timecode";
    this.#item.show();
  }

  show(facts: Facts): void {
    const view = statusView(facts);
    const state = JSON.stringify(view);
    if (state === this.#shown) return;
    this.#shown = state;
    this.#item.text = view.text;
    this.#item.tooltip = markdown(view.lines);
    this.#item.accessibilityInformation = { label: `Timecode: ${view.lines.map(spoken).join("; ")}` };
    this.#item.backgroundColor = view.warning ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
    this.#item.command = commandFor(facts);
  }

  dispose(): void {
    this.#item.dispose();
  }
}

function markdown(lines: readonly Line[]): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  let inTable = false;
  for (const line of lines) {
    if (typeof line === "string") {
      text.appendMarkdown(`\n\n${escaped(line)}`);
      inTable = false;
      continue;
    }
    // A table must have a head, which the editor's style would not align with the rest: it stays empty.
    if (!inTable) text.appendMarkdown("\n\n|||\n|--:|:--|");
    inTable = true;
    const [time, what] = line;
    text.appendMarkdown(`\n|${escaped(time)}|&nbsp; ${escaped(what)}|`);
  }
  return text;
}

function spoken(line: Line): string {
  return typeof line === "string" ? line.replace(/\.$/, "") : line.join(" ").trim();
}

export const DASHBOARD: Remedy = { title: "Open the dashboard", command: "timecode.openDashboard" };

/** What helps in a state, or opens the dashboard where all is well. */
export function commandFor(facts: Facts): Remedy {
  if (!facts.recording) return { title: "Resume recording", command: "timecode.resume" };
  return situation(facts)?.remedy ?? DASHBOARD;
}
