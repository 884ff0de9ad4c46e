import { posix } from "node:path";
import type { FileSystem, Uri } from "vscode";
import { isObject } from "../value";
import { decodeText } from "./encoding";
import { BoundedFiles, MOST_BYTES, type Files } from "./files";
import { upwards } from "./upwards";

// The editor's own kinds, which its interface promises to keep; a link's kind is added to that of what it leads to.
const FILE = 1;
const FOLDER = 2;
const LINK = 64;
// What the editor calls the errors that say that nothing has this name.
const ABSENT = ["FileNotFound", "FileNotADirectory"];
// All that one folder needs, over a connection on which each answer takes its time.
const AT_ONCE = 128;

/** Files of another machine or a virtual file system, reached through the editor; paths are those of the URIs. */
export function virtualFiles(system: Pick<FileSystem, "stat" | "readFile">, at: (path: string) => Uri): Files {
  const stat = (path: string): Promise<{ type: number; size: number } | undefined> => orAbsent(system.stat(at(path)));
  const files: Files = {
    async kind(path) {
      const type = (await stat(path))?.type ?? 0;
      return type & FOLDER ? "folder" : type & FILE ? "file" : undefined;
    },
    async read(path) {
      const found = await stat(path);
      if (!found || !(found.type & FILE) || found.size > MOST_BYTES) return undefined;
      const bytes = await orAbsent(system.readFile(at(path)));
      return bytes && decodeText(bytes);
    },
    async real(path) {
      const found = await Promise.all(upwards(path, posix).map(stat));
      // The editor says of a link that it is one, and not where it leads.
      if (found.some((one) => one && one.type & LINK)) throw new Error("a link can't be followed here");
      return path;
    },
  };
  return new BoundedFiles(files, AT_ONCE);
}

async function orAbsent<T>(answer: Thenable<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isObject(error) && ABSENT.some((code) => error["code"] === code)) return undefined;
    throw error;
  }
}
