import * as vscode from "vscode";
import { Observer } from "./observe/observer";
import type { Recorder } from "./recorder";
import type { WindowSettings } from "./settings";

/** The observer of this window, going by the settings as they are at each moment. */
export function observing(context: vscode.ExtensionContext, settings: () => WindowSettings, recorder: Recorder): Observer {
  return new Observer({
    everyMs: () => settings().everyMs,
    idleMs: () => settings().idleMs,
    aiCoding: () => settings().aiCoding,
    recording: () => settings().recording,
    // globalStorage lies beside the settings.
    ownFolder: vscode.Uri.joinPath(context.globalStorageUri, "..", "..").path,
    emit: (beat) => { recorder.record(beat); },
  });
}
