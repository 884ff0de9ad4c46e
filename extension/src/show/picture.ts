import { hostname } from "node:os";
import * as vscode from "vscode";
import type { App } from "../app";
import { LinkError } from "../client/link";
import { urlOf, type Address } from "../client/loopback";
import { dashboardPage } from "./dashboardPage";
import { draw } from "./draw";

let open: vscode.WebviewPanel | undefined;

/** The dashboard of the last days as a picture in the editor, and how to get to the dashboard itself. */
export async function showPicture(app: App, address: Address): Promise<void> {
  const { png, problem } = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: "Timecode is drawing the dashboard …" },
    () => drawn(app),
  );
  open ??= panel();
  open.webview.html = dashboardPage({ png, problem, url: urlOf(address), port: address.port, machine: hostname() });
  open.reveal();
}

function panel(): vscode.WebviewPanel {
  const made = vscode.window.createWebviewPanel("timecode.dashboard", "Timecode: the dashboard", vscode.ViewColumn.Active, {
    enableScripts: false,
    localResourceRoots: [],
    enableCommandUris: ["timecode.copyDashboardLink", "timecode.openDashboard", "timecode.exportChart"],
  });
  made.onDidDispose(() => (open = undefined));
  return made;
}

/** The picture, or the service's own words on why there is none. */
async function drawn(app: App): Promise<{ png?: Uint8Array; problem?: string }> {
  try {
    return { png: await draw(app, "dashboard", "last-30-days") };
  } catch (error) {
    if (error instanceof LinkError && error.state === "failing") return { problem: error.message };
    throw error;
  }
}
