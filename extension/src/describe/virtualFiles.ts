import { posix } from "node:path";
import * as vscode from "vscode";
import { BoundedFiles, MOST_BYTES, type Files } from "./files";
import { textOf } from "./text";

// What the editor calls the errors that say that nothing has this name.
const ABSENT = ["FileNotFound", "FileNotADirectory"];
// All that one folder needs, over a connection on which each answer takes its time.
const AT_ONCE = 128;

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
  const files: Files = {
    async kind(path) {
      const type = (await stat(path))?.type;
      if (type === undefined) return undefined;
      return type & vscode.FileType.Directory ? "folder" : type & vscode.FileType.File ? "file" : undefined;
    },
    async read(path) {
      const found = await stat(path);
      if (!found || !(found.type & vscode.FileType.File) || found.size > MOST_BYTES) return undefined;
      try {
        return textOf(await vscode.workspace.fs.readFile(at(path)));
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw error;
      }
    },
    async real(path) {
      const found = await Promise.all(upwards(path).map(stat));
      // The editor says of a link that it is one, and not where it leads.
      if (found.some((one) => one && one.type & vscode.FileType.SymbolicLink)) throw new Error("a link can't be followed here");
      return path;
    },
  };
  return new BoundedFiles(files, AT_ONCE);
}

function upwards(path: string): string[] {
  const above = posix.dirname(path);
  return above === path ? [path] : [path, ...upwards(above)];
}

function isAbsent(error: unknown): boolean {
  return error instanceof vscode.FileSystemError && ABSENT.includes(error.code);
}
