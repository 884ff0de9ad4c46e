import * as vscode from "vscode";
import type { Aside, AsideNote } from "../queue/aside";

const SCHEME = "timecode";
const URI = vscode.Uri.from({ scheme: SCHEME, path: "set-aside.md" });

/** A read-only page of what was set aside and what was lost, and why. */
export class AsideDocument implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);

  constructor(private readonly aside: Aside) {}

  async provideTextDocumentContent(): Promise<string> {
    return page(await this.aside.read());
  }

  async open(): Promise<void> {
    this.#changed.fire(URI);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(URI), { preview: true });
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}

const REASONS = {
  refused: "refused by the service",
  full: "lost, as there was no room to keep it",
  damaged: "unreadable on disk",
  undescribed: "not recorded",
} as const;

export function page(notes: readonly AsideNote[]): string {
  const head = "# Timecode: what was set aside\n\n";
  if (notes.length === 0) return `${head}Nothing. Every event so far was stored or is waiting to be sent.\n`;
  const total = notes.reduce((sum, note) => sum + note.count, 0);
  const rows = [...notes].reverse().map(({ at, why, count, detail, event }) => {
    const what = `- ${at}: ${count} ${REASONS[why]}${detail === "" ? "" : ` (${detail})`}`;
    return event === undefined ? what : `${what}\n\n      ${event}\n`;
  });
  return `${head}${total} in all, newest first.\n\n${rows.join("\n")}\n`;
}
