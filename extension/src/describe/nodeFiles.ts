import type { Stats } from "node:fs";
import { readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { hasCode } from "../queue/disk";
import { BoundedFiles, MOST_BYTES, type Files } from "./files";
import { decodeText } from "./encoding";

// Errors that say that nothing has this name, or nothing can have it.
const ABSENT = ["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG", "ERR_INVALID_ARG_VALUE"];
// Node has four threads for files. One stays for the queue when a share out of reach holds the others.
const AT_ONCE = 3;

/** This machine's files, read without blocking. */
export const nodeFiles: Files = new BoundedFiles(
  {
    async kind(path) {
      const found = await look(path);
      return found?.isDirectory() ? "folder" : found?.isFile() ? "file" : undefined;
    },
    async read(path) {
      const found = await look(path);
      // A pipe would never end, and a disk image is no project's name.
      if (!found?.isFile() || found.size > MOST_BYTES) return undefined;
      return readFile(path).then(decodeText, orAbsent);
    },
    real,
  },
  AT_ONCE,
);

async function real(path: string): Promise<string> {
  const found = await realpath(path).catch(orAbsent);
  if (found !== undefined) return found;
  const above = dirname(path);
  return above === path ? path : join(await real(above), basename(path));
}

function look(path: string): Promise<Stats | undefined> {
  return stat(path).catch(orAbsent);
}

function orAbsent(error: unknown): undefined {
  if (ABSENT.some((code) => hasCode(error, code))) return undefined;
  throw error;
}
