import * as vscode from "vscode";
import type { Remedy } from "./situation";

/** A sentence with one button, which is gone for if it is pressed. */
export async function offer(severity: "information" | "warning" | "error", sentence: string, remedy: Remedy): Promise<void> {
  const { showInformationMessage, showWarningMessage, showErrorMessage } = vscode.window;
  const show = { information: showInformationMessage, warning: showWarningMessage, error: showErrorMessage }[severity];
  if ((await show(sentence, remedy.title)) === remedy.title) {
    await vscode.commands.executeCommand(remedy.command);
  }
}

/** Word that something is done. It goes by itself, and nothing waits for it. */
export function said(sentence: string): void {
  void vscode.window.showInformationMessage(sentence);
}
