import * as vscode from "vscode";
import type { Facts } from "./statusView";

/**
 * What the manifest asks about: which of pause and resume to offer (the setting itself may be a workspace's own), and
 * which of the first steps are done.
 */
export class Contexts {
  readonly #told = new Map<string, boolean>();

  show({ recording, link, installed }: Facts): void {
    const up = link === "up" || link === "misfit";
    this.#set("paused", !recording);
    this.#set("installed", up || (installed !== undefined && installed !== "nothing"));
    this.#set("up", up);
  }

  #set(name: string, value: boolean): void {
    if (this.#told.get(name) === value) return;
    this.#told.set(name, value);
    void vscode.commands.executeCommand("setContext", `timecode.${name}`, value);
  }
}
