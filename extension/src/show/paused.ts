import * as vscode from "vscode";

let shown: boolean | undefined;

/** Tells the command palette which of pause and resume to offer: the setting itself may be a workspace's own. */
export function showPaused(paused: boolean): void {
  if (paused === shown) return;
  shown = paused;
  void vscode.commands.executeCommand("setContext", "timecode.paused", paused);
}
