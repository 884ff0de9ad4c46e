import * as vscode from "vscode";
import { LinkError } from "../../client/link";
import type { App } from "../../app";
import type { AsideDocument } from "../asideDocument";
import { offer } from "../offer";
import { situation } from "../situation";
import { forgetTheAddress } from "./address";
import { copyLink, openDashboard } from "./dashboard";
import { exportChart } from "./exportChart";
import { excludeProject, pause, resume } from "./recording";
import { sendNow } from "./sendNow";
import { startTheService } from "./service";
import { setToken } from "./token";

/** Every command of the extension, by name. */
export function registerCommands(app: App, page: AsideDocument): vscode.Disposable {
  const commands: { [name: string]: () => unknown } = {
    openDashboard: () => openDashboard(app),
    copyDashboardLink: () => copyLink(app),
    exportChart: () => exportChart(app),
    pause: () => pause(),
    resume: () => resume(),
    excludeProject: () => excludeProject(app),
    retryNow: () => sendNow(app),
    showLog: () => { app.log.show(); },
    showSetAside: () => page.open(),
    startService: () => startTheService(app),
    setToken: () => setToken(app),
    forgetAddress: () => forgetTheAddress(app),
    changeAddress: () => openSetting("url"),
    nameCommand: () => openSetting("command"),
    welcome: () => vscode.commands.executeCommand("workbench.action.openWalkthrough", `${app.context.extension.id}#start`, false),
  };
  const registered = Object.entries(commands).map(([name, run]) =>
    vscode.commands.registerCommand(`timecode.${name}`, () => guarded(app, run)),
  );
  return vscode.Disposable.from(...registered);
}

/** The editor's page of settings, with this one alone. */
function openSetting(name: string): Thenable<unknown> {
  return vscode.commands.executeCommand("workbench.action.openSettings", `@id:timecode.${name}`);
}

async function guarded(app: App, run: () => unknown): Promise<void> {
  try {
    await run();
  } catch (error) {
    app.log.error(error instanceof Error ? error : String(error));
    const trouble = error instanceof LinkError ? situation({ ...app.facts(), link: error.state, detail: error.message }) : undefined;
    if (trouble) await offer("error", trouble.sentence, trouble.remedy);
    else await vscode.window.showErrorMessage(`Timecode: ${error instanceof Error ? error.message : String(error)}`);
  }
}
