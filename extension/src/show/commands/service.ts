import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import type { App } from "../../app";
import { startService } from "../../client/launch";
import { LinkError } from "../../client/link";

const START_MS = 20_000;
const PROBE_MS = 250;

/** Starts `timecode serve` and waits until it has proved itself. */
export async function startTheService(app: App): Promise<void> {
  const command = await app.installed.where();
  if (command === undefined) {
    await explainInstall();
    return;
  }
  const folder = app.context.logUri.fsPath;
  await mkdir(folder, { recursive: true });
  const logFile = join(folder, "serve.log");
  const { port } = app.connection.address;
  app.log.info(`starting ${command} serve --port ${port}`);
  await startService({ command, port, home: app.home, logFile });
  const up = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: "Starting Timecode …" },
    () => waitUntilUp(app),
  );
  await app.connection.retryNow();
  if (up) return;
  const show = "Show its output";
  const choice = await vscode.window.showErrorMessage("The Timecode service did not come up.", show);
  if (choice === show) await vscode.window.showTextDocument(vscode.Uri.file(logFile));
}

export async function explainInstall(): Promise<void> {
  const copy = "Copy the command";
  const steps = "Show the steps";
  const choice = await vscode.window.showInformationMessage(
    "Timecode's service is not installed, or not where this extension looks. Install it with pipx, or name the command in the setting timecode.command.",
    copy,
    steps,
  );
  if (choice === copy) await vscode.env.clipboard.writeText("pipx install timecode-tracker");
  if (choice === steps) await vscode.commands.executeCommand("timecode.welcome");
}

async function waitUntilUp(app: App): Promise<boolean> {
  for (const end = performance.now() + START_MS; performance.now() < end; ) {
    try {
      (await app.connection.service.open()).close();
      return true;
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, PROBE_MS));
  }
  return false;
}
