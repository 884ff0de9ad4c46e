import type { Terminal, Uri, WorkspaceFolder } from "vscode";
import type { Editor } from "./editor";
import { COMMIT_MESSAGE, type Place, type Workspace } from "./subject";

/** The workspace's folders, as they are whenever one asks. */
export class Folders {
  #last: WorkspaceFolder | undefined;

  constructor(private readonly editor: Editor) {}

  workspace(): Workspace {
    const folders = this.#all;
    return {
      schemes: folders.map(({ uri }) => uri.scheme),
      placeOf: (uri) => this.#repositoryOf(uri) ?? this.#fileOf(uri, folders) ?? onlyOf(folders),
    };
  }

  /** The folder that the window stands for: of several the one last worked in. */
  get current(): Uri | undefined {
    const folders = this.#all;
    return (folders.find((one) => one === this.#last) ?? folders[0])?.uri;
  }

  workedOn(uri: Uri): void {
    if (this.#all.length > 1) this.#last = this.editor.workspace.getWorkspaceFolder(uri) ?? this.#last;
  }

  /** A terminal's folder. A shell behind a remote or a browser names it by another scheme than the workspace's. */
  ofTerminal(terminal: Terminal): Uri | undefined {
    const cwd = terminal.shellIntegration?.cwd;
    const folder = this.current;
    return cwd && folder && cwd.scheme !== folder.scheme ? folder.with({ path: cwd.path }) : (cwd ?? folder);
  }

  /** The path as seen from its workspace folder: a folder above says nothing of what is done within. */
  pathWithin(uri: Uri): string {
    const folder = this.editor.workspace.getWorkspaceFolder(uri);
    return folder ? uri.path.slice(folder.uri.path.length) : uri.path.slice(uri.path.lastIndexOf("/"));
  }

  get #all(): readonly WorkspaceFolder[] {
    return this.editor.workspace.workspaceFolders ?? [];
  }

  #repositoryOf({ scheme, query }: Uri): Place | undefined {
    const root = scheme === COMMIT_MESSAGE ? new URLSearchParams(query).get("rootUri") : null;
    return root === null ? undefined : { uri: this.editor.Uri.parse(root), inFolder: true };
  }

  #fileOf({ scheme, path }: Uri, folders: readonly WorkspaceFolder[]): Place | undefined {
    const home = folders.find(({ uri }) => path.startsWith(uri.path.endsWith("/") ? uri.path : `${uri.path}/`));
    if (home) return { uri: home.uri.with({ path }), inFolder: false };
    // A repository may begin above the folder that is open.
    const local = scheme === "git" && folders.every(({ uri }) => uri.scheme === "file");
    return local ? { uri: this.editor.Uri.file(path), inFolder: false } : undefined;
  }
}

function onlyOf(folders: readonly WorkspaceFolder[]): Place | undefined {
  const [folder, ...others] = folders;
  return folder && others.length === 0 ? { uri: folder.uri, inFolder: true } : undefined;
}
