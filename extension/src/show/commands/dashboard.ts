import * as vscode from "vscode";
import type { App } from "../../app";
import { runOpen } from "../../client/launch";
import { loginLink } from "../../client/loginLink";
import { urlOf } from "../../client/loopback";
import { withSession, type Session } from "../../client/service";
import { said } from "../offer";
import { showPicture } from "../picture";
import { leadsToService, waysToDashboard, type Way } from "../way";

/** Opens the dashboard in the browser by whatever way leads there; where none does, shows it as a picture. */
export async function openDashboard(app: App): Promise<void> {
  const { remoteName, uiKind } = vscode.env;
  const ways = waysToDashboard({
    web: uiKind === vscode.UIKind.Web,
    remote: remoteName !== undefined,
    besideScreen: app.context.extension.extensionKind === vscode.ExtensionKind.UI,
  });
  await withSession(app.connection.finder, async (session) => {
    for (const way of ways) if (await gone(app, way, session)) break;
  });
  void vscode.commands.executeCommand("setContext", "timecode.looked", true);
}

/** Copies a link that signs one browser in, for one that runs where the service's address leads to it. */
export async function copyLink(app: App): Promise<void> {
  await vscode.env.clipboard.writeText(await withSession(app.connection.finder, linkOf));
  said("The link is copied. It signs one browser in, once, within a minute.");
}

/** Whether the dashboard came up that way. */
async function gone(app: App, way: Way, session: Session): Promise<boolean> {
  const { port } = session.address;
  switch (way) {
    case "command": {
      const command = await app.installed.command();
      return command !== undefined && (await runOpen(command, port, app.home));
    }
    case "tunnel": {
      const external = await vscode.env.asExternalUri(vscode.Uri.parse(urlOf({ host: "127.0.0.1", port }), true));
      return leadsToService(external.toString(true), port) && (await openLink(session));
    }
    case "link":
      return openLink(session);
    case "picture":
      await showPicture(app, session.address);
      return true;
  }
}

async function openLink(session: Session): Promise<boolean> {
  return vscode.env.openExternal(vscode.Uri.parse(await linkOf(session), true));
}

async function linkOf(session: Session): Promise<string> {
  return loginLink(await session.post("/api/v1/login"), session.address);
}
