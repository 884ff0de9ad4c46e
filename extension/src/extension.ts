import * as vscode from "vscode";
import { App } from "./app";
import type { Settled } from "./client/sender";
import type { TimecodeEvent } from "./event";
import { AsideDocument } from "./show/asideDocument";
import { registerCommands } from "./show/commands/register";
import { Contexts } from "./show/contexts";
import { Notices } from "./show/notices";
import { StatusBar } from "./show/statusBar";
import { TodayView } from "./show/today/todayView";

/** What other extensions may use. Everything in it is already redacted by the settings. */
export interface TimecodeApi {
  /** An event was recorded. */
  readonly onDidRecord: vscode.Event<TimecodeEvent>;
  /** The service decided on events: their texts as sent, the verdicts and the ids. */
  readonly onDidSettle: vscode.Event<readonly Settled[]>;
}

let running: App | undefined;

export function activate(context: vscode.ExtensionContext): TimecodeApi {
  const log = vscode.window.createOutputChannel("Timecode", { log: true });
  const app = App.start(context, log);
  const bar = new StatusBar();
  const page = new AsideDocument(app.aside);
  const notices = new Notices(app);
  const contexts = new Contexts();
  const today = new TodayView({
    facts: () => app.facts(),
    service: () => app.connection.finder,
    onDidChange: app.onDidChange,
    log: (line) => { log.info(line); },
  });
  const show = (): void => {
    const facts = app.facts();
    bar.show(facts);
    contexts.show(facts);
    void notices.consider();
  };
  // The editor's start waits for what has to listen, not for what is there to be looked at.
  setImmediate(show);
  context.subscriptions.push(log, app, bar, page, today, app.onDidChange(show), registerCommands(app, page));
  running = app;
  return { onDidRecord: app.onDidRecord, onDidSettle: app.onDidSettle };
}

export async function deactivate(): Promise<void> {
  await running?.stop();
  running = undefined;
}
