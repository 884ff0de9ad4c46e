import type { NotebookDocument, TextDocument } from "vscode";
import type { Editor } from "./editor";
import { CELL } from "./subject";

/** What is saved when a document is: a cell's own document is never unsaved, its notebook is. */
export type Owner = TextDocument | NotebookDocument;

/** Notebooks by the documents of their cells. */
export class Cells {
  readonly #notebooks = new WeakMap<TextDocument, NotebookDocument>();

  constructor(private readonly editor: Editor) {}

  /** Undefined for what is no cell, and for a cell whose notebook the editor has yet to tell of. */
  notebookOf(cell: TextDocument): NotebookDocument | undefined {
    if (cell.uri.scheme !== CELL) return undefined;
    const known = this.#notebooks.get(cell);
    if (known) return known;
    const { notebookDocuments } = this.editor.workspace;
    const found = notebookDocuments.find((one) => one.getCells().some(({ document }) => document === cell));
    if (found) this.#notebooks.set(cell, found);
    return found;
  }

  ownerOf(document: TextDocument): Owner {
    return this.notebookOf(document) ?? document;
  }

  languageOf(notebook: NotebookDocument): string {
    const code = notebook.getCells().find(({ kind }) => kind === this.editor.NotebookCellKind.Code);
    return code?.document.languageId ?? "";
  }
}
