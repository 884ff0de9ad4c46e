import * as vscode from "vscode";

export const CELL = "vscode-notebook-cell";

/** Notebooks by the documents of their cells. */
export class Cells {
  readonly #notebooks = new WeakMap<vscode.TextDocument, vscode.NotebookDocument>();

  /** Undefined for what is no cell, and for a cell whose notebook the editor has yet to tell of. */
  notebookOf(cell: vscode.TextDocument): vscode.NotebookDocument | undefined {
    if (cell.uri.scheme !== CELL) return undefined;
    const known = this.#notebooks.get(cell);
    if (known) return known;
    const found = vscode.workspace.notebookDocuments.find((one) => one.getCells().some(({ document }) => document === cell));
    if (found) this.#notebooks.set(cell, found);
    return found;
  }

  /** A cell's own document is never unsaved; its notebook is. */
  isDirty(document: vscode.TextDocument): boolean {
    return (this.notebookOf(document) ?? document).isDirty || document.isUntitled;
  }
}

export function notebookLanguage(notebook: vscode.NotebookDocument): string {
  const code = notebook.getCells().find(({ kind }) => kind === vscode.NotebookCellKind.Code);
  return code?.document.languageId ?? "";
}
