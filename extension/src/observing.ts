import * as vscode from "vscode";
import { Observer } from "./observe/observer";
import type { Recorder } from "./recorder";
import type { WindowSettings } from "./settings";

// What the unsteadiness of a line may put between two events that the editor sends together.
const FAR_MS = 150;
// Two keys of somebody who types are no further apart.
const GOING_ON_MS = 250;

/** The observer of this window, going by the settings as they are at each moment. */
export function observing(context: vscode.ExtensionContext, settings: () => WindowSettings, recorder: Recorder): Observer {
  return new Observer(vscode, {
    everyMs: () => settings().everyMs,
    idleMs: () => settings().idleMs,
    aiCoding: () => settings().aiCoding,
    recording: () => settings().recording,
    // globalStorage lies beside the settings.
    ownFolder: vscode.Uri.joinPath(context.globalStorageUri, "..", "..").path,
    now: () => performance.now(),
    goingOnMs: GOING_ON_MS,
    latencyMs: isFarFromScreen(context) ? FAR_MS : 0,
    emit: (beat) => { recorder.record(beat); },
  });
}

/** Whether a network may lie between this host and the window. */
function isFarFromScreen({ extension }: vscode.ExtensionContext): boolean {
  const { uiKind, remoteName } = vscode.env;
  return extension.extensionKind === vscode.ExtensionKind.Workspace && (uiKind === vscode.UIKind.Web || remoteName !== undefined);
}
