import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import type { App } from "../../app";
import { freePort, startService, type Started } from "../../client/launch";
import type { LinkState } from "../../client/link";
import { loopback, urlOf } from "../../client/loopback";
import { plain } from "../../client/plain";
import { readRecord } from "../../client/record";
import { troubleOf } from "../../client/service";
import { offer, said } from "../offer";
import { NAME_COMMAND, STEPS } from "../situation";

const START_MS = 60_000;
const PROBE_MS = 250;
/** Somebody else has the port. */
const TAKEN: ReadonlySet<LinkState> = new Set<LinkState>(["stranger", "unproven", "no-token"]);

/** Starts `timecode serve` and waits until it has proved itself, or has ended. */
export async function startTheService(app: App): Promise<void> {
  const trouble = await troubleOf(app.connection.finder);
  if (!trouble) {
    await app.connection.retryNow();
    said(`The Timecode service is running already, at ${urlOf(app.connection.finder.address)}.`);
    return;
  }
  const taken = TAKEN.has(trouble.state);
  // Another one would not mend these; what does, is offered with the error.
  if (trouble.state !== "offline" && !(taken && app.settings.url === "")) throw trouble;
  const command = await app.installed.command();
  if (!command) {
    await explain(app);
    return;
  }
  const port = taken ? await freePort() : await usualPort(app);
  const folder = app.context.logUri.fsPath;
  await mkdir(folder, { recursive: true });
  const logFile = join(folder, "serve.log");
  app.log.info(`starting ${[...command, "serve", ...(port === undefined ? [] : ["--port", port])].join(" ")}`);
  const started = await startService({ command, port, home: app.home, logFile });
  const outcome = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: "Starting Timecode …" },
    () => upOrEnded(app, started),
  );
  await app.connection.retryNow();
  if (outcome === "up") {
    said(`The Timecode service is running, at ${urlOf(app.connection.finder.address)}.`);
    return;
  }
  const show = "Show its output";
  const choice = await vscode.window.showErrorMessage(outcome, show);
  if (choice === show) await vscode.window.showTextDocument(vscode.Uri.file(logFile));
}

/** The port that is set, else that of the last time; where there was none, the service goes by its own settings. */
async function usualPort(app: App): Promise<number | undefined> {
  const { url } = app.settings;
  return url === "" ? (await readRecord(app.home))?.address.port : loopback(url).port;
}

async function explain(app: App): Promise<void> {
  await app.installed.look();
  const set = app.settings.command;
  if (set !== "") await offer("error", `The command that the setting timecode.command names was not found: ${plain(set)}.`, NAME_COMMAND);
  else await offer("information", "The command that starts the Timecode service was not found.", app.installed.found === "token" ? NAME_COMMAND : STEPS);
}

/** "up", or a sentence on why it isn't. */
async function upOrEnded(app: App, { ended }: Started): Promise<string> {
  let end: string | undefined;
  void ended.then((line) => (end = line === "" ? "it said nothing" : line));
  for (const late = performance.now() + START_MS; performance.now() < late; ) {
    // Noted before the question: one that another window has started may answer in its place.
    const over = end;
    const trouble = await troubleOf(app.connection.finder);
    if (!trouble) return "up";
    if (trouble.state === "elsewhere") throw trouble;
    if (over !== undefined) return `The Timecode service ended at once: ${over}`;
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, PROBE_MS))]);
  }
  return "The Timecode service runs, but did not prove itself within a minute.";
}
