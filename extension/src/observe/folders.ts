import * as vscode from "vscode";
import type { Workspace } from "./subject";

/** The workspace's folders as they are now. */
export function openFolders(): Workspace {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return {
    schemes: folders.map(({ uri }) => uri.scheme),
    fileOf: ({ path, scheme }) => {
      const home = folders.find(({ uri }) => path.startsWith(uri.path.endsWith("/") ? uri.path : `${uri.path}/`));
      if (home) return home.uri.with({ path });
      // A repository may begin above the folder that is open.
      return scheme === "git" && folders.every(({ uri }) => uri.scheme === "file") ? vscode.Uri.file(path) : undefined;
    },
  };
}

export function firstFolder(): vscode.Uri | undefined {
  return vscode.workspace.workspaceFolders?.[0]?.uri;
}
