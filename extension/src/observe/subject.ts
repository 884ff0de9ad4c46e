import type { TextDocument, Uri } from "vscode";

/** What a person is busy with: a document, or a part of the editor that is no file. */
export interface Subject {
  readonly type: "file" | "app";
  /** The file, or for a part of the editor the folder it is used in, if any. */
  readonly uri: Uri | undefined;
  /** Asked when needed: a document's language can change under way. */
  readonly languageId: () => string;
  /** Name of the part of the editor; empty for files. */
  readonly app: string;
  readonly reviewing: boolean;
  /** Whether the URI is a folder's: that of a terminal, not that of a file under review. */
  readonly inFolder: boolean;
  /** Whether it belongs to some project, but nothing tells which. */
  readonly unplaced?: boolean;
}

/** What of the workspace tells a file from a document that some extension makes up. */
export interface Workspace {
  /** The schemes of the workspace's folders. */
  readonly schemes: readonly string[];
  /** What a document that some extension made up is about; undefined if that can't be told. */
  readonly placeOf: (uri: Uri) => Place | undefined;
}

/** A file, or a folder. */
export interface Place {
  readonly uri: Uri;
  readonly inFolder: boolean;
}

const FILES = ["file", "vscode-remote", "vscode-vfs"];
// Documents that are no file, or none yet, and that a person writes into all the same.
const WRITTEN = new Set(["untitled", "vscode-userdata", "comment"]);
// Versions of files and remarks on them; their schemes are those of git and of the extensions that review.
const REVIEWS = new Set(["git", "pr", "review", "gitlens", "gitlens-git", "scm-history-item", "comment"]);
export const CELL = "vscode-notebook-cell";
// The box in which the message of a commit is written.
export const COMMIT_MESSAGE = "vscode-scm";
// Terminals' folders and pictures of a window that stays open for weeks.
const MOST_NAMED = 1_000;

/** A notebook as its cells' documents lead to it. */
export interface NotebookPlace {
  readonly uri: Uri;
  readonly languageId: () => string;
}

/** Subjects by document: the same object each time, so that they can be compared by identity. */
export class Subjects {
  #documents = new WeakMap<TextDocument, Subject>();
  readonly #files = new Map<string, File>();
  readonly #named = new Map<string, Subject>();

  constructor(
    private readonly notebookOf: (cell: TextDocument) => NotebookPlace | undefined,
    /** The editor's own folder: settings, key bindings and snippets in it are no work. */
    private readonly ownFolder: string,
    private workspace: Workspace,
  ) {}

  /** Whether changes of such a document are somebody's writing: what extensions show changes by itself. */
  isWritten({ uri }: TextDocument): boolean {
    return WRITTEN.has(uri.scheme) || uri.scheme === COMMIT_MESSAGE || uri.scheme === CELL || this.#isFile(uri);
  }

  /** Folders came or went. */
  setWorkspace(workspace: Workspace): void {
    this.workspace = workspace;
    this.#documents = new WeakMap();
  }

  /** The document's subject, or undefined if it is no file, nor about one. */
  ofDocument(document: TextDocument): Subject | undefined {
    const known = this.#documents.get(document);
    if (known) return known;
    const subject = this.#describe(document);
    // What is nothing yet may become something: a cell's notebook is told of later.
    if (subject) this.#documents.set(document, subject);
    return subject;
  }

  /** A file, whether or not it has a text document: notebooks and pictures have none, and others not yet. */
  ofFile(uri: Uri, languageId: () => string): Subject | undefined {
    if (!this.#isWork(uri)) return undefined;
    const key = uri.toString();
    const known = this.#files.get(key);
    const file = known ?? new File(uri);
    file.languageId = languageId;
    if (!known) remember(this.#files, key, file);
    return file;
  }

  /** A part of the editor, used in a folder. */
  ofApp(app: string, folder: Uri | undefined, reviewing: boolean): Subject {
    const key = `app ${app} ${String(reviewing)} ${folder?.toString() ?? ""}`;
    return this.#once(key, { type: "app", uri: folder, languageId: () => "", app, reviewing, inFolder: true });
  }

  #describe(document: TextDocument): Subject | undefined {
    const { uri } = document;
    if (uri.scheme === CELL) {
      const notebook = this.notebookOf(document);
      return notebook && this.ofFile(notebook.uri, notebook.languageId);
    }
    if (REVIEWS.has(uri.scheme)) return this.#about("code review", uri, true);
    if (uri.scheme === COMMIT_MESSAGE) return this.#about("source control", uri, false);
    return this.ofFile(uri, () => document.languageId);
  }

  /** A review is of the file's project and under its rules; the file itself goes unnamed. */
  #about(app: string, document: Uri, reviewing: boolean): Subject {
    const place = this.workspace.placeOf(document);
    const subject = { languageId: () => "", app, reviewing, inFolder: place?.inFolder ?? false };
    return this.#once(`about ${app} ${place?.uri.toString() ?? ""}`, { type: "app", uri: place?.uri, ...subject, unplaced: !place });
  }

  #isWork(uri: Uri): boolean {
    return this.#isFile(uri) && !uri.path.startsWith(`${this.ownFolder}/`);
  }

  #isFile({ scheme }: Uri): boolean {
    if (REVIEWS.has(scheme) || scheme === COMMIT_MESSAGE) return false;
    return FILES.includes(scheme) || this.workspace.schemes.includes(scheme);
  }

  #once(key: string, subject: Subject): Subject {
    const known = this.#named.get(key);
    if (known) return known;
    remember(this.#named, key, subject);
    return subject;
  }
}

class File implements Subject {
  readonly type = "file";
  readonly app = "";
  readonly reviewing = false;
  readonly inFolder = false;
  languageId = (): string => "";

  constructor(readonly uri: Uri) {}
}

function remember<V>(known: Map<string, V>, key: string, value: V): void {
  if (known.size >= MOST_NAMED) known.clear();
  known.set(key, value);
}
