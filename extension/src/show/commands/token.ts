import * as vscode from "vscode";
import type { App } from "../../app";
import { isToken } from "../../client/token";
import { offer, said } from "../offer";
import { situation } from "../situation";

/** Asks for the token, keeps it in the editor's secret storage or forgets the one there, and says what came of it. */
export async function setToken(app: App): Promise<void> {
  const given = await vscode.window.showInputBox({
    title: "Timecode token",
    prompt: "It is in the file token in the service's folder, usually ~/.config/timecode. Empty: forget the one that was set here.",
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === "" || isToken(text.trim().toLowerCase()) ? undefined : "A token looks like 12345678-1234-4123-8123-123456789abc."),
  });
  if (given === undefined) return;
  await app.storeToken(given.trim().toLowerCase());
  const trouble = situation(app.facts());
  if (given.trim() === "") said("The token that was set here is forgotten; the one in the service's folder counts.");
  else if (trouble) void offer("warning", `The token was kept. ${trouble.sentence}`, trouble.remedy);
  else said("The Timecode service accepted the token.");
}
