import * as vscode from "vscode";
import type { App } from "../../app";
import { isToken } from "../../client/token";

/** Asks for the token and keeps it in the editor's secret storage. */
export async function setToken(app: App): Promise<void> {
  const token = await vscode.window.showInputBox({
    title: "Timecode token",
    prompt: "It is in the file `token` in the service's folder, usually ~/.config/timecode.",
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => (isToken(text.trim().toLowerCase()) ? undefined : "A token looks like 12345678-1234-4123-8123-123456789abc."),
  });
  if (token !== undefined) await app.storeToken(token.trim().toLowerCase());
}
