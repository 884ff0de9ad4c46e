import * as vscode from "vscode";
import { MOST_BYTES, type Files } from "./files";

// What the editor calls the errors that say that nothing has this name.
const ABSENT = ["FileNotFound", "FileNotADirectory"];

/** Files of another machine or a virtual file system, reached through the editor; paths are those of the URIs. */
export function virtualFiles(example: vscode.Uri): Files {
  const at = (path: string): vscode.Uri => example.with({ path, query: "", fragment: "" });
  const stat = async (path: string): Promise<vscode.FileStat | undefined> => {
    try {
      return await vscode.workspace.fs.stat(at(path));
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  };
  return {
    async kind(path) {
      const type = (await stat(path))?.type;
      if (type === undefined) return undefined;
      return type & vscode.FileType.Directory ? "folder" : type & vscode.FileType.File ? "file" : undefined;
    },
    async read(path) {
      const found = await stat(path);
      if (!found || !(found.type & vscode.FileType.File) || found.size > MOST_BYTES) return undefined;
      try {
        return Buffer.from(await vscode.workspace.fs.readFile(at(path))).toString("utf8");
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw error;
      }
    },
  };
}

function isAbsent(error: unknown): boolean {
  return error instanceof vscode.FileSystemError && ABSENT.includes(error.code);
}
