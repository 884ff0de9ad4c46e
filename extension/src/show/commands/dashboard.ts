import * as vscode from "vscode";
import type { App } from "../../app";
import { runOpen } from "../../client/launch";
import { loginLink } from "../../client/loginLink";

/** Opens the dashboard: by `timecode open` where the command is at hand, else in the browser by a link that is good once. */
export async function openDashboard(app: App): Promise<void> {
  // In a browser's editor the command would open a window on the machine that serves it, which nobody sees.
  const command = vscode.env.uiKind === vscode.UIKind.Desktop ? await app.installed.where() : undefined;
  if (command !== undefined && (await runOpen(command, app.connection.address.port, app.home))) return;
  const session = await app.connection.service.open();
  try {
    const link = loginLink(await session.post("/api/v1/login"), app.connection.address);
    await vscode.env.openExternal(vscode.Uri.parse(link, true));
  } finally {
    session.close();
  }
}
