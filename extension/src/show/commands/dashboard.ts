import * as vscode from "vscode";
import type { App } from "../../app";
import { isObject } from "../../value";
import { runOpen } from "../../client/launch";
import { urlOf } from "../../client/loopback";

/** Opens the dashboard: by `timecode open` where the command is at hand, else in the browser with a one-time code. */
export async function openDashboard(app: App): Promise<void> {
  // In a browser's editor the command would open a window on the machine that serves it, which nobody sees.
  const command = vscode.env.uiKind === vscode.UIKind.Desktop ? await app.command() : undefined;
  if (command !== undefined && (await runOpen(command, app.address.port, app.home))) return;
  const session = await app.service.open();
  try {
    const answer = await session.post("/api/v1/login");
    const code = isObject(answer) ? answer["code"] : undefined;
    if (typeof code !== "string") throw new Error("the service gave no login code");
    const link = vscode.Uri.parse(`${urlOf(app.address)}/login?code=${encodeURIComponent(code)}`, true);
    await vscode.env.openExternal(link);
  } finally {
    session.close();
  }
}
