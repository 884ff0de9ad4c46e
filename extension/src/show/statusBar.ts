import * as vscode from "vscode";
import { escaped } from "./escaped";
import { situation, type Remedy } from "./situation";
import { statusView, type Facts } from "./statusView";

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
    this.#item.accessibilityInformation = { label: `Timecode: ${view.lines.map((line) => line.replace(/\.$/, "")).join("; ")}` };
    this.#item.backgroundColor = view.warning ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
    this.#item.command = commandFor(facts);
  }

  dispose(): void {
    this.#item.dispose();
  }
}

function markdown(lines: readonly string[]): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  lines.forEach((line, index) => {
    if (index > 0) text.appendMarkdown("  \n");
    text.appendMarkdown(escaped(line));
  });
  return text;
}

/** What helps in a state, or opens the dashboard where all is well. */
export function commandFor(facts: Facts): vscode.Command {
  if (!facts.recording) return { title: "Resume recording", command: "timecode.resume" };
  return commandOf(situation(facts)?.remedy ?? { title: "Open the dashboard", command: "timecode.openDashboard" });
}

function commandOf({ arguments: given, ...remedy }: Remedy): vscode.Command {
  return given ? { ...remedy, arguments: [...given] } : remedy;
}
