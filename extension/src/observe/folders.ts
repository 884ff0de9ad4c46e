import * as vscode from "vscode";
import { COMMIT_MESSAGE, type Place, type Workspace } from "./subject";

/** The workspace's folders as they are now. */
export function openFolders(): Workspace {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return {
    schemes: folders.map(({ uri }) => uri.scheme),
    placeOf: (uri) => repositoryOf(uri) ?? fileOf(uri, folders) ?? onlyOf(folders),
  };
}

export function firstFolder(): vscode.Uri | undefined {
  return vscode.workspace.workspaceFolders?.[0]?.uri;
}

/** A terminal's folder. A shell behind a remote or a browser names it by another scheme than the workspace's. */
export function terminalFolder(terminal: vscode.Terminal): vscode.Uri | undefined {
  const cwd = terminal.shellIntegration?.cwd;
  const folder = firstFolder();
  return cwd && folder && cwd.scheme !== folder.scheme ? folder.with({ path: cwd.path }) : (cwd ?? folder);
}

/** The path as seen from its workspace folder: a folder above says nothing of what is done within. */
export function pathWithin(uri: vscode.Uri): string {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  return folder ? uri.path.slice(folder.uri.path.length) : uri.path.slice(uri.path.lastIndexOf("/"));
}

function repositoryOf({ scheme, query }: vscode.Uri): Place | undefined {
  const root = scheme === COMMIT_MESSAGE ? new URLSearchParams(query).get("rootUri") : null;
  return root === null ? undefined : { uri: vscode.Uri.parse(root), inFolder: true };
}

function fileOf({ scheme, path }: vscode.Uri, folders: readonly vscode.WorkspaceFolder[]): Place | undefined {
  const home = folders.find(({ uri }) => path.startsWith(uri.path.endsWith("/") ? uri.path : `${uri.path}/`));
  if (home) return { uri: home.uri.with({ path }), inFolder: false };
  // A repository may begin above the folder that is open.
  const local = scheme === "git" && folders.every(({ uri }) => uri.scheme === "file");
  return local ? { uri: vscode.Uri.file(path), inFolder: false } : undefined;
}

function onlyOf(folders: readonly vscode.WorkspaceFolder[]): Place | undefined {
  const [folder, ...others] = folders;
  return folder && others.length === 0 ? { uri: folder.uri, inFolder: true } : undefined;
}
