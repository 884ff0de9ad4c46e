import * as vscode from "vscode";
import { LinkError } from "../../client/link";
import type { App } from "../../app";
import type { AsideDocument } from "../asideDocument";
import { openDashboard } from "./dashboard";
import { exportChart } from "./exportChart";
import { excludeProject, pause, resume } from "./recording";
import { startTheService } from "./service";
import { setToken } from "./token";

/** Every command of the extension, by name. */
export function registerCommands(app: App, page: AsideDocument): vscode.Disposable {
  const commands: { [name: string]: () => unknown } = {
    openDashboard: () => openDashboard(app),
    exportChart: () => exportChart(app),
    pause: () => pause(),
    resume: () => resume(),
    excludeProject: () => excludeProject(app),
    retryNow: () => app.connection.retryNow(),
    showLog: () => { app.log.show(); },
    showSetAside: () => page.open(),
    startService: () => startTheService(app),
    setToken: () => setToken(app),
    welcome: () => vscode.commands.executeCommand("workbench.action.openWalkthrough", `${app.context.extension.id}#start`, false),
  };
  const registered = Object.entries(commands).map(([name, run]) =>
    vscode.commands.registerCommand(`timecode.${name}`, () => guarded(app, run)),
  );
  return vscode.Disposable.from(...registered);
}

async function guarded(app: App, run: () => unknown): Promise<void> {
  try {
    await run();
  } catch (error) {
    app.log.error(error instanceof Error ? error : String(error));
    await vscode.window.showErrorMessage(`Timecode: ${advice(app, error)}`);
  }
}

function advice(app: App, error: unknown): string {
  if (!(error instanceof LinkError)) return String(error);
  switch (error.state) {
    case "offline":
      return "the service is not running. Start it with the command \"Timecode: Start the service\".";
    case "no-token":
      return "there is no token to know the service by. Set it with the command \"Timecode: Set the token\".";
    case "stranger":
      return `what answers at port ${app.connection.address.port} did not prove to be your service; nothing was sent to it.`;
    case "unauthorised":
      return "the service refused the token. Set it with the command \"Timecode: Set the token\".";
    case "failing":
      return `${error.message}.`;
  }
}
