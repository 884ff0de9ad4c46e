import * as vscode from "vscode";
import { plain } from "../../client/plain";
import { currentUri, type App } from "../../app";
import { addExcludedProject, setRecording } from "../../settings";
import { said } from "../offer";

export async function pause(): Promise<void> {
  await setRecording(false);
}

export async function resume(): Promise<void> {
  await setRecording(true);
}

/** Stops recording the project in front, in all windows, from now on. */
export async function excludeProject(app: App): Promise<void> {
  const uri = currentUri();
  const { name } = uri ? await app.describer.projectOf(uri) : { name: "" };
  if (name === "") {
    await vscode.window.showInformationMessage("No project is open that could be excluded.");
    return;
  }
  const exclude = "Exclude";
  const choice = await vscode.window.showWarningMessage(
    `Stop recording time for the project "${plain(name)}"?`,
    { modal: true, detail: "What was recorded before stays in the store." },
    exclude,
  );
  if (choice !== exclude) return;
  await addExcludedProject(name);
  said(`The project "${plain(name)}" is recorded no more.`);
}
