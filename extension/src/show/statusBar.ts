import * as vscode from "vscode";
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
    // appendText escapes: a project called "[x](command:…)" stays a name.
    text.appendText(line.replaceAll("\n", " "));
  });
  return text;
}

function commandFor({ recording, link, installed }: Facts): string {
  if (!recording) return "timecode.resume";
  if (link === "stranger" || link === "unauthorised" || link === "no-token") return "timecode.setToken";
  if (link === "offline") return installed === false ? "timecode.welcome" : "timecode.startService";
  return link === "failing" ? "timecode.retryNow" : "timecode.openDashboard";
}
